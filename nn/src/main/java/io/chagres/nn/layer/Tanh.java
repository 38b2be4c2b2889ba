package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** The hyperbolic tangent, as {@code torch.nn.Tanh}. */
public final class Tanh extends Module {
    /** A layer without parameters. */
    public Tanh() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.tanh();
    }
}
