package io.chagres.nn.layer;

import io.chagres.runtime.op.AveragePooling;
import io.chagres.runtime.tensor.Tensor;

/**
 * The averages of as many windows of images as are wanted, as {@code torch.nn.AdaptiveAvgPool2d}. x [N, C, H, W] or [C, H, W], y likewise
 * with the wanted height and width. See {@link AveragePooling#adaptiveAvgPool2d}.
 */
public final class AdaptiveAvgPool2d extends PoolingLayer {
    private final long[] sizes;

    /** A result of that size in all dimensions; a negative number keeps the input's. */
    public AdaptiveAvgPool2d(long size) {
        this.sizes = new long[]{size};
    }

    /** A result of such height and width; a negative number keeps the input's size. */
    public AdaptiveAvgPool2d(long height, long width) {
        this.sizes = new long[]{height, width};
    }

    @Override
    Tensor pool(Tensor x) {
        return x.adaptiveAvgPool2d(sizes);
    }

    @Override
    protected String describe() {
        return "output_size=" + text(sizes);
    }
}
