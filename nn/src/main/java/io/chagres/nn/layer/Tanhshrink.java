package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** x - tanh x, as {@code torch.nn.Tanhshrink}. */
public final class Tanhshrink extends Module {
    /** A layer without parameters. */
    public Tanhshrink() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.tanhshrink();
    }
}
