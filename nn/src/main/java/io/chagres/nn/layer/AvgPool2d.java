package io.chagres.nn.layer;

import io.chagres.runtime.op.AveragePooling;
import io.chagres.runtime.tensor.Tensor;

/**
 * The average of each window of images, as {@code torch.nn.AvgPool2d}. x [N, C, H, W] or [C, H, W], y likewise, where a size is ⌊(size + 2 · padding
 * - kernel) / stride⌋ + 1. See {@link AveragePooling#avgPool2d}.
 */
public final class AvgPool2d extends AvgPoolingLayer {

    /** Windows of that size side by side. */
    public AvgPool2d(long kernel) {
        this(kernel, kernel, 0);
    }

    /** Windows that begin at multiples of the stride, and reach so far out of the input, where zeros count. */
    public AvgPool2d(long kernel, long stride, long padding) {
        this(new long[]{kernel}, new long[]{stride}, new long[]{padding}, false, true, 0);
    }

    /**
     * Windows of any form: one number for all dimensions or one for each, height and width.
     *
     * @param ceilMode whether the quotient of a size is rounded up
     * @param countIncludePad whether zeros around the input count
     * @param divisorOverride what sums are divided by instead of the number of elements; 0 for that
     */
    public AvgPool2d(long[] kernel, long[] stride, long[] padding, boolean ceilMode, boolean countIncludePad,
            long divisorOverride) {
        super(2, kernel, stride, padding, ceilMode, countIncludePad, divisorOverride);
    }

    @Override
    Tensor pool(Tensor x) {
        return x.avgPool2d(kernel, stride, padding, ceilMode, countIncludePad, divisorOverride);
    }
}
