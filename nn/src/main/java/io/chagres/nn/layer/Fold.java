package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.op.Folding;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/**
 * Columns of windows summed up to images, as {@code torch.nn.Fold}. x [N, C · window, windows], y [N, C, height, width]; see
 * {@link Folding#fold}.
 */
public final class Fold extends Module {
    private final long[] size;
    private final long[] kernel;
    private final long[] dilation;
    private final long[] padding;
    private final long[] stride;

    /** Square windows of square images, one beginning at each element. */
    public Fold(long size, long kernel) {
        this(new long[]{size}, new long[]{kernel}, new long[]{1}, new long[]{0}, new long[]{1});
    }

    /** Windows of any form: one number for height and width, or one for each. */
    public Fold(long[] size, long[] kernel, long[] dilation, long[] padding, long[] stride) {
        this.size = size.clone();
        this.kernel = kernel.clone();
        this.dilation = dilation.clone();
        this.padding = padding.clone();
        this.stride = stride.clone();
    }

    @Override
    public Tensor forward(Tensor x) {
        return Folding.fold(x, size, kernel, dilation, padding, stride);
    }

    @Override
    protected String describe() {
        return "size=" + Arrays.toString(size) + ", kernel=" + Arrays.toString(kernel) + ", dilation="
                + Arrays.toString(dilation) + ", padding=" + Arrays.toString(padding) + ", stride="
                + Arrays.toString(stride);
    }
}
