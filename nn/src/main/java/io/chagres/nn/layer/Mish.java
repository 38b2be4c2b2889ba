package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** x tanh(log(1 + e^x)), as {@code torch.nn.Mish}. */
public final class Mish extends Module {
    /** A layer without parameters. */
    public Mish() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.mish();
    }
}
