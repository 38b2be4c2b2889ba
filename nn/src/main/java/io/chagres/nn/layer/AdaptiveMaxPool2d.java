package io.chagres.nn.layer;

import io.chagres.runtime.op.Pooling;
import io.chagres.runtime.tensor.Tensor;

/**
 * The greatest elements of as many windows of images as are wanted, as {@code torch.nn.AdaptiveMaxPool2d}. x [N, C, H, W] or [C, H, W], y likewise
 * with the wanted height and width. See {@link Pooling#adaptiveMaxPool2d}.
 */
public final class AdaptiveMaxPool2d extends PoolingLayer {
    private final long[] sizes;

    /** A result of that size in all dimensions; a negative number keeps the input's. */
    public AdaptiveMaxPool2d(long size) {
        this.sizes = new long[]{size};
    }

    /** A result of such height and width; a negative number keeps the input's size. */
    public AdaptiveMaxPool2d(long height, long width) {
        this.sizes = new long[]{height, width};
    }

    @Override
    Tensor pool(Tensor x) {
        return x.adaptiveMaxPool2d(sizes);
    }

    @Override
    protected String describe() {
        return "output_size=" + text(sizes);
    }
}
