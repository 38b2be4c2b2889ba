package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** The input as it is, as {@code torch.nn.Identity}; takes the place of a layer that is left out. */
public final class Identity extends Module {
    /** A layer without parameters. */
    public Identity() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x;
    }
}
