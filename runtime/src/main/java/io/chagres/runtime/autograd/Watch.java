package io.chagres.runtime.autograd;

import io.chagres.runtime.op.Op;
import io.chagres.runtime.tensor.Tensor;

/** Who looks at every operation of a thread. */
final class Watch {
    Anomaly anomaly;
    Profile profile;

    /** An operation has computed its result; node is null if it was not recorded. */
    void computed(Op op, Node node, Tensor output, Tensor... inputs) {
        if (profile != null) {
            profile.computed(op, output, inputs);
        }
        if (anomaly != null) {
            anomaly.computed(op, node, output, inputs);
        }
    }

    void beforeBackward(Node node) {
        if (profile != null) {
            profile.beforeBackward(node);
        }
    }

    void afterBackward(Node node, Gradients flow) {
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
