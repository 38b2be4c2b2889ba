package io.chagres.nn.layer;

import io.chagres.runtime.op.Pooling;
import io.chagres.runtime.tensor.Tensor;

/**
 * The greatest elements of as many windows of volumes as are wanted, as {@code torch.nn.AdaptiveMaxPool3d}. x [N, C, D, H, W] or [C, D, H, W], y likewise
 * with the wanted depth, height and width. See {@link Pooling#adaptiveMaxPool3d}.
 */
public final class AdaptiveMaxPool3d extends PoolingLayer {
    private final long[] sizes;

    /** A result of that size in all dimensions; a negative number keeps the input's. */
    public AdaptiveMaxPool3d(long size) {
        this.sizes = new long[]{size};
    }

    /** A result of such depth, height and width; a negative number keeps the input's size. */
    public AdaptiveMaxPool3d(long depth, long height, long width) {
        this.sizes = new long[]{depth, height, width};
    }

    @Override
    Tensor pool(Tensor x) {
        return x.adaptiveMaxPool3d(sizes);
    }

    @Override
    protected String describe() {
        return "output_size=" + text(sizes);
    }
}
