package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.plan.Place;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * Windows of sequences, images and volumes reduced to their greatest element. Where the input has its channels innermost in
 * memory, results and gradients have too.
 */
public final class Pooling extends Op {
    private final PoolForm form;
    private final Shape input;
    private final boolean last;
    /** Which element each window's greatest was, in the result's order: of its window, for oneDNN; int64 of its volume, for loops. */
    private final Tensor places;

    private Pooling(String name, PoolForm form, Shape input, boolean last, Tensor places) {
        super(name);
        this.form = form;
        this.input = input;
        this.last = last;
        this.places = places;
    }

    /** {@link #maxPool2d} of sequences [N, C, L] or [C, L]. */
    public static Tensor maxPool1d(Tensor x, long[] kernel, long[] stride, long[] padding, long[] dilation,
            boolean ceilMode) {
        return pool("maxPool1d", 1, x, kernel, stride, padding, dilation, ceilMode);
    }

    /**
     * The greatest element of each window, the first if there are several, as {@code torch.nn.functional.max_pool2d}. The
     * size of the result is ⌊(size + 2 · padding - dilation · (kernel - 1) - 1) / stride⌋ + 1; with {@code ceilMode} the
     * quotient is rounded up, but no window begins behind the input and its first padding. Padding counts as less than
     * every number. A window with NaN gives NaN.
     *
     * @param x [N, C, H, W] or [C, H, W], of any floating point type
     * @param kernel height and width of a window, or one number for both, as in the other arrays
     * @param stride how far apart windows begin; null for the kernel
     * @param padding how far windows reach out of the input, at most half a window; {0} in PyTorch
     * @param dilation how far apart the elements of a window are; {1} in PyTorch
     * @param ceilMode whether windows that reach behind the input and its padding count
     * @return [N, C, height, width] or [C, height, width]
     * @throws IllegalArgumentException if shapes do not fit, there is no window, or one holds no element of the input
     */
    public static Tensor maxPool2d(Tensor x, long[] kernel, long[] stride, long[] padding, long[] dilation,
            boolean ceilMode) {
        return pool("maxPool2d", 2, x, kernel, stride, padding, dilation, ceilMode);
    }

    /** {@link #maxPool2d} of volumes [N, C, D, H, W] or [C, D, H, W]. */
    public static Tensor maxPool3d(Tensor x, long[] kernel, long[] stride, long[] padding, long[] dilation,
            boolean ceilMode) {
        return pool("maxPool3d", 3, x, kernel, stride, padding, dilation, ceilMode);
    }

    /** {@link #maxPool1d} and where in its sequence each element was; see {@link #maxPool2dWithIndices}. */
    public static Extremes.Values maxPool1dWithIndices(Tensor x, long[] kernel, long[] stride, long[] padding,
            long[] dilation, boolean ceilMode) {
        return poolWithIndices("maxPool1dWithIndices", 1, x, kernel, stride, padding, dilation, ceilMode);
    }

    /**
     * {@link #maxPool2d} and where in its image each element was, as with {@code return_indices=True}: int64 of the result's
     * shape, row · W + column. Of several NaN it is the last.
     */
    public static Extremes.Values maxPool2dWithIndices(Tensor x, long[] kernel, long[] stride, long[] padding,
            long[] dilation, boolean ceilMode) {
        return poolWithIndices("maxPool2dWithIndices", 2, x, kernel, stride, padding, dilation, ceilMode);
    }

    /** {@link #maxPool3d} and where in its volume each element was: (slice · H + row) · W + column. */
    public static Extremes.Values maxPool3dWithIndices(Tensor x, long[] kernel, long[] stride, long[] padding,
            long[] dilation, boolean ceilMode) {
        return poolWithIndices("maxPool3dWithIndices", 3, x, kernel, stride, padding, dilation, ceilMode);
    }

    /** {@link #adaptiveMaxPool2d} of sequences [N, C, L] or [C, L]. */
    public static Tensor adaptiveMaxPool1d(Tensor x, long... sizes) {
        return adaptive("adaptiveMaxPool1d", 1, x, sizes);
    }

    /**
     * The greatest elements of as many windows as are wanted, as {@code torch.nn.functional.adaptive_max_pool2d}: window i of n
     * has the elements from ⌊i · size / n⌋ to ⌈(i + 1) · size / n⌉ - 1.
     *
     * @param x [N, C, H, W] or [C, H, W], of any floating point type
     * @param sizes the result's height and width, or one number for both; a negative one keeps the input's size
     * @throws IllegalArgumentException if shapes do not fit, or a size is 0
     */
    public static Tensor adaptiveMaxPool2d(Tensor x, long... sizes) {
        return adaptive("adaptiveMaxPool2d", 2, x, sizes);
    }

    /** {@link #adaptiveMaxPool2d} of volumes [N, C, D, H, W] or [C, D, H, W]. */
    public static Tensor adaptiveMaxPool3d(Tensor x, long... sizes) {
        return adaptive("adaptiveMaxPool3d", 3, x, sizes);
    }

    private static Tensor pool(String name, int spatial, Tensor x, long[] kernel, long[] stride, long[] padding,
            long[] dilation, boolean ceilMode) {
        var batch = PoolForm.batch(name, spatial, x);
        return PoolForm.like(x, forward(name, batch,
                PoolForm.of(name, batch, kernel, stride, padding, dilation, ceilMode, false, 0), false).values());
    }

    private static Extremes.Values poolWithIndices(String name, int spatial, Tensor x, long[] kernel, long[] stride,
            long[] padding, long[] dilation, boolean ceilMode) {
        var batch = PoolForm.batch(name, spatial, x);
        var found = forward(name, batch,
                PoolForm.of(name, batch, kernel, stride, padding, dilation, ceilMode, false, 0), true);
        return new Extremes.Values(PoolForm.like(x, found.values()), PoolForm.like(x, found.indices()));
    }

    private static Tensor adaptive(String name, int spatial, Tensor x, long[] sizes) {
        var batch = PoolForm.batch(name, spatial, x);
        return PoolForm.like(x, forward(name, batch, PoolForm.adaptive(name, batch, sizes), false).values());
    }

    private static Extremes.Values forward(String name, Tensor given, PoolForm form, boolean wantsIndices) {
        var x = Convert.denseImages(Convert.to(given, PoolForm.wide(given.dtype())));
        boolean last = x.isChannelsLast();
        var shape = form.results(x.shape());
        var y = Tensor.empty(x.dtype(), shape, PoolForm.layout(shape, last), name);
        boolean records = wantsIndices || x.requiresGrad() && Autograd.isRecording();
        boolean real = x.dtype() == DType.FLOAT32 && y.numel() > 0;
        boolean halves = real && !records && !last && form.isHalving();
        boolean isNative = real && !halves && form.isNative() && PoolForm.isFinite(name, x);
        var places = records
                ? Tensor.empty(isNative ? form.placeType() : DType.INT64, shape, PoolForm.layout(shape, last), name)
                : null;
        var op = new Pooling(name, form, x.shape(), last, places);
        if (y.numel() > 0) {
            var placesStorage = places == null ? null : places.storage();
            Storage.acquire(name, x.storage(), y.storage(), placesStorage, null);
            try {
                if (halves) {
                    halve(x, y);
                } else if (isNative) {
                    form.maxPlan(x.shape(), last).forward(place(x), place(y), places == null ? null : place(places));
                } else {
                    op.loop(x, y);
                }
            } finally {
                Storage.release(x.storage(), y.storage(), placesStorage, null);
            }
        }
        return new Extremes.Values(Convert.to(Autograd.record(op, y, x), given.dtype()),
                wantsIndices ? op.indices() : null);
    }

    private static Place place(Tensor tensor) {
        return new Place(tensor.storage().base(), tensor.position());
    }

    /** The places as indices in volumes. */
    private Tensor indices() {
        if (places.dtype() == DType.INT64) {
            return places;
        }
        var shape = places.shape();
        var indices = Tensor.empty(DType.INT64, shape, PoolForm.layout(shape, last), name());
        Storage.acquire(name(), places.storage(), indices.storage(), null, null);
        try {
            long gap = last ? shape.dim(1) : 1;
            Cutoffs.inParts(shape.numel(), (from, count) -> {
                for (long i = from; i < from + count; i++) {
                    long place = Elements.getLong(places.dtype(), places.storage().base(),
                            places.position() + i * places.dtype().bytes());
                    Elements.putLong(DType.INT64, indices.storage().base(), indices.position() + Long.BYTES * i,
                            form.element(i / gap % form.windows(), place));
                }
            });
        } finally {
            Storage.release(places.storage(), indices.storage(), null, null);
        }
        return indices;
    }

    @Override
    public int keeps() {
        return NOTHING;
    }

    @Override
    public void backward(Gradients flow) {
        var dy = PoolForm.dense(flow.gradOutput(), last);
        var dx = Tensor.empty(dy.dtype(), input, PoolForm.layout(input, last), name());
        if (dx.numel() > 0) {
            Storage.acquire(name(), dy.storage(), places.storage(), dx.storage(), null);
            try {
                if (places.dtype() != DType.INT64) {
                    form.maxPlan(input, last).backward(place(dy), place(places), place(dx));
                } else {
                    loopBack(dy, dx);
                }
            } finally {
                Storage.release(dy.storage(), places.storage(), dx.storage(), null);
            }
        }
        flow.giveFresh(0, dx);
        flow.spent();
    }

    /** Each window's gradient goes to one place of its volume. */
    @Override
    public void recordedBackward(Gradients flow) {
        var dy = flow.gradOutput();
        long n = input.dim(0);
        long channels = input.dim(1);
        var index = indices().reshape(n, channels, form.windows());
        var zeros = Tensor.zeros(dy.dtype(), n, channels, form.elements());
        flow.give(0, zeros.scatterAdd(2, index, dy.reshape(n, channels, form.windows())).reshape(input.toArray()));
    }

    /** Squares of two by two in row-major order. Where the height is even, the rows of all planes are one matrix. */
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

    // ---- Loops: the last NaN of a window if there is one, else the first of the greatest

    private void loop(Tensor x, Tensor y) {
        var dtype = x.dtype();
        int bytes = dtype.bytes();
        form.walk(input, last, (first, gap) -> new PoolForm.Walk() {
            private double best;
            private long place;

            @Override
            public void begin(long window, long out) {
                best = Double.NEGATIVE_INFINITY;
                place = -1;
            }

            @Override
            public void see(long element) {
                double value = Elements.getDouble(dtype, x.storage().base(),
                        x.position() + (first + element * gap) * bytes);
                if (value > best || Double.isNaN(value) || place < 0) {
                    best = value;
                    place = element;
                }
            }

            @Override
            public void end(long window, long out) {
                Elements.putDouble(dtype, y.storage().base(), y.position() + out * bytes, best);
                if (places != null) {
                    Elements.putLong(DType.INT64, places.storage().base(), places.position() + Long.BYTES * out,
                            place);
                }
            }
        });
    }

    private void loopBack(Tensor dy, Tensor dx) {
        dx.fill(0);
        var dtype = dy.dtype();
        int bytes = dtype.bytes();
        var to = dx.storage().base();
        long windows = form.windows();
        long elements = form.elements();
        long gap = last ? input.dim(1) : 1;
        for (long out = 0; out < dy.numel(); out++) {
            long place = Elements.getLong(DType.INT64, places.storage().base(), places.position() + Long.BYTES * out);
            long volume = out / (windows * gap) * gap * elements + out % gap;
            long at = dx.position() + (volume + place * gap) * bytes;
            Elements.putDouble(dtype, to, at, Elements.getDouble(dtype, to, at)
                    + Elements.getDouble(dtype, dy.storage().base(), dy.position() + out * bytes));
        }
    }
}
