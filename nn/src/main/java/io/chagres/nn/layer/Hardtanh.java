package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** x, but not below minVal nor above maxVal, as {@code torch.nn.Hardtanh}. */
public final class Hardtanh extends Module {
    private final double minVal;
    private final double maxVal;

    /** From -1 to 1. */
    public Hardtanh() {
        this(-1, 1);
    }

    /** With bounds, the second greater than the first. */
    public Hardtanh(double minVal, double maxVal) {
        if (!(minVal < maxVal)) {
            throw new IllegalArgumentException(
                    "Hardtanh: from " + minVal + " to " + maxVal + "; the second must be greater");
        }
        this.minVal = minVal;
        this.maxVal = maxVal;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.hardtanh(minVal, maxVal);
    }

    @Override
    protected String describe() {
        return "min_val=" + minVal + ", max_val=" + maxVal;
    }
}
