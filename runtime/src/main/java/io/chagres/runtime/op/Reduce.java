package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/**
 * Sums and means, of all elements, along one dimension or over several in one pass, as {@code torch.sum} and
 * {@code torch.mean}. Sums of nothing are 0, means NaN. Sums of integers and of truth values are INT64 and wrap around; their
 * means are refused.
 */
public final class Reduce {
    private static final long SHORT = 16;

    private Reduce() {
    }

    /** The sum of all elements, without dimensions; added up in blocks, so that the error grows slowly. */
    public static Tensor sum(Tensor x) {
        return isPlain(Check.alive("sum", "the operand", x)) ? total("sum", x, 1) : over("sum", x, Axes.all(x), false);
    }

    /**
     * The mean of all elements, without dimensions.
     *
     * @throws IllegalArgumentException if the elements are no floating point numbers
     */
    public static Tensor mean(Tensor x) {
        return isPlain(Check.floating("mean", "the operand", x))
                ? total("mean", x, x.numel())
                : over("mean", x, Axes.all(x), false);
    }

    /** Whether the float32 kernels can read it as it lies. */
    private static boolean isPlain(Tensor x) {
        return x.dtype() == DType.FLOAT32 && x.isContiguous();
    }

    /** One pass over any strides and types. */
    private static Tensor over(String name, Tensor x, Axes axes, boolean keepDim) {
        boolean mean = name.equals("mean");
        double count = axes.count();
        var dtype = x.dtype().isFloatingPoint() ? x.dtype() : DType.INT64;
        var y = Fold.fold(name, x, axes, dtype, FoldKind.SUM, null, mean ? v -> v / count : null);
        return axes.finish(Autograd.record(new SumOver(name, mean ? axes.count() : 1), y, x), keepDim);
    }

    private static Tensor total(String name, Tensor x, long over) {
        var y = Tensor.empty(x.dtype(), Shape.of(), name);
        Storage.acquire(name, x.storage(), y.storage(), null, null);
        try {
            double sum = addUp(x, x.position(), x.numel(), 1);
            Elements.putDouble(y.dtype(), y.storage().base(), y.position(), sum / over);
        } finally {
            Storage.release(x.storage(), y.storage(), null, null);
        }
        return Autograd.record(new SumOver(name, over), y, x);
    }

    /** Whether elements are dense, and enough for a kernel to be worth its call. */
    static boolean isLongRow(long count, long stride) {
        return stride == 1 && count >= SHORT;
    }

    /** The sum of elements from an offset on, at a stride in elements. */
    static double addUp(Tensor x, long at, long count, long stride) {
        if (x.dtype() == DType.FLOAT32 && isLongRow(count, stride)) {
            return Kernels.best().sum(x.storage().base(), at, count);
        }
        double sum = 0;
        for (long i = 0; i < count; i++) {
            sum += Elements.getDouble(x.dtype(), x.storage().base(), at + i * stride * x.dtype().bytes());
        }
        return sum;
    }

    /** A sum divided by a count; its gradient goes to all that was added up alike. */
    private static final class SumOver extends Op {
        private final long over;

        SumOver(String name, long over) {
            super(name);
            this.over = over;
        }

        @Override
        public int keeps() {
            return NOTHING;
        }

        @Override
        public void backward(Gradients flow) {
            // with nothing added up there is nobody to give anything to
            var each = over <= 1 ? flow.gradOutput() : flow.gradOutput().div(over);
            flow.give(0, each.expand(flow.input(0).shape().toArray()));
        }

        @Override
        public void recordedBackward(Gradients flow) {
            backward(flow);
        }
    }

    /**
     * The sums along one dimension, which goes, or stays with size 1.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public static Tensor sum(Tensor x, int dim, boolean keepDim) {
        return along("sum", x, dim, keepDim, false);
    }

    /** The means along one dimension, which goes, or stays with size 1. */
    public static Tensor mean(Tensor x, int dim, boolean keepDim) {
        return along("mean", x, dim, keepDim, true);
    }

    /**
     * The sums over some dimensions, which go, or stay with size 1; if none is named, over all.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension
     * @throws IllegalArgumentException if one is named twice
     */
    public static Tensor sum(Tensor x, int[] dims, boolean keepDim) {
        var axes = Axes.of("sum", Check.alive("sum", "the operand", x), dims);
        return axes.single() >= 0 ? sum(x, axes.single(), keepDim) : over("sum", x, axes, keepDim);
    }

    /** The means over some dimensions; see {@link #sum(Tensor, int[], boolean)}. */
    public static Tensor mean(Tensor x, int[] dims, boolean keepDim) {
        var axes = Axes.of("mean", Check.floating("mean", "the operand", x), dims);
        return axes.single() >= 0 ? mean(x, axes.single(), keepDim) : over("mean", x, axes, keepDim);
    }

    private static Tensor along(String name, Tensor operand, int dim, boolean keepDim, boolean mean) {
        var x = mean ? Check.floating(name, "the operand", operand) : Check.alive(name, "the operand", operand);
        var axes = Axes.one(name, x, dim);
        if (!isPlain(x) || axes.single() == x.rank() - 1 && axes.count() <= SHORT) {
            return over(name, x, axes, keepDim);
        }
        int axis = x.shape().axis(name, dim);
        long count = x.shape().dim(axis);
        var y = Tensor.empty(x.dtype(), x.shape().with(axis, 1), name);
        Storage.acquire(name, x.storage(), y.storage(), null, null);
        try {
            addUpAlong(name, x, axis, y);
        } finally {
            Storage.release(x.storage(), y.storage(), null, null);
        }
        if (mean) {
            try (var _ = Autograd.noGrad()) {
                y = y.div(count);
            }
        }
        Autograd.record(new SumOver(name, mean ? count : 1), y, x);
        return keepDim ? y : Views.squeeze(y, axis);
    }

    private static void addUpAlong(String name, Tensor x, int axis, Tensor y) {
        var along = Along.axis(x, axis);
        int bytes = x.dtype().bytes();
        boolean columns = x.dtype() == DType.FLOAT32 && along.inner() > 1;
        int rows = columns ? Check.int32(name, x.shape(), along.count()) : 0;
        var out = y.storage().base();
        along.inParts(name, x, (index, first, last) -> {
            long from = x.position() + index * along.count() * along.inner() * bytes;
            long to = y.position() + index * along.inner() * bytes;
            if (columns) {
                Kernels.best().columnSum(x.storage().base(), from, rows, (int) along.inner(), first, last, out, to,
                        false);
            } else {
                for (int i = first; i < last; i++) {
                    Elements.putDouble(y.dtype(), out, to + (long) i * bytes,
                            addUp(x, from + (long) i * bytes, along.count(), along.inner()));
                }
            }
        });
    }

    /** Undoes broadcasting: sums over the dimensions that were added or repeated, in one pass. */
    static Tensor sumTo(Tensor x, Shape shape) {
        if (x.shape().equals(shape)) {
            return x;
        }
        int added = x.rank() - shape.rank();
        var dims = new int[x.rank()];
        int count = 0;
        for (int d = 0; d < x.rank(); d++) {
            if (d < added || shape.dim(d - added) == 1 && x.shape().dim(d) != 1) {
                dims[count++] = d;
            }
        }
        var y = sum(x, Arrays.copyOf(dims, count), true);
        return added == 0 ? y : Views.view(y, shape.toArray());
    }

    // ---- Sums that leave NaN out

    /** The sum of all elements but those that are NaN, as {@code torch.nansum}. */
    public static Tensor nansum(Tensor x) {
        return nansum(x, Axes.all(Check.alive("nansum", "the operand", x)), false);
    }

    /** {@link #nansum(Tensor)} along one dimension, which goes, or stays with size 1. */
    public static Tensor nansum(Tensor x, int dim, boolean keepDim) {
        return nansum(x, Axes.one("nansum", Check.alive("nansum", "the operand", x), dim), keepDim);
    }

    /** {@link #nansum(Tensor)} over some dimensions; if none is named, over all. */
    public static Tensor nansum(Tensor x, int[] dims, boolean keepDim) {
        return nansum(x, Axes.of("nansum", Check.alive("nansum", "the operand", x), dims), keepDim);
    }

    private static Tensor nansum(Tensor x, Axes axes, boolean keepDim) {
        if (!x.dtype().isFloatingPoint()) {
            return axes.finish(Fold.fold("nansum", x, axes, DType.INT64, FoldKind.SUM), keepDim);
        }
        var y = Fold.fold("nansum", x, axes, x.dtype(), FoldKind.SUM, Reduce::zeroForNaN, null);
        return axes.finish(Autograd.record(NANSUM, y, x), keepDim);
    }

    private static void zeroForNaN(double[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = Double.isNaN(t[i]) ? 0 : t[i];
        }
    }

    private static final Op NANSUM = Op.composed("nansum", 0b1, flow -> {
        var x = flow.input(0);
        var there = Maps.map("nansum", x, x.dtype(), v -> Double.isNaN(v) ? 0 : 1);
        flow.give(0, Arithmetic.mul(flow.gradOutput(), there));
    });

    /** The mean of all elements but those that are NaN, as {@code torch.nanmean}; NaN if there are none. */
    public static Tensor nanmean(Tensor x) {
        return nanmean(x, Axes.all(Check.floating("nanmean", "the operand", x)), false);
    }

    /** {@link #nanmean(Tensor)} along one dimension, which goes, or stays with size 1. */
    public static Tensor nanmean(Tensor x, int dim, boolean keepDim) {
        return nanmean(x, Axes.one("nanmean", Check.floating("nanmean", "the operand", x), dim), keepDim);
    }

    /** {@link #nanmean(Tensor)} over some dimensions; if none is named, over all. */
    public static Tensor nanmean(Tensor x, int[] dims, boolean keepDim) {
        return nanmean(x, Axes.of("nanmean", Check.floating("nanmean", "the operand", x), dims), keepDim);
    }

    private static Tensor nanmean(Tensor x, Axes axes, boolean keepDim) {
        var counts = Fold.fold("nanmean", x, axes, x.dtype(), FoldKind.SUM, (t, n) -> {
            for (int i = 0; i < n; i++) {
                t[i] = Double.isNaN(t[i]) ? 0 : 1;
            }
        }, null);
        return Arithmetic.div(nansum(x, axes, keepDim), axes.finish(counts, keepDim));
    }
}
