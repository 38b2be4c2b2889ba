package io.chagres.nn.layer;

import io.chagres.runtime.op.AveragePooling;
import io.chagres.runtime.tensor.Tensor;

/**
 * The averages of as many windows of sequences as are wanted, as {@code torch.nn.AdaptiveAvgPool1d}. x [N, C, L] or [C, L], y likewise
 * with the wanted length. See {@link AveragePooling#adaptiveAvgPool1d}.
 */
public final class AdaptiveAvgPool1d extends PoolingLayer {
    private final long[] sizes;

    /** A result of that size; a negative number keeps the input's. */
    public AdaptiveAvgPool1d(long size) {
        this.sizes = new long[]{size};
    }

    @Override
    Tensor pool(Tensor x) {
        return x.adaptiveAvgPool1d(sizes);
    }

    @Override
    protected String describe() {
        return "output_size=" + text(sizes);
    }
}
