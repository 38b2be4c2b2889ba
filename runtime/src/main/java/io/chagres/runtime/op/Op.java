package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Gradients;

/**
 * What the tape knows of an operation: how to compute the gradients of its operands. An instance may hold what a single
 * application needs for that; an operation that needs nothing is one shared instance.
 */
public abstract class Op {
    /** For {@link #keeps}: backward reads no values. */
    protected static final int NOTHING = 0;
    /** For {@link #keeps}: backward reads the result. */
    protected static final int OUTPUT = 1 << 31;

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

    @Override
    public final String toString() {
        return name;
    }
}
