package io.chagres.nn.layer;

import io.chagres.nn.Init;
import io.chagres.nn.Module;
import io.chagres.runtime.op.Pad;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.BiFunction;

/** What all convolutions share: their parameters, the form of their windows, and what is told of them. */
abstract sealed class ConvolutionLayer extends Module
        permits
        Conv1d,
        Conv2d,
        Conv3d,
        ConvTranspose1d,
        ConvTranspose2d,
        ConvTranspose3d {
    static final long[] ONE = {1};
    static final long[] NONE = {0};

    /**
     * [out, in / groups, kernel...], or [in, out / groups, kernel...] of a transposed one; begins uniform in ±1/√(the product of
     * all sizes but the first).
     */
    public final Tensor weight;
    /** [out]; begins within the same bounds. Null if there is none. */
    public final Tensor bias;
    final Form form;
    private final boolean transposed;
    private final long in;
    private final long out;

    /** The arrays have one number for each spatial dimension, or one for all; padding also two for each. */
    record Form(long[] kernel, long[] stride, long[] padding, long[] outputPadding, long[] dilation, long groups,
            PaddingMode mode) {
    }

    ConvolutionLayer(int spatial, boolean transposed, long in, long out, boolean bias, Form form) {
        this.transposed = transposed;
        this.in = in;
        this.out = out;
        if (in < 1 || out < 1 || form.groups < 1 || in % form.groups != 0 || out % form.groups != 0) {
            throw refused(in + " -> " + out + " channels in " + form.groups
                    + " groups; all are at least 1, and the groups divide the channels");
        }
        this.form = new Form(each("kernel", form.kernel, spatial, 1), each("stride", form.stride, spatial, 1),
                pads(form.padding, spatial), each("output padding", form.outputPadding, spatial, 0),
                each("dilation", form.dilation, spatial, 1), form.groups, form.mode);
        var dims = new long[2 + spatial];
        dims[0] = transposed ? in : out;
        dims[1] = (transposed ? out : in) / form.groups;
        System.arraycopy(this.form.kernel, 0, dims, 2, spatial);
        this.weight = parameter("weight", Init.kaimingUniform(Math.sqrt(5)), dims);
        double fanIn = (double) weight.numel() / dims[0];
        this.bias = bias ? parameter("bias", Init.uniform(1 / Math.sqrt(fanIn)), out) : null;
    }

    private IllegalArgumentException refused(String facts) {
        return new IllegalArgumentException(getClass().getSimpleName() + ": " + facts);
    }

    private long[] each(String role, long[] given, int spatial, long least) {
        if (given.length != 1 && given.length != spatial || Arrays.stream(given).anyMatch(size -> size < least)) {
            throw refused(role + " " + Arrays.toString(given) + "; one number" + (spatial > 1 ? " or " + spatial : "")
                    + " are needed, at least " + least);
        }
        var all = given.length == spatial ? given.clone() : new long[spatial];
        if (given.length != spatial) {
            Arrays.fill(all, given[0]);
        }
        return all;
    }

    private long[] pads(long[] given, int spatial) {
        if (given.length == 2 * spatial && Arrays.stream(given).allMatch(size -> size >= 0)) {
            return given.clone();
        }
        return each("padding", given, spatial, 0);
    }

    @Override
    public final Tensor forward(Tensor x) {
        return padded(x, (input, padding) -> convolve(input, padding, false, null));
    }

    /** relu of {@link #forward} and a shortcut, which may be null. */
    final Tensor forwardRelu(Tensor x, Tensor shortcut) {
        return padded(x, (input, padding) -> convolve(input, padding, true, shortcut));
    }

    /** scale · {@link #forward} without bias + shift + shortcut, which may be null, and relu of it if wanted. */
    final Tensor forwardScaled(Tensor x, Tensor scale, Tensor shift, Tensor shortcut, boolean relu) {
        return padded(x, (input, padding) -> scaled(input, padding, scale, shift, shortcut, relu));
    }

    private Tensor padded(Tensor x, BiFunction<Tensor, long[], Tensor> convolution) {
        try {
            return form.mode == PaddingMode.ZEROS
                    ? convolution.apply(x, form.padding)
                    : convolution.apply(Pad.pad(x, surroundings(), form.mode.pad), NONE);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(this + ": " + e.getMessage().replaceFirst("^\\w+: ", ""), e);
        }
    }

    /** The convolution; a transposed one has no relu and no shortcut. */
    abstract Tensor convolve(Tensor x, long[] padding, boolean relu, Tensor shortcut);

    /** The convolution without bias, scaled and shifted by channel. */
    Tensor scaled(Tensor x, long[] padding, Tensor scale, Tensor shift, Tensor shortcut, boolean relu) {
        throw new UnsupportedOperationException(this + " is not scaled");
    }

    final boolean isTransposed() {
        return transposed;
    }

    /** The padding as {@link Pad} has it: from the last dimension on. */
    private long[] surroundings() {
        int spatial = form.kernel.length;
        var pads = new long[2 * spatial];
        boolean both = form.padding.length == 2 * spatial;
        for (int d = 0; d < spatial; d++) {
            int to = 2 * (spatial - 1 - d);
            pads[to] = form.padding[both ? 2 * d : d];
            pads[to + 1] = form.padding[both ? 2 * d + 1 : d];
        }
        return pads;
    }

    @Override
    protected final String describe() {
        var text = new StringBuilder(in + ", " + out + ", kernel=" + Arrays.toString(form.kernel) + ", stride="
                + Arrays.toString(form.stride));
        unless(text, "padding", form.padding, 0);
        unless(text, "output_padding", form.outputPadding, 0);
        unless(text, "dilation", form.dilation, 1);
        if (form.groups != 1) {
            text.append(", groups=").append(form.groups);
        }
        if (bias == null) {
            text.append(", bias=false");
        }
        if (form.mode != PaddingMode.ZEROS) {
            text.append(", padding_mode=").append(form.mode.name().toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }

    private static void unless(StringBuilder text, String name, long[] values, long usual) {
        if (Arrays.stream(values).anyMatch(value -> value != usual)) {
            text.append(", ").append(name).append('=').append(Arrays.toString(values));
        }
    }
}
