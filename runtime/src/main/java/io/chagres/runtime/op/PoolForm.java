package io.chagres.runtime.op;

import io.chagres.runtime.ffi.DnnPooling;
import io.chagres.runtime.kernel.Finite;
import io.chagres.runtime.plan.PoolPlan;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/** The windows of a pooling over the last dimensions of [N, C, spatial...], and what they make of a shape. */
final class PoolForm {
    private static final int MOST = 1 << 30;
    private static final String[] SPATIAL = {"", "L", "H, W", "D, H, W"};
    /** How many arguments windows of one form have. */
    private static final int ALL = 5;
    /** Forms seen last, by a hash of their arguments, so that a repeated step makes none. Races lose one, and that is all. */
    private static final PoolForm[] SEEN = new PoolForm[256];

    /** Windows of more elements are not worth preparing a native kernel for. */
    private static final double MOST_NATIVE = 1 << 16;

    private final long[] in;
    private final long[] out;
    /** The same of each window in each dimension; null if windows differ. */
    private final long[] kernel;
    private final long[] stride;
    private final long[] padding;
    private final long[] dilation;
    private final boolean countsPadding;
    private final long divisor;
    /** What it was made of. */
    private final long[][] arguments;

    private PoolForm(long[] in, long[] out, long[] kernel, long[] stride, long[] padding, long[] dilation,
            boolean countsPadding, long divisor, long[]... arguments) {
        this.in = in;
        this.out = out;
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
        this.dilation = dilation;
        this.countsPadding = countsPadding;
        this.divisor = divisor;
        this.arguments = new long[arguments.length][];
        for (int i = 0; i < arguments.length; i++) {
            this.arguments[i] = arguments[i].clone();
        }
    }

    // ---- Windows of one form

    /**
     * Windows of one form.
     *
     * @param x [N, C, spatial...]
     * @param stride null for the kernel
     * @param divisor 0 for none
     */
    static PoolForm of(String name, Tensor x, long[] kernel, long[] stride, long[] padding, long[] dilation,
            boolean ceilMode, boolean countsPadding, long divisor) {
        int spatial = x.rank() - 2;
        check(name, "kernel", kernel, spatial, 1, x);
        long[] steps = stride == null || stride.length == 0 ? kernel : stride;
        check(name, "stride", steps, spatial, 1, x);
        check(name, "padding", padding, spatial, 0, x);
        check(name, "dilation", dilation, spatial, 1, x);
        long flags = (ceilMode ? 1 : 0) + (countsPadding ? 2 : 0) + 4 * divisor;
        int slot = slot(x, spatial, Arrays.hashCode(kernel) + 31 * Arrays.hashCode(steps)
                + 37 * Arrays.hashCode(padding) + 41 * Arrays.hashCode(dilation) + Long.hashCode(flags));
        var known = SEEN[slot];
        if (known != null && known.is(x, spatial, kernel, steps, padding, dilation, flags)) {
            return known;
        }
        var made = make(name, x, spatial, each(kernel, spatial), each(steps, spatial), each(padding, spatial),
                each(dilation, spatial), ceilMode, countsPadding, divisor,
                new long[][]{kernel, steps, padding, dilation, {flags}});
        SEEN[slot] = made;
        return made;
    }

    private static PoolForm make(String name, Tensor x, int spatial, long[] kernel, long[] stride, long[] padding,
            long[] dilation, boolean ceilMode, boolean countsPadding, long divisor, long[][] arguments) {
        var in = new long[spatial];
        var out = new long[spatial];
        for (int d = 0; d < spatial; d++) {
            in[d] = Check.int32(name, x.shape(), x.size(2 + d));
            out[d] = size(in[d], kernel[d], stride[d], padding[d], dilation[d], ceilMode);
            long half = ((kernel[d] - 1) * dilation[d] + 1) / 2;
            if (padding[d] > half) {
                throw new IllegalArgumentException(name + ": padding " + padding[d] + " for a kernel "
                        + Arrays.toString(kernel) + " with dilation " + dilation[d] + "; at most half a window, " + half
                        + ", is possible");
            }
        }
        for (int d = 0; d < spatial; d++) {
            if (in[d] < 1 || out[d] < 1) {
                for (int e = 0; e < spatial; e++) {
                    out[e] = Math.max(0, out[e]);
                }
                throw new IllegalArgumentException(name + ": input " + x.shape() + ", kernel "
                        + Arrays.toString(kernel) + ", stride " + Arrays.toString(stride) + ", padding "
                        + Arrays.toString(padding) + ", dilation " + Arrays.toString(dilation)
                        + ": the result's size would be " + Arrays.toString(out) + "; the input is too small");
            }
            checkFilled(name, x, in[d], out[d], kernel, stride[d], padding[d], dilation[d]);
            Check.int32(name, x.shape(), out[d]);
        }
        return new PoolForm(in, out, kernel, stride, padding, dilation, countsPadding, divisor, arguments);
    }

    private static long size(long size, long kernel, long stride, long padding, long dilation, boolean ceilMode) {
        long room = size + 2 * padding - (kernel - 1) * dilation - 1;
        long windows = Math.floorDiv(room + (ceilMode ? stride - 1 : 0), stride) + 1;
        return ceilMode && (windows - 1) * stride >= size + padding ? windows - 1 : windows;
    }

    private static void checkFilled(String name, Tensor x, long size, long windows, long[] kernel, long stride,
            long padding, long dilation) {
        for (long window = 0; window < windows && window * stride < padding; window++) {
            long first = window * stride - padding;
            if (first + (Math.ceilDiv(-first, dilation)) * dilation >= size) {
                throw new IllegalArgumentException(name + ": input " + x.shape() + ", kernel "
                        + Arrays.toString(kernel) + ", dilation " + dilation + ", padding " + padding
                        + ": a window holds no element of the input");
            }
        }
    }

    private static void check(String name, String role, long[] given, int spatial, long least, Tensor x) {
        int count = Check.notNull(name, "the " + role, given).length;
        boolean fits = count == 1 || count == spatial;
        for (long each : given) {
            fits &= each >= least && each <= MOST;
        }
        if (!fits) {
            throw new IllegalArgumentException(name + ": " + role + " " + Arrays.toString(given) + " for an input "
                    + x.shape() + "; one number" + (spatial > 1 ? " or " + spatial + " are" : " is")
                    + " needed, at least " + least + " and at most 2^30");
        }
    }

    private static long[] each(long[] given, int spatial) {
        var all = new long[spatial];
        for (int d = 0; d < spatial; d++) {
            all[d] = given[given.length == 1 ? 0 : d];
        }
        return all;
    }

    // ---- As many windows as are wanted

    /** The result's sizes, one for all dimensions or one for each; a size of 0 or less keeps that of the input. */
    static PoolForm adaptive(String name, Tensor x, long[] sizes) {
        int spatial = x.rank() - 2;
        int count = Check.notNull(name, "the array of sizes", sizes).length;
        if (count != 1 && count != spatial) {
            throw new IllegalArgumentException(name + ": sizes " + Arrays.toString(sizes) + " for an input " + x.shape()
                    + "; one number" + (spatial > 1 ? " or " + spatial + " are" : " is") + " needed");
        }
        int slot = slot(x, spatial, Arrays.hashCode(sizes));
        var known = SEEN[slot];
        if (known != null && known.is(x, spatial, sizes)) {
            return known;
        }
        var in = new long[spatial];
        var out = each(sizes, spatial);
        for (int d = 0; d < spatial; d++) {
            in[d] = Check.int32(name, x.shape(), x.size(2 + d));
            out[d] = out[d] < 0 ? in[d] : Check.int32(name, x.shape(), out[d]);
            if (in[d] < 1) {
                throw new IllegalArgumentException(
                        name + ": input " + x.shape() + "; only the batch may be empty");
            }
            if (out[d] < 1) {
                throw new IllegalArgumentException(name + ": sizes " + Arrays.toString(sizes)
                        + "; positive ones are needed, or negative ones for those of the input " + x.shape());
            }
        }
        var made = adaptive(in, out, sizes);
        SEEN[slot] = made;
        return made;
    }

    /** Windows of one form, if the sizes divide those of the input. */
    private static PoolForm adaptive(long[] in, long[] out, long[] sizes) {
        var kernel = new long[in.length];
        var none = new long[in.length];
        var ones = new long[in.length];
        Arrays.fill(ones, 1);
        for (int d = 0; d < in.length; d++) {
            if (in[d] % out[d] != 0) {
                return new PoolForm(in, out, null, null, null, null, false, 0, sizes);
            }
            kernel[d] = in[d] / out[d];
        }
        return new PoolForm(in, out, kernel, kernel, none, ones, false, 0, sizes);
    }

    // ---- What both share

    private static int slot(Tensor x, int spatial, int hash) {
        for (int d = 0; d < spatial; d++) {
            hash = 31 * hash + Long.hashCode(x.size(2 + d));
        }
        return (hash ^ hash >>> 8 ^ hash >>> 16) & SEEN.length - 1;
    }

    private boolean sizesAre(Tensor x, int spatial) {
        boolean same = in.length == spatial;
        for (int d = 0; d < spatial && same; d++) {
            same = in[d] == x.size(2 + d);
        }
        return same;
    }

    private boolean is(Tensor x, int spatial, long[] sizes) {
        return arguments.length == 1 && sizesAre(x, spatial) && Arrays.equals(arguments[0], sizes);
    }

    private boolean is(Tensor x, int spatial, long[] kernel, long[] stride, long[] padding, long[] dilation,
            long flags) {
        return arguments.length == ALL && sizesAre(x, spatial) && Arrays.equals(arguments[0], kernel)
                && Arrays.equals(arguments[1], stride) && Arrays.equals(arguments[2], padding)
                && Arrays.equals(arguments[3], dilation) && arguments[4][0] == flags;
    }

    /** Whether each window is the whole of its dimension and there is one. */
    boolean isGlobal() {
        return windows() == 1 && arguments.length == 1;
    }

    /** The shape of the results of an input. */
    Shape results(Shape input) {
        return shape(input, out);
    }

    /** The shape of the inputs of a result. */
    Shape inputs(Shape result) {
        return shape(result, in);
    }

    private static Shape shape(Shape like, long[] sizes) {
        var shape = like;
        for (int d = 0; d < sizes.length; d++) {
            shape = shape.with(2 + d, sizes[d]);
        }
        return shape;
    }

    // ---- How elements lie

    /** The type in which windows are computed. */
    static DType wide(DType type) {
        return type.bytes() < Float.BYTES ? DType.FLOAT32 : type;
    }

    /** Densely in one of the two orders. */
    static Tensor dense(Tensor x, boolean last) {
        return last ? x.channelsLast() : x.contiguous();
    }

    static Layout.Strided layout(Shape shape, boolean last) {
        return last ? Layout.channelsLast(shape.toArray()) : Layout.contiguous(shape.toArray());
    }

    /** The input as [N, C, spatial...]: with a batch of one if it has none. */
    static Tensor batch(String name, int spatial, Tensor x) {
        Check.floating(name, "the input", x);
        if (x.rank() != spatial + 2 && x.rank() != spatial + 1) {
            throw new IllegalArgumentException(
                    name + ": input " + x.shape() + " has " + x.rank() + " dimensions; [N, C, "
                            + SPATIAL[spatial] + "] or [C, " + SPATIAL[spatial] + "] is needed");
        }
        Check.int32(name, x.shape(), x.size(x.rank() - spatial - 1));
        return x.rank() == spatial + 2 ? x : Views.unsqueeze(x, 0);
    }

    /** A result without a batch if the input had none. */
    static Tensor like(Tensor x, Tensor result) {
        return result.rank() == x.rank() ? result : Views.squeeze(result, 0);
    }

    /** How many elements a volume has. */
    long elements() {
        return product(in);
    }

    /** How many windows a volume has. */
    long windows() {
        return product(out);
    }

    private static long product(long[] sizes) {
        long product = 1;
        for (long size : sizes) {
            product *= size;
        }
        return product;
    }

    // ---- By oneDNN

    /** Whether oneDNN has these windows, for its averages with their divisors. */
    boolean isNative() {
        if (kernel == null || divisor != 0) {
            return false;
        }
        double elements = 1;
        boolean full = true;
        for (int d = 0; d < in.length; d++) {
            elements *= kernel[d];
            full &= (out[d] - 1) * stride[d] + kernel[d] <= in[d] + 2 * padding[d];
        }
        return elements <= MOST_NATIVE && (full || !countsPadding);
    }

    /** Whether oneDNN finds the maxima rightly: it passes over NaN, and takes the least finite number for -∞. */
    static boolean isFinite(String name, Tensor x) {
        var storage = x.storage();
        var others = new AtomicBoolean();
        storage.acquire(name);
        try {
            Cutoffs.inParts(x.numel(), (from, count) -> {
                if (!Finite.areAll(storage.base(), x.position() + Float.BYTES * from, count)) {
                    others.set(true);
                }
            });
        } finally {
            storage.release();
        }
        return !others.get();
    }

    PoolPlan maxPlan(Shape input, boolean last) {
        return plan(DnnPooling.Kind.MAX, input, last);
    }

    PoolPlan averagePlan(Shape input, boolean last) {
        return plan(countsPadding ? DnnPooling.Kind.AVERAGE : DnnPooling.Kind.AVERAGE_INSIDE, input, last);
    }

    private PoolPlan plan(DnnPooling.Kind kind, Shape input, boolean last) {
        return new PoolPlan(kind, last, input.toArray(), shape(input, out).toArray(), kernel, stride, dilation,
                padding);
    }

    /** In what type oneDNN says which element of a window was the greatest. */
    DType placeType() {
        return PoolPlan.hasBytes(kernel) ? DType.UINT8 : DType.INT32;
    }

    /** The index in its volume of an element of a window, which is given as oneDNN counts it; row-major in the window and all around it. */
    long element(long window, long place) {
        long element = 0;
        long windowsLeft = windows();
        long placesLeft = product(kernel);
        for (int d = 0; d < in.length; d++) {
            windowsLeft /= out[d];
            placesLeft /= kernel[d];
            long at = window / windowsLeft % out[d] * stride[d] - padding[d]
                    + place / placesLeft % kernel[d] * dilation[d];
            element = element * in[d] + Math.clamp(at, 0, in[d] - 1);
        }
        return element;
    }

    /** Whether windows are squares of two by two side by side, all in the input. */
    boolean isHalving() {
        if (kernel == null || in.length != 2) {
            return false;
        }
        for (int d = 0; d < 2; d++) {
            if (kernel[d] != 2 || stride[d] != 2 || padding[d] != 0 || dilation[d] != 1 || 2 * out[d] > in[d]) {
                return false;
            }
        }
        return true;
    }

    // ---- By loops

    /** Each element of a window: its index in its volume. */
    interface Element {
        void see(long element);
    }

    private long from(int d, long window) {
        if (kernel == null) {
            return window * in[d] / out[d];
        }
        long begin = window * stride[d] - padding[d];
        return begin >= 0 ? begin : begin + Math.ceilDiv(-begin, dilation[d]) * dilation[d];
    }

    private long end(int d, long window) {
        return kernel == null
                ? Math.ceilDiv((window + 1) * in[d], out[d])
                : Math.min(in[d], window * stride[d] - padding[d] + (kernel[d] - 1) * dilation[d] + 1);
    }

    /** What the sum of a window is divided by for an average. */
    double divisor(long window) {
        if (divisor != 0) {
            return divisor;
        }
        double count = 1;
        for (int d = in.length - 1; d >= 0; d--) {
            long at = window % out[d];
            window /= out[d];
            if (countsPadding) {
                long begin = at * stride[d] - padding[d];
                count *= Math.min(begin + kernel[d], in[d] + padding[d]) - begin;
            } else {
                count *= end(d, at) - from(d, at);
            }
        }
        return count;
    }

    private void each(long window, Element visitor) {
        each(0, window, 0, windows(), visitor);
    }

    private void each(int d, long window, long before, long left, Element visitor) {
        long rest = left / out[d];
        long at = window / rest;
        long step = kernel == null ? 1 : dilation[d];
        long end = end(d, at);
        for (long i = from(d, at); i < end; i += step) {
            if (d + 1 == in.length) {
                visitor.see(before * in[d] + i);
            } else {
                each(d + 1, window % rest, before * in[d] + i, rest, visitor);
            }
        }
    }

    /** What a loop does with the windows of one volume: it is shown each window, then its elements, then that they are over. */
    interface Walk {
        void begin(long window, long out);

        void see(long element);

        void end(long window, long out);
    }

    /** Makes a walk over a volume: where its first element is, and how far apart elements are. */
    interface Start {
        Walk at(long first, long gap);
    }

    /**
     * Has a walk see all windows, each volume of a channel as a whole, in parts.
     *
     * @param walk makes a new one for each volume
     */
    void walk(Shape input, boolean last, Start walk) {
        long gap = last ? input.dim(1) : 1;
        long volumes = input.dim(0) * input.dim(1);
        Cutoffs.inWholes(volumes, 4 * elements(), (from, count) -> walk(from, from + count, gap, walk));
    }

    private void walk(long from, long to, long gap, Start walk) {
        for (long volume = from; volume < to; volume++) {
            long first = volume / gap * gap * elements() + volume % gap;
            long firstOut = volume / gap * gap * windows() + volume % gap;
            var its = walk.at(first, gap);
            for (long window = 0; window < windows(); window++) {
                long at = firstOut + window * gap;
                its.begin(window, at);
                each(window, its::see);
                its.end(window, at);
            }
        }
    }
}
