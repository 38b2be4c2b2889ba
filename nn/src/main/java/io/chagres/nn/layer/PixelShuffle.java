package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.op.Shuffles;
import io.chagres.runtime.tensor.Tensor;

/** Channels laid out as squares of pixels, as {@code torch.nn.PixelShuffle}; see {@link Shuffles#pixelShuffle}. */
public final class PixelShuffle extends Module {
    private final long factor;

    /** A layer without parameters, for squares of that side. */
    public PixelShuffle(long factor) {
        if (factor < 1) {
            throw new IllegalArgumentException("PixelShuffle: factor " + factor + "; at least 1 is needed");
        }
        this.factor = factor;
    }

    @Override
    public Tensor forward(Tensor x) {
        return Shuffles.pixelShuffle(x, factor);
    }

    @Override
    protected String describe() {
        return "factor=" + factor;
    }
}
