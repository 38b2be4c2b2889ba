package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** y = max(x, 0), as {@code torch.nn.ReLU}. */
public final class ReLU extends Module {
    /** A layer without parameters. */
    public ReLU() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.relu();
    }
}
