package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.plan.MaxPoolPlan;
import io.chagres.runtime.plan.Place;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/** Windows of images reduced to one number each. */
public final class Pooling extends Op {
    private static final String NAME = "maxPool2d";
    private static final int RANK = 4;
    /** Windows of more elements are not worth preparing a native kernel for. */
    private static final long MOST_NATIVE = 1 << 16;
    private static final int MOST = 1 << 30;

    private final Geometry geometry;
    /** Which element of each window was the greatest: int32, known to oneDNN only; or int64, its index in its plane. */
    private final Tensor places;

    private Pooling(Geometry geometry, Tensor places) {
        super(NAME);
        this.geometry = geometry;
        this.places = places;
    }

    /** Sizes and windows; each array has the height's number first, then the width's. */
    private record Geometry(Shape input, Shape output, long[] kernel, long[] stride, long[] padding, long[] dilation) {
        /** Whether oneDNN pools it rightly: it passes over NaN, and takes the least finite number for -∞. */
        boolean isNative(Tensor x) {
            return x.dtype() == DType.FLOAT32 && kernel[0] * kernel[1] <= MOST_NATIVE && isFinite(x);
        }

        private static boolean isFinite(Tensor x) {
            var storage = x.storage();
            var others = new AtomicBoolean();
            storage.acquire(NAME);
            try {
                Cutoffs.inParts(x.numel(), (from, count) -> {
                    double sum = Kernels.best().sum(storage.base(), x.position() + Float.BYTES * from, count);
                    if (!Double.isFinite(sum)) {
                        others.set(true);
                    }
                });
            } finally {
                storage.release();
            }
            return !others.get();
        }

        /** Whether windows are squares of two by two side by side, which a kernel of ours pools as it finds them. */
        boolean isHalving(Tensor x) {
            return x.dtype() == DType.FLOAT32 && isAll(kernel, 2) && isAll(stride, 2) && isAll(padding, 0)
                    && isAll(dilation, 1) && 2 * output.dim(2) <= input.dim(2) && 2 * output.dim(3) <= input.dim(3);
        }

        private static boolean isAll(long[] pair, long value) {
            return pair[0] == value && pair[1] == value;
        }

        MaxPoolPlan plan() {
            return new MaxPoolPlan(input.toArray(), output.toArray(), kernel, stride, dilation, padding);
        }
    }

    /**
     * The greatest element of each window, the first if there are several, as {@code torch.nn.functional.max_pool2d}. The
     * size of the result is ⌊(size + 2 · padding - dilation · (kernel - 1) - 1) / stride⌋ + 1; with {@code ceilMode} the
     * quotient is rounded up, but no window begins behind the input and its first padding. Padding counts as less than
     * every number.
     * <p>
     * A window with NaN gives NaN. Inputs with NaN or infinite elements are pooled more slowly, by plain loops.
     *
     * @param x [N, C, H, W] float32 or float64
     * @param kernel height and width of a window
     * @param stride how far apart windows begin; null for the kernel
     * @param padding how far windows reach out of the input, at most half a window; {0, 0} in PyTorch
     * @param dilation how far apart the elements of a window are; {1, 1} in PyTorch
     * @param ceilMode whether windows that reach behind the input and its padding count
     * @return [N, C, height, width]
     * @throws IllegalArgumentException if shapes do not fit, there is no window, or one holds no element of the input
     */
    public static Tensor maxPool2d(Tensor x, long[] kernel, long[] stride, long[] padding, long[] dilation,
            boolean ceilMode) {
        Check.rank(NAME, "the input", Check.real(NAME, "the input", x), RANK);
        pair("kernel", kernel, 1, x);
        long[] steps = stride == null ? kernel : stride;
        pair("stride", steps, 1, x);
        pair("padding", padding, 0, x);
        pair("dilation", dilation, 1, x);
        var shape = x.shape();
        for (int d = 0; d < 2; d++) {
            shape = shape.with(2 + d, outputSize(x, d, kernel, steps[d], padding[d], dilation[d], ceilMode));
        }
        var geometry = new Geometry(x.shape(), shape, kernel.clone(), steps.clone(), padding.clone(),
                dilation.clone());
        return forward(x.contiguous(), geometry);
    }

    private static void pair(String role, long[] sizes, long least, Tensor x) {
        if (Check.notNull(NAME, "the " + role, sizes).length != 2
                || Arrays.stream(sizes).anyMatch(size -> size < least || size > MOST)) {
            throw new IllegalArgumentException(NAME + ": " + role + " " + Arrays.toString(sizes) + " for an input "
                    + x.shape() + "; height and width are needed, at least " + least + " and at most 2^30");
        }
    }

    private static long outputSize(Tensor x, int d, long[] kernel, long stride, long padding, long dilation,
            boolean ceilMode) {
        long size = Check.int32(NAME, x.shape(), x.size(2 + d));
        long extent = (kernel[d] - 1) * dilation + 1;
        if (padding > extent / 2) {
            throw new IllegalArgumentException(NAME + ": padding " + padding + " for a kernel "
                    + Arrays.toString(kernel) + " with dilation " + dilation + "; at most half a window, "
                    + extent / 2 + ", is possible");
        }
        long room = size + 2 * padding - extent;
        long windows = Math.floorDiv(room + (ceilMode ? stride - 1 : 0), stride) + 1;
        if (ceilMode && (windows - 1) * stride >= size + padding) {
            windows--;
        }
        if (windows < 1 || size < 1) {
            throw new IllegalArgumentException(NAME + ": input " + x.shape() + ", kernel " + Arrays.toString(kernel)
                    + ": the result's " + (d == 0 ? "height" : "width") + " would be " + Math.max(0, windows)
                    + "; the input is too small");
        }
        for (long window = 0; window < windows && window * stride < padding; window++) {
            long first = window * stride - padding;
            if (first + (Math.ceilDiv(-first, dilation)) * dilation >= size) {
                throw new IllegalArgumentException(NAME + ": input " + x.shape() + ", kernel "
                        + Arrays.toString(kernel) + ", dilation " + dilation + ", padding " + padding
                        + ": a window holds no element of the input");
            }
        }
        return windows;
    }

    private static Tensor forward(Tensor x, Geometry geometry) {
        var y = Tensor.empty(x.dtype(), geometry.output(), NAME);
        boolean records = x.requiresGrad() && Autograd.isRecording();
        boolean halves = !records && geometry.isHalving(x);
        boolean isNative = !halves && geometry.isNative(x);
        Tensor places = null;
        if (records) {
            // oneDNN takes one byte or four for each window
            places = Tensor.empty(isNative ? DType.INT32 : DType.INT64, geometry.output(), NAME);
        }
        if (y.numel() > 0) {
            var placesStorage = places == null ? null : places.storage();
            Storage.acquire(NAME, x.storage(), y.storage(), placesStorage, null);
            try {
                if (halves) {
                    halve(x, y);
                } else if (isNative) {
                    geometry.plan().forward(place(x), place(y), places == null ? null : place(places));
                } else {
                    plainForward(x, y, places, geometry);
                }
            } finally {
                Storage.release(x.storage(), y.storage(), placesStorage, null);
            }
        }
        return Autograd.record(new Pooling(geometry, places), y, x);
    }

    private static Place place(Tensor tensor) {
        return new Place(tensor.storage().base(), tensor.position());
    }

    @Override
    public int keeps() {
        return NOTHING;
    }

    @Override
    public void backward(Gradients flow) {
        var dy = flow.gradOutput().contiguous();
        boolean add = flow.accumulates(0);
        var dx = add ? Tensor.empty(dy.dtype(), geometry.input(), NAME) : flow.into(0);
        if (dy.numel() > 0) {
            Storage.acquire(NAME, dy.storage(), places.storage(), dx.storage(), null);
            try {
                if (places.dtype() == DType.INT32) {
                    geometry.plan().backward(place(dy), place(places), place(dx));
                    dx.storage().changed();
                } else {
                    plainBackward(dy, dx);
                }
            } finally {
                Storage.release(dy.storage(), places.storage(), dx.storage(), null);
            }
        }
        if (add) {
            flow.give(0, dx);
        }
    }

    /** Where the height is even, the rows of all planes are one matrix. */
    private static void halve(Tensor x, Tensor y) {
        long width = x.size(3);
        long half = y.size(3);
        var from = x.storage().base();
        var to = y.storage().base();
        boolean even = x.size(2) == 2 * y.size(2);
        long rows = even ? 1 : y.size(2);
        long gap = even ? 2 * width : x.size(2) * width;
        Cutoffs.inParts(y.numel() / (rows * half), 4 * rows * half, (first, count) -> {
            long times = even ? 1 : count;
            for (long i = first; i < first + times; i++) {
                Kernels.best().maxOfSquares(from, x.position() + Float.BYTES * gap * i, width, to,
                        y.position() + Float.BYTES * rows * half * i, even ? count : rows, half);
            }
        });
    }

    // ---- Plain loops

    private static void plainForward(Tensor x, Tensor y, Tensor places, Geometry geometry) {
        long height = geometry.output().dim(2);
        long width = geometry.output().dim(3);
        long planes = x.size(0) * x.size(1);
        long out = 0;
        for (long plane = 0; plane < planes; plane++) {
            for (long i = 0; i < height; i++) {
                for (long j = 0; j < width; j++, out++) {
                    long best = greatest(x, plane, i, j, geometry);
                    long at = plane * x.size(2) * x.size(3) + best;
                    Elements.putDouble(y.dtype(), y.storage().base(), y.position() + out * y.dtype().bytes(),
                            element(x, at));
                    if (places != null) {
                        Elements.putLong(DType.INT64, places.storage().base(), places.position() + Long.BYTES * out,
                                best);
                    }
                }
            }
        }
    }

    /** Where in its plane the greatest element of a window is: the last NaN if there is one, else the first of the greatest. */
    private static long greatest(Tensor x, long plane, long i, long j, Geometry g) {
        long height = x.size(2);
        long width = x.size(3);
        long top = begin(i * g.stride[0] - g.padding[0], g.dilation[0]);
        long left = begin(j * g.stride[1] - g.padding[1], g.dilation[1]);
        long bottom = Math.min(height, i * g.stride[0] - g.padding[0] + (g.kernel[0] - 1) * g.dilation[0] + 1);
        long right = Math.min(width, j * g.stride[1] - g.padding[1] + (g.kernel[1] - 1) * g.dilation[1] + 1);
        long best = top * width + left;
        double greatest = Double.NEGATIVE_INFINITY;
        for (long row = top; row < bottom; row += g.dilation[0]) {
            for (long col = left; col < right; col += g.dilation[1]) {
                double value = element(x, (plane * height + row) * width + col);
                if (value > greatest || Double.isNaN(value)) {
                    greatest = value;
                    best = row * width + col;
                }
            }
        }
        return best;
    }

    /** The first element of a window that is not before the input. */
    private static long begin(long first, long dilation) {
        return first >= 0 ? first : first + Math.ceilDiv(-first, dilation) * dilation;
    }

    private static double element(Tensor x, long index) {
        return Elements.getDouble(x.dtype(), x.storage().base(), x.position() + index * x.dtype().bytes());
    }

    private void plainBackward(Tensor dy, Tensor dx) {
        dx.fill(0);
        var dtype = dy.dtype();
        MemorySegment to = dx.storage().base();
        long windows = geometry.output().dim(2) * geometry.output().dim(3);
        long plane = geometry.input().dim(2) * geometry.input().dim(3);
        for (long out = 0; out < dy.numel(); out++) {
            long place = Elements.getLong(DType.INT64, places.storage().base(), places.position() + Long.BYTES * out);
            long at = dx.position() + (out / windows * plane + place) * dtype.bytes();
            Elements.putDouble(dtype, to, at, Elements.getDouble(dtype, to, at) + element(dy, out));
        }
    }
}
