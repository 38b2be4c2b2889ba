package io.chagres.runtime.autograd;

import io.chagres.runtime.op.Arithmetic;
import io.chagres.runtime.op.Convert;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What an operation's backward is given: the gradient of its result, its operands and result, and where the gradients of the
 * operands go. Either {@link #give} a gradient that was computed, or, to save a pass over memory, write it where
 * {@link #into} says, over or onto what is there as {@link #accumulates} says. Operands that nobody wants a gradient of are
 * to be left out.
 */
public final class Gradients {
    private Node node;
    /** Leaves whose gradients the running backward writes in place; they have them when it has ended well. */
    private final List<Tensor> leaves = new ArrayList<>(4);

    Gradients() {
    }

    /** Runs the backward of one node. If it fails, leaves that it was writing to have no gradient. */
    void walk(Node current) {
        node = current;
        boolean done = false;
        try {
            node.op.backward(this);
            done = true;
        } finally {
            for (int i = 0; i < leaves.size(); i++) {
                if (done) {
                    leaves.get(i).gradientWritten();
                } else {
                    leaves.get(i).zeroGrad();
                }
            }
            leaves.clear();
            node = null;
        }
    }

    /** The gradient of the result; of the result's shape. Not to be written to. */
    public Tensor gradOutput() {
        return node.gradient;
    }

    /** An operand. */
    public Tensor input(int index) {
        return node.input(index);
    }

    /** The result. */
    public Tensor output() {
        return node.output();
    }

    /** Whether the gradient of an operand is of use to anybody. */
    public boolean wants(int index) {
        return node.input(index).requiresGrad();
    }

    /** Whether what {@link #into} returns holds a gradient that is to be added to, not replaced. Ask before {@code into}. */
    public boolean accumulates(int index) {
        var input = node.input(index);
        return input.isLeaf() ? input.grad() != null || leaves.contains(input) : input.node().gradient != null;
    }

    /** The dense tensor of the operand's shape that its gradient is to be written to. */
    public Tensor into(int index) {
        var input = node.input(index);
        if (input.isLeaf()) {
            leaves.add(input);
            return input.gradientBuffer();
        }
        var source = input.node();
        if (source.gradient == null || !source.ownsGradient) {
            var fresh = Tensor.empty(input.dtype(), input.shape(), "gradient of " + source.name());
            if (source.gradient != null) {
                Convert.copy(source.gradient, fresh);
            }
            source.gradient = fresh;
            source.ownsGradient = true;
        }
        return source.gradient;
    }

    /** Hands over the gradient of an operand, of the operand's shape. It must not be written to afterwards. */
    public void give(int index, Tensor gradient) {
        var input = node.input(index);
        if (leaves.remove(input)) {
            input.gradientWritten();
        }
        give(input, gradient);
    }

    static void give(Tensor input, Tensor gradient) {
        if (!gradient.shape().equals(input.shape())) {
            throw new IllegalStateException(
                    "backward: a gradient " + gradient.shape() + " was given for an operand " + input.shape());
        }
        if (input.isLeaf()) {
            if (input.grad() == null) {
                Convert.copy(gradient, input.gradientBuffer());
                input.gradientWritten();
            } else {
                Arithmetic.addInto(gradient, input.gradientBuffer());
            }
            return;
        }
        var source = input.node();
        if (source.gradient == null) {
            source.gradient = gradient;
            source.ownsGradient = false;
        } else if (source.ownsGradient) {
            Arithmetic.addInto(gradient, source.gradient);
        } else {
            source.gradient = Arithmetic.add(source.gradient, gradient);
            source.ownsGradient = true;
        }
    }
}
