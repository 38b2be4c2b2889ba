package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.op.Pooling;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/**
 * The greatest element of each window, as {@code torch.nn.MaxPool2d}. x [N, C, H, W], y [N, C, height, width], where a size is
 * ⌊(size + 2 · padding - dilation · (kernel - 1) - 1) / stride⌋ + 1. See {@link Pooling#maxPool2d}.
 */
public final class MaxPool2d extends Module {
    private final long[] kernel;
    private final long[] stride;
    private final long[] padding;
    private final long[] dilation;
    private final boolean ceilMode;

    /** Square windows side by side. */
    public MaxPool2d(long kernel) {
        this(kernel, kernel, 0);
    }

    /** Square windows that begin at multiples of the stride. */
    public MaxPool2d(long kernel, long stride) {
        this(kernel, stride, 0);
    }

    /** Square windows that reach so far out of the input. */
    public MaxPool2d(long kernel, long stride, long padding) {
        this(pair(kernel), pair(stride), pair(padding), pair(1), false);
    }

    /** Windows of any form: numbers for height and width, and whether the quotient of the size is rounded up. */
    public MaxPool2d(long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceilMode) {
        check("kernel", kernel, 1);
        check("stride", stride, 1);
        check("padding", padding, 0);
        check("dilation", dilation, 1);
        this.kernel = kernel.clone();
        this.stride = stride.clone();
        this.padding = padding.clone();
        this.dilation = dilation.clone();
        this.ceilMode = ceilMode;
    }

    private static long[] pair(long size) {
        return new long[]{size, size};
    }

    private static void check(String role, long[] sizes, long least) {
        if (sizes.length != 2 || Math.min(sizes[0], sizes[1]) < least) {
            throw new IllegalArgumentException("MaxPool2d: " + role + " " + Arrays.toString(sizes)
                    + "; height and width are needed, at least " + least);
        }
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.maxPool2d(kernel, stride, padding, dilation, ceilMode);
    }

    @Override
    protected String describe() {
        return "kernel=" + Arrays.toString(kernel) + ", stride=" + Arrays.toString(stride) + ", padding="
                + Arrays.toString(padding) + ", dilation=" + Arrays.toString(dilation) + ", ceil=" + ceilMode;
    }
}
