package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** x beyond ±lambda, 0 within, as {@code torch.nn.Hardshrink}. */
public final class Hardshrink extends Module {
    private final double lambda;

    /** With lambda 0.5. */
    public Hardshrink() {
        this(0.5);
    }

    /** With a lambda. */
    public Hardshrink(double lambda) {
        this.lambda = lambda;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.hardshrink(lambda);
    }

    @Override
    protected String describe() {
        return Double.toString(lambda);
    }
}
