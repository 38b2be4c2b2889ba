package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.op.Folding;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/**
 * The windows of images as columns, as {@code torch.nn.Unfold}. x [N, C, H, W], y [N, C · window, windows]; see
 * {@link Folding#unfold}.
 */
public final class Unfold extends Module {
    private final long[] kernel;
    private final long[] dilation;
    private final long[] padding;
    private final long[] stride;

    /** Square windows, one beginning at each element. */
    public Unfold(long kernel) {
        this(new long[]{kernel}, new long[]{1}, new long[]{0}, new long[]{1});
    }

    /** Windows of any form: one number for height and width, or one for each. */
    public Unfold(long[] kernel, long[] dilation, long[] padding, long[] stride) {
        this.kernel = kernel.clone();
        this.dilation = dilation.clone();
        this.padding = padding.clone();
        this.stride = stride.clone();
    }

    @Override
    public Tensor forward(Tensor x) {
        return Folding.unfold(x, kernel, dilation, padding, stride);
    }

    @Override
    protected String describe() {
        return "kernel=" + Arrays.toString(kernel) + ", dilation=" + Arrays.toString(dilation) + ", padding="
                + Arrays.toString(padding) + ", stride=" + Arrays.toString(stride);
    }
}
