package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** 1 / (1 + e^-x), as {@code torch.nn.Sigmoid}. */
public final class Sigmoid extends Module {
    /** A layer without parameters. */
    public Sigmoid() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.sigmoid();
    }
}
