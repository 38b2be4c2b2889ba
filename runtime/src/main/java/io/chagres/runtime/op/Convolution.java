package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.plan.ConvolutionPlan.Sizes;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Convolutions of one to three spatial dimensions, plain and transposed, as in {@code torch.nn.functional}. Results have their
 * channels innermost in memory ({@link Tensor#isChannelsLast}), which convolutions also prefer for their input.
 * <p>
 * Wherever sizes are given for each spatial dimension, one number stands for all. Operands are floating point numbers of one
 * type; those of 16 bits are computed in float32.
 * <p>
 * The same number of threads gives the same bits. The gradients of weight and bias in float32 are added up over threads, so that their
 * last bits depend on that number; {@link io.chagres.runtime.thread.Threads#share} fixes it.
 */
public final class Convolution {
    private static final long[] ONE = {1};
    private static final long[] NONE = {0};
    private static final long MOST = 1 << 30;
    private static final String[] LAYOUT = {"", "L", "H, W", "D, H, W"};

    private Convolution() {
    }

    // ---- Convolutions

    /** {@link #conv2d(Tensor, Tensor, Tensor, long[], long[], long[], long)} of sequences [N, C, L] or [C, L]. */
    public static Tensor conv1d(Tensor x, Tensor weight, Tensor bias, long[] stride, long[] padding, long[] dilation,
            long groups) {
        return convolve("conv1d", 1, x, weight, bias, null, false, stride, padding, dilation, groups);
    }

    /** {@link #conv1d(Tensor, Tensor, Tensor, long[], long[], long[], long)} with stride 1 and nothing around the input. */
    public static Tensor conv1d(Tensor x, Tensor weight, Tensor bias) {
        return conv1d(x, weight, bias, ONE, NONE, ONE, 1);
    }

    /**
     * The products of a kernel with each window of the input, summed up, as {@code torch.nn.functional.conv2d}: y[n, o, i, j] =
     * bias[o] + Σ weight[o, c, k, l] · x[n, c, i · stride + k · dilation - padding, j · ...], with zeros around the input. A
     * size of the result is ⌊(size + padding before and behind - dilation · (kernel - 1) - 1) / stride⌋ + 1.
     *
     * @param x [N, C, H, W], or [C, H, W] for one image
     * @param weight [O, C / groups, height, width]
     * @param bias [O], or null for none
     * @param stride how far apart windows begin; 1 in PyTorch
     * @param padding how many zeros are around the input, before and behind: one number for all, one for each dimension, or
     *        two for each, before and behind; 0 in PyTorch, {@link #same} for a result of the input's size
     * @param dilation how far apart the elements of a window are; 1 in PyTorch
     * @param groups into how many groups the channels are divided, each with kernels of its own; 1 in PyTorch
     * @return [N, O, height, width], or [O, height, width]
     * @throws IllegalArgumentException if shapes or types do not fit, or the input is too small for a window
     */
    public static Tensor conv2d(Tensor x, Tensor weight, Tensor bias, long[] stride, long[] padding, long[] dilation,
            long groups) {
        return convolve("conv2d", 2, x, weight, bias, null, false, stride, padding, dilation, groups);
    }

    /** {@link #conv2d(Tensor, Tensor, Tensor, long[], long[], long[], long)} with stride 1 and nothing around the input. */
    public static Tensor conv2d(Tensor x, Tensor weight, Tensor bias) {
        return conv2d(x, weight, bias, ONE, NONE, ONE, 1);
    }

    /** {@link #conv2d(Tensor, Tensor, Tensor, long[], long[], long[], long)} of volumes [N, C, D, H, W] or [C, D, H, W]. */
    public static Tensor conv3d(Tensor x, Tensor weight, Tensor bias, long[] stride, long[] padding, long[] dilation,
            long groups) {
        return convolve("conv3d", 3, x, weight, bias, null, false, stride, padding, dilation, groups);
    }

    /** {@link #conv3d(Tensor, Tensor, Tensor, long[], long[], long[], long)} with stride 1 and nothing around the input. */
    public static Tensor conv3d(Tensor x, Tensor weight, Tensor bias) {
        return conv3d(x, weight, bias, ONE, NONE, ONE, 1);
    }

    /** {@link #conv2dRelu} of sequences. */
    public static Tensor conv1dRelu(Tensor x, Tensor weight, Tensor bias, Tensor shortcut, long[] stride,
            long[] padding,
            long[] dilation, long groups) {
        return convolve("conv1dRelu", 1, x, weight, bias, shortcut, true, stride, padding, dilation, groups);
    }

    /**
     * relu(conv2d(x) + shortcut) in one native call where there is one, and what is in between is not kept.
     *
     * @param shortcut of the result's shape, or null for none
     */
    public static Tensor conv2dRelu(Tensor x, Tensor weight, Tensor bias, Tensor shortcut, long[] stride,
            long[] padding,
            long[] dilation, long groups) {
        return convolve("conv2dRelu", 2, x, weight, bias, shortcut, true, stride, padding, dilation, groups);
    }

    /** {@link #conv2dRelu} of volumes. */
    public static Tensor conv3dRelu(Tensor x, Tensor weight, Tensor bias, Tensor shortcut, long[] stride,
            long[] padding,
            long[] dilation, long groups) {
        return convolve("conv3dRelu", 3, x, weight, bias, shortcut, true, stride, padding, dilation, groups);
    }

    /** {@link #conv2dScaled} of sequences. */
    public static Tensor conv1dScaled(Tensor x, Tensor weight, Tensor scale, Tensor shift, Tensor shortcut,
            boolean relu, long[] stride, long[] padding, long[] dilation, long groups) {
        return scaled("conv1dScaled", 1, x, weight, scale, shift, shortcut, relu, stride, padding, dilation, groups);
    }

    /**
     * scale · conv2d(x) + shift, channel by channel, to which a shortcut may be added, and relu of that if wanted; where no gradients
     * are recorded in one native call. So batch norm in use is folded into a convolution.
     *
     * @param scale [O], as is {@code shift}
     * @param shortcut of the result's shape, or null for none
     */
    public static Tensor conv2dScaled(Tensor x, Tensor weight, Tensor scale, Tensor shift, Tensor shortcut,
            boolean relu, long[] stride, long[] padding, long[] dilation, long groups) {
        return scaled("conv2dScaled", 2, x, weight, scale, shift, shortcut, relu, stride, padding, dilation, groups);
    }

    /** {@link #conv2dScaled} of volumes. */
    public static Tensor conv3dScaled(Tensor x, Tensor weight, Tensor scale, Tensor shift, Tensor shortcut,
            boolean relu, long[] stride, long[] padding, long[] dilation, long groups) {
        return scaled("conv3dScaled", 3, x, weight, scale, shift, shortcut, relu, stride, padding, dilation, groups);
    }

    private static Tensor scaled(String name, int spatial, Tensor x, Tensor weight, Tensor scale, Tensor shift,
            Tensor shortcut, boolean relu, long[] stride, long[] padding, long[] dilation, long groups) {
        checkTypes(name, x, weight, Check.alive(name, "the scale", scale));
        Check.sameType(name, x, Check.alive(name, "the shift", shift));
        checkRanks(name, spatial, x, weight);
        checkBias(name, weight, scale, weight.size(0));
        checkBias(name, weight, shift, weight.size(0));
        boolean records = Autograd.isRecording() && Stream.of(x, weight, scale, shift, shortcut)
                .anyMatch(tensor -> tensor != null && tensor.requiresGrad());
        if (!records && x.rank() == spatial + 2 && x.dtype() == DType.FLOAT32) {
            var sizes = sizes(name, spatial, x, weight, shortcut, stride, padding, dilation, groups);
            return Correlation.scaled(name, sizes, x, weight, scale, shift, shortcut, relu);
        }
        var each = new long[1 + spatial];
        Arrays.fill(each, 1);
        each[0] = -1;
        var y = convolve(name, spatial, x, weight, null, null, false, stride, padding, dilation, groups)
                .mul(scale.reshape(each)).add(shift.reshape(each));
        if (shortcut != null) {
            checkShortcut(name, x, y.shape(), shortcut);
            y = y.add(shortcut);
        }
        return relu ? y.relu() : y;
    }

    /**
     * The padding with which a convolution of stride 1 gives a result of the input's size, as {@code padding="same"} in PyTorch:
     * dilation · (kernel - 1) zeros in each dimension, the odd one behind.
     *
     * @param kernel the kernel's sizes
     * @param dilation one number for all of them, or one for each
     */
    public static long[] same(long[] kernel, long... dilation) {
        if (Check.notNull("same", "the array of dilations", dilation).length != 1
                && dilation.length != Check.notNull("same", "the array of sizes", kernel).length) {
            throw new IllegalArgumentException(
                    "same: " + dilation.length + " dilations for " + kernel.length
                            + " sizes; one or as many are needed");
        }
        var padding = new long[2 * Check.notNull("same", "the array of sizes", kernel).length];
        for (int d = 0; d < kernel.length; d++) {
            long all = dilation[dilation.length == 1 ? 0 : d] * (kernel[d] - 1);
            padding[2 * d] = all / 2;
            padding[2 * d + 1] = all - all / 2;
        }
        return padding;
    }

    private static Tensor convolve(String name, int spatial, Tensor x, Tensor weight, Tensor bias, Tensor shortcut,
            boolean relu, long[] stride, long[] padding, long[] dilation, long groups) {
        checkTypes(name, x, weight, bias);
        checkRanks(name, spatial, x, weight);
        checkBias(name, weight, bias, weight.size(0));
        var sizes = sizes(name, spatial, x, weight, shortcut, stride, padding, dilation, groups);
        return inFloat32(name, spatial, x, weight, bias, shortcut, relu, sizes, false);
    }

    private static void checkShortcut(String name, Tensor x, Shape result, Tensor shortcut) {
        Check.sameType(name, x, Check.alive(name, "the shortcut", shortcut));
        if (!shortcut.shape().equals(result)) {
            throw new IllegalArgumentException(name + ": shortcut " + shortcut.shape() + " for a result " + result
                    + " of an input " + x.shape());
        }
    }

    /** The sizes of a convolution; a shortcut, which may be null, has those of its result. */
    private static Sizes sizes(String name, int spatial, Tensor x, Tensor weight, Tensor shortcut, long[] stride,
            long[] padding, long[] dilation, long groups) {
        long out = weight.size(0);
        if (groups < 1 || out % groups != 0) {
            throw new IllegalArgumentException(name + ": groups " + groups + " for a weight " + weight.shape()
                    + "; a number that divides " + out + " is needed");
        }
        checkChannels(name, spatial, x, weight, groups, weight.size(1) * groups);
        var steps = each(name, "stride", stride, spatial, 1, x);
        var gaps = each(name, "dilation", dilation, spatial, 1, x);
        var pads = pads(name, padding, spatial, x);
        var from = tail(x, spatial, name);
        var kernel = tail(weight, spatial, name);
        var to = new long[spatial];
        var before = new long[spatial];
        boolean fits = true;
        for (int d = 0; d < spatial; d++) {
            before[d] = pads[2 * d];
            long room = from[d] + before[d] + pads[2 * d + 1] - gaps[d] * (kernel[d] - 1) - 1;
            to[d] = Math.floorDiv(room, steps[d]) + 1;
            fits &= to[d] >= 1 && kernel[d] >= 1;
        }
        if (!fits) {
            throw new IllegalArgumentException(name + ": input " + x.shape() + ", kernel " + Arrays.toString(kernel)
                    + ", stride " + Arrays.toString(steps) + ", padding " + Arrays.toString(padding) + ", dilation "
                    + Arrays.toString(gaps) + ": the result's size would be " + Arrays.toString(to)
                    + "; the input is too small, or the kernel empty");
        }
        long batch = x.rank() == spatial + 2 ? x.size(0) : 1;
        var sizes = new Sizes(batch, weight.size(1) * groups, out, groups, from, int32(name, x, to), kernel, steps,
                gaps,
                before);
        if (shortcut != null) {
            var dims = sizes.result();
            checkShortcut(name, x,
                    Shape.of(x.rank() == spatial + 2 ? dims : Arrays.copyOfRange(dims, 1, dims.length)), shortcut);
        }
        return sizes;
    }

    // ---- Transposed convolutions

    /** {@link #convTranspose2d} of sequences [N, C, L] or [C, L]. */
    public static Tensor convTranspose1d(Tensor x, Tensor weight, Tensor bias, long[] stride, long[] padding,
            long[] outputPadding, long groups, long[] dilation) {
        return transposed("convTranspose1d", 1, x, weight, bias, stride, padding, outputPadding, groups, dilation);
    }

    /**
     * Each element of the input times a kernel, added up where the kernels come to lie, as
     * {@code torch.nn.functional.conv_transpose2d}: what a convolution with the same arguments does to the gradient of its
     * result. A size of the result is (size - 1) · stride - padding before and behind + dilation · (kernel - 1) +
     * outputPadding + 1.
     *
     * @param x [N, C, H, W], or [C, H, W] for one image
     * @param weight [C, O / groups, height, width]
     * @param bias [O], or null for none
     * @param stride how far apart kernels come to lie; 1 in PyTorch
     * @param padding how much of the result is left out at its borders, in the form of {@link #conv2d}; 0 in PyTorch
     * @param outputPadding how much is added to the result behind, less than stride or dilation; 0 in PyTorch
     * @param groups into how many groups the channels are divided; 1 in PyTorch
     * @param dilation how far apart the elements of a kernel come to lie; 1 in PyTorch
     * @return [N, O, height, width], or [O, height, width]
     * @throws IllegalArgumentException if shapes or types do not fit, or nothing of the result is left
     */
    public static Tensor convTranspose2d(Tensor x, Tensor weight, Tensor bias, long[] stride, long[] padding,
            long[] outputPadding, long groups, long[] dilation) {
        return transposed("convTranspose2d", 2, x, weight, bias, stride, padding, outputPadding, groups, dilation);
    }

    /** {@link #convTranspose2d} of volumes [N, C, D, H, W] or [C, D, H, W]. */
    public static Tensor convTranspose3d(Tensor x, Tensor weight, Tensor bias, long[] stride, long[] padding,
            long[] outputPadding, long groups, long[] dilation) {
        return transposed("convTranspose3d", 3, x, weight, bias, stride, padding, outputPadding, groups, dilation);
    }

    private static Tensor transposed(String name, int spatial, Tensor x, Tensor weight, Tensor bias, long[] stride,
            long[] padding, long[] outputPadding, long groups, long[] dilation) {
        checkTypes(name, x, weight, bias);
        checkRanks(name, spatial, x, weight);
        long in = weight.size(0);
        if (groups < 1 || in % groups != 0) {
            throw new IllegalArgumentException(name + ": groups " + groups + " for a weight " + weight.shape()
                    + "; a number that divides " + in + " is needed");
        }
        checkChannels(name, spatial, x, weight, groups, in);
        long out = Check.product(name, weight.shape(), weight.size(1), groups);
        checkBias(name, weight, bias, out);
        var steps = each(name, "stride", stride, spatial, 1, x);
        var gaps = each(name, "dilation", dilation, spatial, 1, x);
        var pads = pads(name, padding, spatial, x);
        var more = each(name, "output padding", outputPadding, spatial, 0, x);
        var from = tail(x, spatial, name);
        var kernel = tail(weight, spatial, name);
        var to = new long[spatial];
        var before = new long[spatial];
        boolean fits = true;
        for (int d = 0; d < spatial; d++) {
            if (more[d] >= Math.max(steps[d], gaps[d])) {
                throw new IllegalArgumentException(name + ": output padding " + Arrays.toString(more) + " for stride "
                        + Arrays.toString(steps) + " and dilation " + Arrays.toString(gaps)
                        + "; it is less than one of them");
            }
            before[d] = pads[2 * d];
            to[d] = (from[d] - 1) * steps[d] - before[d] - pads[2 * d + 1] + gaps[d] * (kernel[d] - 1) + more[d] + 1;
            fits &= to[d] >= 1 && kernel[d] >= 1 && from[d] >= 1;
        }
        if (!fits) {
            throw new IllegalArgumentException(name + ": input " + x.shape() + ", kernel " + Arrays.toString(kernel)
                    + ", stride " + Arrays.toString(steps) + ", padding " + Arrays.toString(padding) + ", dilation "
                    + Arrays.toString(gaps) + ": the result's size would be " + Arrays.toString(to)
                    + "; the input is too small, or the kernel empty");
        }
        long batch = x.rank() == spatial + 2 ? x.size(0) : 1;
        var sizes = new Sizes(batch, out, in, groups, int32(name, x, to), from, kernel, steps, gaps, before);
        return inFloat32(name, spatial, x, weight, bias, null, false, sizes, true);
    }

    // ---- What both share

    /** Computes; one image as a batch of one, types of 16 bits in float32. */
    private static Tensor inFloat32(String name, int spatial, Tensor x, Tensor weight, Tensor bias, Tensor shortcut,
            boolean relu, Sizes sizes, boolean transposed) {
        var type = x.dtype();
        var wide = type.bytes() < Float.BYTES ? DType.FLOAT32 : type;
        boolean single = x.rank() == spatial + 1;
        var images = Convert.to(single ? Views.unsqueeze(x, 0) : x, wide);
        var w = Convert.to(weight, wide);
        var b = bias == null ? null : Convert.to(bias, wide);
        var y = transposed
                ? Correlation.data(name, sizes, images, w, b)
                : Correlation.result(name, sizes, images, w, b,
                        shortcut == null ? null : Convert.to(single ? Views.unsqueeze(shortcut, 0) : shortcut, wide),
                        relu);
        y = Convert.to(y, type);
        return single ? Views.squeeze(y, 0) : y;
    }

    private static void checkTypes(String name, Tensor x, Tensor weight, Tensor bias) {
        Check.floating(name, "the input", x);
        Check.floating(name, "the weight", weight);
        Check.sameType(name, x, weight);
        if (bias != null) {
            Check.sameType(name, x, Check.floating(name, "the bias", bias));
        }
    }

    private static void checkRanks(String name, int spatial, Tensor x, Tensor weight) {
        if (x.rank() != spatial + 2 && x.rank() != spatial + 1) {
            throw new IllegalArgumentException(
                    name + ": input " + x.shape() + " has " + x.rank() + " dimensions; [N, C, "
                            + LAYOUT[spatial] + "] or [C, " + LAYOUT[spatial] + "] is needed");
        }
        Check.rank(name, "the weight", weight, spatial + 2);
    }

    private static void checkChannels(String name, int spatial, Tensor x, Tensor weight, long groups, long expected) {
        long channels = x.size(x.rank() - spatial - 1);
        if (channels != expected) {
            throw new IllegalArgumentException(name + ": input " + x.shape() + " has " + channels
                    + (channels == 1 ? " channel" : " channels") + ", expected " + expected + " (weight "
                    + weight.shape() + ", groups " + groups + ")");
        }
    }

    private static void checkBias(String name, Tensor weight, Tensor bias, long channels) {
        if (bias != null && (bias.rank() != 1 || bias.size(0) != channels)) {
            throw new IllegalArgumentException(name + ": bias " + bias.shape() + " for a weight " + weight.shape()
                    + "; [" + channels + "] is needed");
        }
    }

    /** One number for each spatial dimension. */
    private static long[] each(String name, String role, long[] given, int spatial, long least, Tensor x) {
        int count = Check.notNull(name, "the " + role, given).length;
        if (count != 1 && count != spatial || !isWithin(given, least)) {
            throw new IllegalArgumentException(name + ": " + role + " " + Arrays.toString(given) + " for an input "
                    + x.shape() + "; one number or " + spatial + " are needed, at least " + least
                    + " and at most 2^30");
        }
        var all = new long[spatial];
        for (int d = 0; d < spatial; d++) {
            all[d] = given[count == 1 ? 0 : d];
        }
        return all;
    }

    /** Before and behind for each spatial dimension. */
    private static long[] pads(String name, long[] given, int spatial, Tensor x) {
        int count = Check.notNull(name, "the padding", given).length;
        if (count != 1 && count != spatial && count != 2 * spatial || !isWithin(given, 0)) {
            throw new IllegalArgumentException(name + ": padding " + Arrays.toString(given) + " for an input "
                    + x.shape() + "; one number, " + spatial + " or " + 2 * spatial
                    + " are needed, at least 0 and at most 2^30");
        }
        var all = new long[2 * spatial];
        for (int i = 0; i < all.length; i++) {
            all[i] = given[count == 1 ? 0 : count == spatial ? i / 2 : i];
        }
        return all;
    }

    private static boolean isWithin(long[] given, long least) {
        for (long each : given) {
            if (each < least || each > MOST) {
                return false;
            }
        }
        return true;
    }

    private static long[] tail(Tensor tensor, int spatial, String name) {
        var sizes = new long[spatial];
        for (int d = 0; d < spatial; d++) {
            sizes[d] = Check.int32(name, tensor.shape(), tensor.size(tensor.rank() - spatial + d));
        }
        return sizes;
    }

    private static long[] int32(String name, Tensor x, long... sizes) {
        for (long size : sizes) {
            Check.int32(name, x.shape(), size);
        }
        return sizes;
    }
}
