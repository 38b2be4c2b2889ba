package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** x · hardsigmoid(x), as {@code torch.nn.Hardswish}. */
public final class Hardswish extends Module {
    /** A layer without parameters. */
    public Hardswish() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.hardswish();
    }
}
