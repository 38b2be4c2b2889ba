package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** x above a threshold, a value elsewhere, as {@code torch.nn.Threshold}. */
public final class Threshold extends Module {
    private final double threshold;
    private final double value;

    /** With a threshold, and a value for what is not above it. */
    public Threshold(double threshold, double value) {
        this.threshold = threshold;
        this.value = value;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.threshold(threshold, value);
    }

    @Override
    protected String describe() {
        return "threshold=" + threshold + ", value=" + value;
    }
}
