package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.op.Shuffles;
import io.chagres.runtime.tensor.Tensor;

/** Squares of pixels made channels, as {@code torch.nn.PixelUnshuffle}; see {@link Shuffles#pixelUnshuffle}. */
public final class PixelUnshuffle extends Module {
    private final long factor;

    /** A layer without parameters, for squares of that side. */
    public PixelUnshuffle(long factor) {
        if (factor < 1) {
            throw new IllegalArgumentException("PixelUnshuffle: factor " + factor + "; at least 1 is needed");
        }
        this.factor = factor;
    }

    @Override
    public Tensor forward(Tensor x) {
        return Shuffles.pixelUnshuffle(x, factor);
    }

    @Override
    protected String describe() {
        return "factor=" + factor;
    }
}
