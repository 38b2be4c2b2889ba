package io.chagres.nn.layer;

import io.chagres.runtime.op.Convolution;
import io.chagres.runtime.tensor.Tensor;

/**
 * A transposed convolution of volumes, as {@code torch.nn.ConvTranspose3d}. x [N, C, D, H, W], y [N, out, depth, height, width], both also without N,
 * where a size of y is (size - 1) · stride - padding before and behind + dilation · (kernel - 1) + outputPadding + 1. See
 * {@link Convolution#convTranspose3d}.
 */
public final class ConvTranspose3d extends ConvolutionLayer {
    /** Kernels of that size, side by side at each element. */
    public ConvTranspose3d(long in, long out, long kernel) {
        this(in, out, kernel, 1, 0);
    }

    /** Kernels that lie so far apart, of whose sum so much is left out at the borders. */
    public ConvTranspose3d(long in, long out, long kernel, long stride, long padding) {
        this(in, out, kernel, stride, padding, 0, 1, true, 1);
    }

    /**
     * A transposed convolution with or without bias.
     *
     * @param outputPadding how much is added to the result behind
     * @param groups into how many groups the channels are divided
     * @param dilation how far apart the elements of a kernel lie
     */
    public ConvTranspose3d(long in, long out, long kernel, long stride, long padding, long outputPadding, long groups,
            boolean bias, long dilation) {
        this(in, out, new long[]{kernel}, new long[]{stride}, new long[]{padding}, new long[]{outputPadding}, groups,
                bias, new long[]{dilation});
    }

    /**
     * A transposed convolution of any form: one number for all dimensions or one for each; the padding also two for each, before
     * and behind.
     *
     * @throws IllegalArgumentException if there are too few or too many numbers or too small ones, or groups do not divide the
     *         channels
     */
    public ConvTranspose3d(long in, long out, long[] kernel, long[] stride, long[] padding, long[] outputPadding,
            long groups, boolean bias, long[] dilation) {
        super(3, true, in, out, bias,
                new Form(kernel, stride, padding, outputPadding, dilation, groups, PaddingMode.ZEROS));
    }

    @Override
    Tensor convolve(Tensor x, long[] padding, boolean relu, Tensor shortcut) {
        return Convolution.convTranspose3d(x, weight, bias, form.stride(), padding, form.outputPadding(), form.groups(),
                form.dilation());
    }
}
