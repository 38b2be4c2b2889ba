package io.chagres.nn.layer;

import io.chagres.runtime.op.Pooling;
import io.chagres.runtime.tensor.Tensor;

/**
 * The greatest elements of as many windows of sequences as are wanted, as {@code torch.nn.AdaptiveMaxPool1d}. x [N, C, L] or [C, L], y likewise
 * with the wanted length. See {@link Pooling#adaptiveMaxPool1d}.
 */
public final class AdaptiveMaxPool1d extends PoolingLayer {
    private final long[] sizes;

    /** A result of that size; a negative number keeps the input's. */
    public AdaptiveMaxPool1d(long size) {
        this.sizes = new long[]{size};
    }

    @Override
    Tensor pool(Tensor x) {
        return x.adaptiveMaxPool1d(sizes);
    }

    @Override
    protected String describe() {
        return "output_size=" + text(sizes);
    }
}
