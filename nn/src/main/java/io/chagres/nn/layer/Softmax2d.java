package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** Softmax over the channels of images [N, C, H, W] or [C, H, W], as {@code torch.nn.Softmax2d}. */
public final class Softmax2d extends Module {
    /** A layer without parameters. */
    public Softmax2d() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.softmax2d();
    }
}
