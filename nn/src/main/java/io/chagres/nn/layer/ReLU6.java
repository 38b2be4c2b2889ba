package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** x, but not below 0 nor above 6, as {@code torch.nn.ReLU6}. */
public final class ReLU6 extends Module {
    /** A layer without parameters. */
    public ReLU6() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.relu6();
    }
}
