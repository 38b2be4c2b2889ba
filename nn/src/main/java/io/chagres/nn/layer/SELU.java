package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** Scaled exponential units, which keep mean 0 and variance 1, as {@code torch.nn.SELU}. */
public final class SELU extends Module {
    /** A layer without parameters. */
    public SELU() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.selu();
    }
}
