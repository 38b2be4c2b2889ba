package io.chagres.runtime.autograd;

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
    private Walk walk;
    private Node node;
    /** Leaves whose gradients the running backward writes in place; they have them when it has ended well. */
    private final List<Tensor> leaves = new ArrayList<>(4);

    Gradients() {
    }

    /** Runs the backward of one node. If it fails, leaves that it was writing to have no gradient. */
    void walk(Walk around, Node current) {
        walk = around;
        node = current;
        boolean done = false;
        try {
            if (around.isRecorded()) {
                node.op.recordedBackward(this);
            } else {
                node.op.backward(this);
            }
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

    /** How many operands there are. */
    public int inputCount() {
        return node.inputCount();
    }

    /** The result. */
    public Tensor output() {
        return node.output();
    }

    /** Whether the gradient of an operand is of use to anybody. */
    public boolean wants(int index) {
        return walk.wants(node, index);
    }

    /** Whether what {@link #into} returns holds a gradient that is to be added to, not replaced. Ask before {@code into}. */
    public boolean accumulates(int index) {
        var slot = walk.slot(node, index);
        if (slot != null) {
            return slot.gradient != null;
        }
        var leaf = node.input(index);
        return leaf.grad() != null || leaves.contains(leaf);
    }

    /**
     * The dense tensor of the operand's shape that its gradient is to be written to.
     *
     * @throws IllegalStateException if the backward is being recorded, which sees no such writes
     */
    public Tensor into(int index) {
        if (walk.isRecorded()) {
            throw new IllegalStateException(
                    "backward: " + node.name() + " writes a gradient that is to be recorded; give(...) it");
        }
        var slot = walk.slot(node, index);
        if (slot != null) {
            return slot.into(node.input(index), node.name());
        }
        var leaf = node.input(index);
        leaves.add(leaf);
        return leaf.gradientBuffer();
    }

    /** Hands over the gradient of an operand, of the operand's shape. It must not be written to afterwards. */
    public void give(int index, Tensor gradient) {
        var input = node.input(index);
        if (!gradient.shape().equals(input.shape()) || gradient.dtype() != input.dtype()) {
            throw new IllegalStateException("backward: " + node.name() + " gave a gradient " + gradient.dtype() + " "
                    + gradient.shape() + " for an operand " + input.dtype() + " " + input.shape());
        }
        var slot = walk.slot(node, index);
        if (slot != null) {
            slot.give(gradient);
            return;
        }
        if (leaves.remove(input)) {
            input.gradientWritten();
        }
        Walk.addTo(input, gradient);
    }

    /** {@link #give} of a tensor that was made for this and that nobody else holds, so that further gradients may be added to it. */
    public void giveFresh(int index, Tensor gradient) {
        var slot = walk.slot(node, index);
        if (slot != null && slot.gradient == null) {
            slot.giveFresh(gradient);
            return;
        }
        give(index, gradient);
        if (!walk.isRecorded() && Engine.mine().watch == null) {
            gradient.storage().giveBack();
        }
    }

    /**
     * Says that nothing that this backward gave or keeps is, or looks into, the gradient of the result: if nobody else holds it
     * either, its memory serves what comes next. To be called last.
     */
    public void spent() {
        if (node.ownsGradient && !node.captured && !walk.isRecorded() && Engine.mine().watch == null) {
            var gradient = node.gradient;
            node.clear();
            gradient.storage().giveBack();
        }
    }

    /**
     * Walks back from what this backward has computed anew, as part of the same walk: leaves on the way get their gradients.
     *
     * @param result what was computed
     * @param gradient its gradient
     * @param boundary leaves whose gradients are not theirs to keep but are returned
     * @return dense gradients of the boundary, null where there is none
     */
    Tensor[] continueFrom(Tensor result, Tensor gradient, Tensor... boundary) {
        if (!result.requiresGrad()) {
            return new Tensor[boundary.length];
        }
        var engine = Engine.mine();
        var inner = engine.enter();
        try {
            return inner.within(walk, result, gradient, boundary);
        } finally {
            engine.leave();
        }
    }

    /** For those who watch: whether a gradient of an operand was wanted. */
    boolean wanted(Node current, int index) {
        return walk.wants(current, index);
    }

    /** For those who watch: the gradient of an operand as far as it has been added up; null if there is none. */
    Tensor gradientSoFar(Node current, int index) {
        var slot = walk.slot(current, index);
        return slot != null ? slot.gradient : current.input(index).grad();
    }
}
