package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** x / (1 + e^-x), as {@code torch.nn.SiLU}. */
public final class SiLU extends Module {
    /** A layer without parameters. */
    public SiLU() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.silu();
    }
}
