package io.chagres.runtime.autograd;

import io.chagres.runtime.op.Op;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** One entry of the tape: an operation, its operands and its result. The slot holds the gradient of the result. */
public final class Node extends Slot {
    private static final int OUTPUT = 31;
    private static final AtomicLong SEQUENCE = new AtomicLong();

    /** Greater than those of all entries that this one depends on. */
    final long sequence;
    final Op op;
    private final Tensor[] inputs;
    /** What had computed the operands when this was recorded; null for leaves. */
    private final Node[] sources;
    /** Which operands required a gradient when this was recorded. */
    private final boolean[] wanted;
    private final int[] versions;
    private Tensor output;
    private boolean used;

    /** The walk that has seen this node. */
    long seenBy;
    /** In a walk towards certain tensors: whether this leads to one of them. */
    boolean needed;
    /** In a walk towards certain tensors: whether the result is one of them. */
    boolean captured;
    /** Functions that see, and may replace, the gradient of the result; null for none. */
    private List<UnaryOperator<Tensor>> hooks;
    /** The result, if it is to keep its gradient; else null. */
    private Tensor keeper;
    /** Where it was called, if somebody looks for anomalies; else null. */
    String place;

    Node(Op op, Tensor output, Tensor... inputs) {
        this.op = op;
        this.inputs = inputs;
        this.output = output;
        this.sources = new Node[inputs.length];
        this.versions = new int[inputs.length + 1];
        this.wanted = new boolean[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            versions[i] = inputs[i].storage().version();
            if (inputs[i].requiresGrad()) {
                wanted[i] = true;
                sources[i] = inputs[i].node();
            }
        }
        versions[inputs.length] = output.storage().version();
        // only now: asking a view for its source may make an entry, if what it is a view of was changed in place
        sequence = SEQUENCE.incrementAndGet();
    }

    /** The name of the operation. */
    public String name() {
        return op.name();
    }

    /** The operation. */
    public Op operation() {
        return op;
    }

    int inputCount() {
        return inputs.length;
    }

    Tensor input(int index) {
        return inputs[index];
    }

    /** What computed an operand; null for a leaf, and for one that needs no gradient. */
    public Node source(int index) {
        return sources[index];
    }

    /** Whether an operand required a gradient when this was recorded. */
    boolean wanted(int index) {
        return wanted[index];
    }

    Tensor output() {
        return output;
    }

    Tensor[] operands() {
        return inputs;
    }

    /** Has a function see the gradient of the result, once it is complete. */
    public void addHook(UnaryOperator<Tensor> hook) {
        if (hooks == null) {
            hooks = new ArrayList<>(1);
        }
        hooks.add(hook);
    }

    public void removeHook(UnaryOperator<Tensor> hook) {
        if (hooks != null) {
            hooks.remove(hook);
        }
    }

    /** Has the result keep its gradient. */
    public void keepGradientIn(Tensor result) {
        keeper = result;
    }

    /** The result that keeps its gradient; null if it does not. */
    Tensor keeper() {
        return keeper;
    }

    /** Shows the complete gradient to those who asked for it. */
    void complete() {
        if (hooks != null) {
            gradient = Hook.pass(hooks, gradient, name());
            ownsGradient = false;
        }
    }

    /** Fails if what the backward reads was changed since it was recorded, or was used up. */
    void checkUsable(boolean recorded) {
        if (used) {
            throw new IllegalStateException("backward: " + name()
                    + " was walked back already and its operands were given up; compute the loss anew,"
                    + " or pass retainGraph the first time");
        }
        int keeps = recorded ? op.keepsWhenRecorded() : op.keeps();
        for (int i = 0; i < inputs.length && i < OUTPUT; i++) {
            if ((keeps & 1 << i) != 0) {
                checkUnchanged(inputs[i], versions[i], "operand " + i);
            }
        }
        if ((keeps & 1 << OUTPUT) != 0) {
            checkUnchanged(output, versions[inputs.length], "result");
        }
    }

    private void checkUnchanged(Tensor tensor, int version, String which) {
        if (tensor.storage().version() != version) {
            throw new IllegalStateException("backward: the " + which + " " + tensor.shape() + " of " + name()
                    + " was changed in place after " + name() + " was computed; change it after backward(), or a copy");
        }
    }

    /** Gives up operands and result. */
    void use() {
        used = true;
        Arrays.fill(inputs, null);
        Arrays.fill(sources, null);
        output = null;
    }
}
