package io.chagres.runtime.autograd;

import io.chagres.runtime.op.Op;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/** One entry of the tape: an operation, its operands and its result. */
public final class Node {
    private static final int OUTPUT = 31;

    final long sequence;
    final Op op;
    private final Tensor[] inputs;
    private final int[] versions;
    private Tensor output;

    /** The run of the engine that has seen this node. */
    long seenBy;
    /** The gradient of the result, as far as it has been added up. */
    Tensor gradient;
    /** Whether {@link #gradient} belongs to this node alone, so that it can be added to in place. */
    boolean ownsGradient;
    private boolean used;

    Node(long sequence, Op op, Tensor output, Tensor... inputs) {
        this.sequence = sequence;
        this.op = op;
        this.inputs = inputs;
        this.output = output;
        this.versions = new int[inputs.length + 1];
        for (int i = 0; i < inputs.length; i++) {
            versions[i] = inputs[i].storage().version();
        }
        versions[inputs.length] = output.storage().version();
    }

    /** The name of the operation. */
    public String name() {
        return op.name();
    }

    int inputCount() {
        return inputs.length;
    }

    Tensor input(int index) {
        return inputs[index];
    }

    Tensor output() {
        return output;
    }

    /** Fails if what the backward reads was changed since it was recorded, or was used up. */
    void checkUsable() {
        if (used) {
            throw new IllegalStateException("backward: " + name()
                    + " was walked back already and its operands were given up; compute the loss anew");
        }
        int keeps = op.keeps();
        for (int i = 0; i < inputs.length; i++) {
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
        output = null;
        gradient = null;
    }
}
