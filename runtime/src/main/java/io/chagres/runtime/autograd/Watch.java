package io.chagres.runtime.autograd;

import io.chagres.runtime.op.Op;
import io.chagres.runtime.tensor.Tensor;

/** Who looks at every operation of a thread. */
final class Watch {
    Anomaly anomaly;
    Profile profile;

    /** How many backward functions are running: what they compute is theirs, not an operation of its own. */
    private int walking;

    /** An operation has computed its result; node is null if it was not recorded. */
    void computed(Op op, Node node, Tensor output, Tensor... inputs) {
        if (anomaly != null && node != null) {
            anomaly.place(node);
        }
        if (walking > 0) {
            return;
        }
        if (profile != null) {
            profile.computed(op, output, inputs);
        }
        if (anomaly != null) {
            anomaly.computed(op, output, inputs);
        }
    }

    void beforeBackward() {
        if (walking++ == 0 && profile != null) {
            profile.beforeBackward();
        }
    }

    /** The backward of a node has ended, well or not. */
    void afterBackward(Node node, Gradients flow, boolean done) {
        if (--walking > 0 || !done) {
            return;
        }
        if (profile != null) {
            profile.afterBackward(node);
        }
        if (anomaly != null) {
            anomaly.afterBackward(node, flow);
        }
    }

    boolean isIdle() {
        return anomaly == null && profile == null;
    }
}
