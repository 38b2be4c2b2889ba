package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** x / 6 + 1/2, but not below 0 nor above 1, as {@code torch.nn.Hardsigmoid}. */
public final class Hardsigmoid extends Module {
    /** A layer without parameters. */
    public Hardsigmoid() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.hardsigmoid();
    }
}
