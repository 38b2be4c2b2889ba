package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;

/**
 * Several quantiles at once, and quantiles of what is not NaN; as {@code torch.quantile} and {@code nanquantile}, between
 * neighbours in proportion. For a single one see {@link Sorting#quantile(Tensor, double, int, boolean)}.
 */
public final class Quantiles {
    private Quantiles() {
    }

    /**
     * The quantiles of a vector of shares along a dimension.
     *
     * @param q of the operand's type, each in [0, 1]; without dimensions, or a vector, whose dimension is the first of the
     *        result
     * @throws IllegalArgumentException if q is something else, or the dimension is empty
     */
    public static Tensor quantile(Tensor x, Tensor q, int dim, boolean keepDim) {
        return several("quantile", x, q, dim, keepDim, false);
    }

    /** The q-quantile of all elements that are not NaN; NaN if there are none. */
    public static Tensor nanquantile(Tensor x, double q) {
        Check.floating("nanquantile", "the operand", x);
        return nanquantile(Views.reshape(x, x.numel()), q, 0, false);
    }

    /** The q-quantile along a dimension of the elements that are not NaN; NaN where there are none. */
    public static Tensor nanquantile(Tensor x, double q, int dim, boolean keepDim) {
        return new Sorted("nanquantile", x, dim, true).at(q, keepDim);
    }

    /** {@link #nanquantile(Tensor, double, int, boolean)} of a vector of shares; see {@link #quantile}. */
    public static Tensor nanquantile(Tensor x, Tensor q, int dim, boolean keepDim) {
        return several("nanquantile", x, q, dim, keepDim, true);
    }

    private static Tensor several(String op, Tensor x, Tensor q, int dim, boolean keepDim, boolean ignoring) {
        Check.floating(op, "the operand", x);
        Check.sameType(op, x, Check.alive(op, "the tensor of shares", q));
        if (q.rank() > 1 || q.numel() == 0) {
            throw new IllegalArgumentException(op + ": shares " + q.shape() + "; one, or a vector of some, is needed");
        }
        var sorted = new Sorted(op, x, dim, ignoring);
        var results = new ArrayList<Tensor>();
        for (double share : q.detach().toDoubleArray()) {
            results.add(sorted.at(share, keepDim));
        }
        return q.rank() == 0 ? results.getFirst() : Joins.stack(0, results.toArray(Tensor[]::new));
    }

    /** Elements in ascending order along a dimension, NaN last. */
    private static final class Sorted {
        private final String op;
        private final boolean ignoring;
        private final int axis;
        private final Axes axes;
        private final Tensor values;
        /** How many are not NaN, float64 with the dimension kept. */
        private final Tensor counts;

        Sorted(String op, Tensor x, int dim, boolean ignoring) {
            this.op = op;
            this.ignoring = ignoring;
            axes = Axes.one(op, Check.floating(op, "the operand", x), dim);
            axes.refuseEmpty(op);
            axis = axes.single();
            values = Sorting.sort(x, axis, false).values();
            counts = Reduce.sum(Maps.map(op, values, DType.FLOAT64, v -> Double.isNaN(v) ? 0 : 1), axis, true);
        }

        Tensor at(double q, boolean keepDim) {
            if (!(q >= 0 && q <= 1)) {
                throw new IllegalArgumentException(
                        op + ": q is " + q + ", for " + values.shape() + "; 0 to 1 are possible");
            }
            double all = values.shape().dim(axis);
            // where nothing may be ignored and something is NaN, the last one, which is NaN, is it
            var ranks = Maps.map(op, counts, DType.FLOAT64,
                    n -> ignoring ? q * Math.max(0, n - 1) : n < all ? all - 1 : q * (all - 1));
            var low = Gather.gather(values, axis, Maps.map(op, ranks, DType.INT64, Math::floor));
            var high = Gather.gather(values, axis, Maps.map(op, ranks, DType.INT64, Math::ceil));
            var share = Convert.to(Maps.map(op, ranks, DType.FLOAT64, r -> r - Math.floor(r)), values.dtype());
            var between = Arithmetic.add(low, Arithmetic.mul(Arithmetic.sub(high, low), share));
            return axes.finish(Where.where(Compare.eq(share, 0), low, between), keepDim);
        }
    }
}
