package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** log(1 + e^(beta x)) / beta, or x where beta x is above the threshold, as {@code torch.nn.Softplus}. */
public final class Softplus extends Module {
    private final double beta;
    private final double threshold;

    /** With beta 1 and threshold 20. */
    public Softplus() {
        this(1, 20);
    }

    /** With a beta, and a threshold beyond which it is linear. */
    public Softplus(double beta, double threshold) {
        this.beta = beta;
        this.threshold = threshold;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.softplus(beta, threshold);
    }

    @Override
    protected String describe() {
        return "beta=" + beta + ", threshold=" + threshold;
    }
}
