package io.chagres.nn.layer;

import io.chagres.runtime.op.AveragePooling;
import io.chagres.runtime.tensor.Tensor;

/**
 * The average of each window of sequences, as {@code torch.nn.AvgPool1d}. x [N, C, L] or [C, L], y likewise, where a size is ⌊(size + 2 · padding
 * - kernel) / stride⌋ + 1. See {@link AveragePooling#avgPool1d}.
 */
public final class AvgPool1d extends AvgPoolingLayer {

    /** Windows of that size side by side. */
    public AvgPool1d(long kernel) {
        this(kernel, kernel, 0);
    }

    /** Windows that begin at multiples of the stride, and reach so far out of the input, where zeros count. */
    public AvgPool1d(long kernel, long stride, long padding) {
        this(new long[]{kernel}, new long[]{stride}, new long[]{padding}, false, true);
    }

    /**
     * Windows of any form: one number each.
     *
     * @param ceilMode whether the quotient of a size is rounded up
     * @param countIncludePad whether zeros around the input count
     */
    public AvgPool1d(long[] kernel, long[] stride, long[] padding, boolean ceilMode, boolean countIncludePad) {
        super(1, kernel, stride, padding, ceilMode, countIncludePad, 0);
    }

    @Override
    Tensor pool(Tensor x) {
        return x.avgPool1d(kernel, stride, padding, ceilMode, countIncludePad);
    }
}
