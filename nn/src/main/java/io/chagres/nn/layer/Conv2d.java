package io.chagres.nn.layer;

import io.chagres.runtime.op.Convolution;
import io.chagres.runtime.tensor.Tensor;

/**
 * A convolution of images, as {@code torch.nn.Conv2d}. x [N, C, H, W], y [N, out, height, width], both also without N, where a size of y is
 * ⌊(size + padding before and behind - dilation · (kernel - 1) - 1) / stride⌋ + 1. See {@link Convolution#conv2d}.
 */
public final class Conv2d extends ConvolutionLayer {
    /** Windows of that size, one beginning at each element. */
    public Conv2d(long in, long out, long kernel) {
        this(in, out, kernel, 1, 0);
    }

    /** Windows that begin so far apart, with so many zeros around the input. */
    public Conv2d(long in, long out, long kernel, long stride, long padding) {
        this(in, out, kernel, stride, padding, 1, 1, true);
    }

    /**
     * A convolution with or without bias.
     *
     * @param dilation how far apart the elements of a window are
     * @param groups into how many groups the channels are divided; as many as there are channels for a depthwise convolution
     */
    public Conv2d(long in, long out, long kernel, long stride, long padding, long dilation, long groups, boolean bias) {
        this(in, out, new long[]{kernel}, new long[]{stride}, new long[]{padding}, new long[]{dilation}, groups, bias,
                PaddingMode.ZEROS);
    }

    /**
     * A convolution of any form: one number for all dimensions or one for each; the padding also two for each, before and
     * behind, as {@link Convolution#same} gives them.
     *
     * @throws IllegalArgumentException if there are too few or too many numbers or too small ones, or groups do not divide the
     *         channels
     */
    public Conv2d(long in, long out, long[] kernel, long[] stride, long[] padding, long[] dilation, long groups,
            boolean bias, PaddingMode mode) {
        super(2, false, in, out, bias, new Form(kernel, stride, padding, NONE, dilation, groups, mode));
    }

    @Override
    Tensor convolve(Tensor x, long[] padding, boolean relu, Tensor shortcut) {
        return relu
                ? Convolution.conv2dRelu(x, weight, bias, shortcut, form.stride(), padding, form.dilation(),
                        form.groups())
                : Convolution.conv2d(x, weight, bias, form.stride(), padding, form.dilation(), form.groups());
    }

    @Override
    Tensor scaled(Tensor x, long[] padding, Tensor scale, Tensor shift, Tensor shortcut, boolean relu) {
        return Convolution.conv2dScaled(x, weight, scale, shift, shortcut, relu, form.stride(), padding,
                form.dilation(),
                form.groups());
    }
}
