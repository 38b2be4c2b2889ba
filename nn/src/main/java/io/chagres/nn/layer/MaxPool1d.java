package io.chagres.nn.layer;

import io.chagres.runtime.op.Extremes;
import io.chagres.runtime.op.Pooling;
import io.chagres.runtime.tensor.Tensor;

/**
 * The greatest element of each window of sequences, as {@code torch.nn.MaxPool1d}. x [N, C, L] or [C, L], y likewise, where a size is ⌊(size +
 * 2 · padding - dilation · (kernel - 1) - 1) / stride⌋ + 1. See {@link Pooling#maxPool1d}.
 */
public final class MaxPool1d extends MaxPoolingLayer {

    /** Windows of that size side by side. */
    public MaxPool1d(long kernel) {
        this(kernel, kernel, 0);
    }

    /** Windows that begin at multiples of the stride. */
    public MaxPool1d(long kernel, long stride) {
        this(kernel, stride, 0);
    }

    /** Windows that reach so far out of the input. */
    public MaxPool1d(long kernel, long stride, long padding) {
        this(new long[]{kernel}, new long[]{stride}, new long[]{padding}, ONE, false);
    }

    /**
     * Windows of any form: one number each.
     *
     * @param ceilMode whether the quotient of a size is rounded up
     */
    public MaxPool1d(long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceilMode) {
        super(1, kernel, stride, padding, dilation, ceilMode);
    }

    @Override
    Tensor pool(Tensor x) {
        return x.maxPool1d(kernel, stride, padding, dilation, ceilMode);
    }

    /** {@inheritDoc} See {@link Pooling#maxPool1dWithIndices}. */
    @Override
    public Extremes.Values forwardWithIndices(Tensor x) {
        return Pooling.maxPool1dWithIndices(x, kernel, stride, padding, dilation, ceilMode);
    }
}
