package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.Consumer;

/**
 * What the tape knows of an operation: how to compute the gradients of its operands. An instance may hold what a single
 * application needs for that; an operation that needs nothing is one shared instance.
 */
public abstract class Op {
    /** For {@link #keeps}: backward reads no values. */
    public static final int NOTHING = 0;
    /** For {@link #keeps}: backward reads the result. */
    public static final int OUTPUT = 1 << 31;

    private final String name;

    /** An operation of that name, which messages use. */
    protected Op(String name) {
        this.name = name;
    }

    /** Its name, as in PyTorch. */
    public final String name() {
        return name;
    }

    /**
     * What values backward reads: bit i for operand i, {@link #OUTPUT} for the result. These must not be changed in place
     * between forward and backward.
     */
    public abstract int keeps();

    /** Computes the gradients of the operands that are wanted. */
    public abstract void backward(Gradients flow);

    /**
     * {@link #backward} made of recorded operations alone, so that its results have gradients in their turn. It gives
     * gradients by {@link Gradients#give(int, Tensor)}, never writes {@link Gradients#into}.
     *
     * @throws UnsupportedOperationException if there is none, which is what an operation does that does not override it
     */
    public void recordedBackward(Gradients flow) {
        throw new UnsupportedOperationException(
                name + " has no second derivative here: its gradient cannot be recorded;"
                        + " compute this part without createGraph, or from operations that have one");
    }

    /** What values {@link #recordedBackward} reads, in the form of {@link #keeps}. */
    public int keepsWhenRecorded() {
        return keeps();
    }

    /**
     * Whether its backward reaches leaves that are not among its operands, as that of a function does which is computed anew
     * then. Walks towards certain tensors do not pass it by.
     */
    public boolean reachesLeavesUnseen() {
        return false;
    }

    /**
     * The floating point operations that computing a result takes, for profiles; 0 where that is not the measure.
     *
     * @param output the result
     * @param inputs the operands
     */
    public double flops(Tensor output, Tensor... inputs) {
        return 0;
    }

    /**
     * An operation whose backward consists of operations that are recorded themselves, as most do. What is written as one
     * serves first and higher derivatives alike.
     *
     * @param keeps see {@link #keeps}
     * @param gradients gives the gradient of each operand that is wanted
     */
    public static Op composed(String name, int keeps, Consumer<Gradients> gradients) {
        return new Composed(name, keeps, gradients);
    }

    private static final class Composed extends Op {
        private final int keeps;
        private final Consumer<Gradients> gradients;

        Composed(String name, int keeps, Consumer<Gradients> gradients) {
            super(name);
            this.keeps = keeps;
            this.gradients = gradients;
        }

        @Override
        public int keeps() {
            return keeps;
        }

        @Override
        public void backward(Gradients flow) {
            gradients.accept(flow);
        }

        @Override
        public void recordedBackward(Gradients flow) {
            gradients.accept(flow);
        }
    }

    @Override
    public final String toString() {
        return name;
    }
}
