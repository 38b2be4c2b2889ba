package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * Variance and standard deviation, Σ (x - mean)² / (n - correction) and its root, as {@code torch.var} and
 * {@code torch.std}: the mean first, then the squares of the distances from it. Where n does not exceed the correction it is
 * divided by 0.
 */
public final class Variance extends Op {
    private final boolean root;
    private final Tensor mean;
    private final double over;
    /** The dimension that is reduced; -1 for all. */
    private final int axis;

    /** Variances or standard deviations together with the means. */
    public record Moments(Tensor spread, Tensor mean) {
    }

    private Variance(boolean root, int axis, Tensor mean, double over) {
        super(name(root));
        this.root = root;
        this.axis = axis;
        this.mean = mean;
        this.over = over;
    }

    private static String name(boolean root) {
        return root ? "std" : "var";
    }

    /** The variance of all elements with correction 1, without dimensions; NaN for fewer than two elements. */
    public static Tensor var(Tensor x) {
        return total(false, x);
    }

    /** The standard deviation of all elements with correction 1, without dimensions; NaN for fewer than two elements. */
    public static Tensor std(Tensor x) {
        return total(true, x);
    }

    /**
     * The variances along one dimension, which goes, or stays with size 1.
     *
     * @param correction what is subtracted from the number of elements: 1 for a sample, 0 for a whole population
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public static Tensor var(Tensor x, int dim, int correction, boolean keepDim) {
        return along(false, x, dim, correction, keepDim);
    }

    /** The roots of {@link #var(Tensor, int, int, boolean)}. Their gradient is 0 where they are. */
    public static Tensor std(Tensor x, int dim, int correction, boolean keepDim) {
        return along(true, x, dim, correction, keepDim);
    }

    /**
     * The variances over some dimensions, which go, or stay with size 1; if none is named, over all.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension
     * @throws IllegalArgumentException if one is named twice
     */
    public static Tensor var(Tensor x, int[] dims, int correction, boolean keepDim) {
        return over(false, x, dims, correction, keepDim);
    }

    /** The roots of {@link #var(Tensor, int[], int, boolean)}. Their gradient is 0 where they are. */
    public static Tensor std(Tensor x, int[] dims, int correction, boolean keepDim) {
        return over(true, x, dims, correction, keepDim);
    }

    /** Variances and means over some dimensions; if none is named, over all. */
    public static Moments varMean(Tensor x, int[] dims, int correction, boolean keepDim) {
        Axes.of("varMean", Check.floating("varMean", "the operand", x), dims);
        return new Moments(over(false, x, dims, correction, keepDim), Reduce.mean(x, dims, keepDim));
    }

    /** Standard deviations and means over some dimensions; if none is named, over all. */
    public static Moments stdMean(Tensor x, int[] dims, int correction, boolean keepDim) {
        Axes.of("stdMean", Check.floating("stdMean", "the operand", x), dims);
        return new Moments(over(true, x, dims, correction, keepDim), Reduce.mean(x, dims, keepDim));
    }

    private static Tensor total(boolean root, Tensor operand) {
        var x = Check.floating(name(root), "the operand", operand);
        if (x.dtype() != x.dtype().computed()) {
            return Convert.to(total(root, Convert.to(x, x.dtype().computed())), x.dtype());
        }
        var dense = x.contiguous();
        return compute(root, dense, -1, Along.all(dense), Shape.of(), 1);
    }

    private static Tensor along(boolean root, Tensor operand, int dim, int correction, boolean keepDim) {
        var x = Check.floating(name(root), "the operand", operand);
        int axis = x.shape().axis(name(root), dim);
        if (x.dtype() != x.dtype().computed()) {
            return Convert.to(along(root, Convert.to(x, x.dtype().computed()), axis, correction, keepDim), x.dtype());
        }
        var dense = x.contiguous();
        var y = compute(root, dense, axis, Along.axis(dense, axis), x.shape().with(axis, 1), correction);
        return keepDim ? y : Views.squeeze(y, axis);
    }

    /** Several dimensions are made one: neighbours as they lie, others after a change of order. */
    private static Tensor over(boolean root, Tensor operand, int[] dims, int correction, boolean keepDim) {
        var x = Check.floating(name(root), "the operand", operand);
        var axes = Axes.of(name(root), x, dims);
        if (axes.single() >= 0) {
            return along(root, x, axes.single(), correction, keepDim);
        }
        var joined = axes.joined(x);
        var y = along(root, joined, axes.isAdjacent() ? axes.first() : joined.rank() - 1, correction, false);
        return keepDim ? Views.reshape(y, axes.kept().toArray()) : y;
    }

    private static Tensor compute(boolean root, Tensor x, int axis, Along along, Shape shape, int correction) {
        double over = Math.max(0.0, (double) along.count() - correction);
        var op = new Variance(root, axis, Tensor.empty(x.dtype(), shape, name(root)), over);
        var y = Tensor.empty(x.dtype(), shape, name(root));
        Storage.acquire(op.name(), x.storage(), op.mean.storage(), y.storage(), null);
        try {
            int bytes = x.dtype().bytes();
            boolean columns = x.dtype() == DType.FLOAT32 && along.inner() > 1;
            int rows = columns ? Check.int32(op.name(), x.shape(), along.count()) : 0;
            along.inParts(op.name(), x, (index, from, to) -> {
                long at = x.position() + index * along.count() * along.inner() * bytes;
                long first = index * along.inner();
                if (columns) {
                    op.columns(x, at, rows, (int) along.inner(), from, to, y, first);
                } else {
                    for (int i = from; i < to; i++) {
                        op.one(x, at + (long) i * bytes, along, y, (first + i) * bytes);
                    }
                }
            });
        } finally {
            Storage.release(x.storage(), op.mean.storage(), y.storage(), null);
        }
        return Autograd.record(op, y, x);
    }

    /** One result, whose operands lie so many elements apart as there are columns. */
    private void one(Tensor x, long at, Along along, Tensor y, long to) {
        double centre = Reduce.addUp(x, at, along.count(), along.inner()) / along.count();
        double squares = squares(x, at, along, centre);
        Elements.putDouble(mean.dtype(), mean.storage().base(), mean.position() + to, centre);
        Elements.putDouble(y.dtype(), y.storage().base(), y.position() + to, finish(squares));
    }

    private static double squares(Tensor x, long at, Along along, double centre) {
        var segment = x.storage().base();
        if (x.dtype() == DType.FLOAT32 && Reduce.isLongRow(along.count(), along.inner())) {
            // distances are taken from the rounded centre, which is off by no more than half a unit in its last place
            double off = (float) centre - centre;
            double squares = Kernels.best().squares(segment, at, along.count(), centre);
            return Math.max(0, squares - along.count() * off * off);
        }
        double sum = 0;
        double drift = 0;
        for (long i = 0; i < along.count(); i++) {
            double distance = Elements.getDouble(x.dtype(), segment, at + i * along.inner() * x.dtype().bytes())
                    - centre;
            sum += distance * distance;
            drift += distance;
        }
        // what the rounding of the mean added (Chan, Golub and LeVeque, 1983)
        return Math.max(0, sum - (along.count() == 0 ? 0 : drift * drift / along.count()));
    }

    /** The results of columns of a float32 matrix. */
    private void columns(Tensor x, long at, int rows, int cols, int from, int to, Tensor y, long first) {
        var kernels = Kernels.best();
        var in = x.storage().base();
        var centres = mean.storage().base();
        var out = y.storage().base();
        long centre = mean.position() + 4 * first;
        long result = y.position() + 4 * first;
        kernels.columnSum(in, at, rows, cols, from, to, centres, centre, false);
        kernels.scale(1f / rows, centres, centre + 4L * from, centres, centre + 4L * from, to - from);
        kernels.columnSquares(in, at, rows, cols, from, to, centres, centre, out, result);
        for (int i = from; i < to; i++) {
            double squares = Elements.getDouble(DType.FLOAT32, out, result + 4L * i);
            Elements.putDouble(DType.FLOAT32, out, result + 4L * i, finish(squares));
        }
    }

    private double finish(double squares) {
        return root ? Math.sqrt(squares / over) : squares / over;
    }

    @Override
    public int keeps() {
        return 0b1 | (root ? OUTPUT : NOTHING);
    }

    @Override
    public void backward(Gradients flow) {
        // d var / dx = 2 (x - mean) / over, d std = d var / (2 std)
        var dy = flow.gradOutput();
        var slope = root ? perRoot(dy, flow.output()) : dy.mul(2 / over);
        flow.give(0, Arithmetic.mul(Arithmetic.sub(flow.input(0), mean), slope));
    }

    @Override
    public void recordedBackward(Gradients flow) {
        var x = flow.input(0);
        var mean = axis < 0 ? Reduce.mean(x) : Reduce.mean(x, axis, true);
        var slope = flow.gradOutput();
        if (root) {
            var y = flow.output();
            var flat = Maps.map(name(), y, DType.BOOL, v -> v == 0 ? 1 : 0);
            var twice = Arithmetic.mul(Where.maskedFill(y, flat, 1), Tensor.full(y.dtype(), 2));
            slope = Where.maskedFill(Arithmetic.div(slope, twice), flat, 0);
        }
        flow.give(0, Arithmetic.mul(Arithmetic.sub(x, mean),
                Arithmetic.mul(slope, Tensor.full(x.dtype(), 2 / over))));
    }

    private Tensor perRoot(Tensor dy, Tensor y) {
        return Convert.fill(Tensor.empty(dy.dtype(), dy.shape(), name()), i -> {
            double deviation = Convert.element(y, i);
            return deviation == 0 ? 0 : Convert.element(dy, i) / (deviation * over);
        });
    }
}
