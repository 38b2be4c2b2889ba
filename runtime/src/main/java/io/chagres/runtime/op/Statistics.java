package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/** Covariances, and differences and areas along a dimension; made of recorded operations. */
public final class Statistics {
    private Statistics() {
    }

    // ---- Covariances

    /**
     * The covariances of variables, as {@code torch.cov}.
     *
     * @param x a variable in each row and an observation in each column; a vector is a single variable
     * @param correction what is subtracted from the number of observations: 1 for a sample, 0 for a whole population
     * @return [variables, variables]; without dimensions for a single variable
     * @throws IllegalArgumentException if x has more than two dimensions
     */
    public static Tensor cov(Tensor x, int correction) {
        return Views.squeeze(covariances("cov", x, correction));
    }

    private static Tensor covariances(String op, Tensor x, int correction) {
        if (Check.alive(op, "the operand", x).rank() > 2) {
            throw new IllegalArgumentException(op + ": " + x.shape() + " has " + x.rank()
                    + " dimensions; a matrix of variables and observations is needed");
        }
        var real = Convert.to(x, x.dtype().floating());
        var rows = x.rank() == 2 ? real : Views.reshape(real, 1, x.numel());
        var apart = Arithmetic.sub(rows, Reduce.mean(rows, 1, true));
        double count = Math.max(0, rows.size(1) - correction);
        return Arithmetic.div(Matmul.matmul(apart, Views.t(apart)), count);
    }

    /**
     * The coefficients of correlation of variables, as {@code torch.corrcoef}: covariances divided by both standard deviations,
     * kept within -1 and 1. Operands as for {@link #cov}.
     */
    public static Tensor corrcoef(Tensor x) {
        var cov = covariances("corrcoef", x, 1);
        var deviations = Pointwise.sqrt(Slices.diagonal(cov, 0, 0, 1));
        var scaled = Arithmetic.div(Arithmetic.div(cov, Views.unsqueeze(deviations, 1)),
                Views.unsqueeze(deviations, 0));
        return Views.squeeze(Bounds.clamp(scaled, -1.0, 1.0));
    }

    // ---- Differences

    /** Each element less the one before it along a dimension, which has one fewer, n times over; as {@code torch.diff}. */
    public static Tensor diff(Tensor x, int n, int dim) {
        return diff(x, n, dim, null, null);
    }

    /**
     * {@link #diff(Tensor, int, int)} with elements put in front and behind before; of truth values, where neighbours differ.
     *
     * @param prepend null for nothing
     * @param append null for nothing
     * @throws IllegalArgumentException if n is negative
     */
    public static Tensor diff(Tensor x, int n, int dim, Tensor prepend, Tensor append) {
        int axis = Check.alive("diff", "the operand", x).shape().axis("diff", dim);
        if (n < 0) {
            throw new IllegalArgumentException("diff: " + n + " times of " + x.shape() + "; 0 or more are possible");
        }
        joins(x, prepend, "the tensor in front", axis);
        joins(x, append, "the tensor behind", axis);
        var y = prepend == null ? x : Joins.cat(axis, prepend, x);
        y = append == null ? y : Joins.cat(axis, y, append);
        if (n == 0) {
            return Convert.clone(y);
        }
        for (long i = Math.min(n, y.shape().dim(axis)); i > 0; i--) {
            var later = later(y, axis);
            y = y.dtype() == DType.BOOL
                    ? Logic.logicalXor(later, earlier(y, axis))
                    : Arithmetic.sub(later, earlier(y, axis));
        }
        return y;
    }

    private static void joins(Tensor x, Tensor other, String role, int axis) {
        if (other == null) {
            return;
        }
        boolean fits = Check.alive("diff", role, other).rank() == x.rank();
        for (int d = 0; d < x.rank() && fits; d++) {
            fits = d == axis || other.size(d) == x.size(d);
        }
        if (!fits) {
            throw new IllegalArgumentException("diff: " + role + " " + other.shape() + " for " + x.shape()
                    + "; sizes are equal but in dimension " + axis);
        }
    }

    private static Tensor later(Tensor x, int axis) {
        long size = x.shape().dim(axis);
        return Slices.narrow(x, axis, Math.min(1, size), Math.max(0, size - 1));
    }

    private static Tensor earlier(Tensor x, int axis) {
        return Slices.narrow(x, axis, 0, Math.max(0, x.shape().dim(axis) - 1));
    }

    // ---- Areas

    /** The area below points of a common distance along a dimension, by trapezoids, as {@code torch.trapezoid}. */
    public static Tensor trapezoid(Tensor y, double dx, int dim) {
        int axis = Check.alive("trapezoid", "the operand", y).shape().axis("trapezoid", dim);
        return Arithmetic.mul(Reduce.sum(pairs(y, axis), axis, false), dx / 2);
    }

    /**
     * {@link #trapezoid(Tensor, double, int)} of points at places along the dimension.
     *
     * @param x a vector, or of the operand's rank, or of fewer dimensions, which are its last ones
     */
    public static Tensor trapezoid(Tensor y, Tensor x, int dim) {
        int axis = Check.alive("trapezoid", "the operand", y).shape().axis("trapezoid", dim);
        var widths = widths("trapezoid", y, x, axis);
        return Arithmetic.mul(Reduce.sum(Arithmetic.mul(pairs(y, axis), widths), axis, false), 0.5);
    }

    /** The areas up to each point but the first, as {@code torch.cumulative_trapezoid}. */
    public static Tensor cumulativeTrapezoid(Tensor y, double dx, int dim) {
        int axis = Check.alive("cumulativeTrapezoid", "the operand", y).shape().axis("cumulativeTrapezoid", dim);
        return Arithmetic.mul(Scan.cumsum(pairs(y, axis), axis), dx / 2);
    }

    /** {@link #cumulativeTrapezoid(Tensor, double, int)} of points at places; see {@link #trapezoid(Tensor, Tensor, int)}. */
    public static Tensor cumulativeTrapezoid(Tensor y, Tensor x, int dim) {
        int axis = Check.alive("cumulativeTrapezoid", "the operand", y).shape().axis("cumulativeTrapezoid", dim);
        var widths = widths("cumulativeTrapezoid", y, x, axis);
        return Arithmetic.mul(Scan.cumsum(Arithmetic.mul(pairs(y, axis), widths), axis), 0.5);
    }

    private static Tensor pairs(Tensor y, int axis) {
        return Arithmetic.add(later(y, axis), earlier(y, axis));
    }

    private static Tensor widths(String op, Tensor y, Tensor x, int axis) {
        if (Check.alive(op, "the tensor of places", x).rank() == 0 || x.rank() > y.rank()) {
            throw new IllegalArgumentException(op + ": places " + x.shape() + " for " + y.shape());
        }
        var dims = new long[y.rank()];
        Arrays.fill(dims, 1);
        if (x.rank() == 1) {
            dims[axis] = x.size(0);
        } else {
            System.arraycopy(x.shape().toArray(), 0, dims, y.rank() - x.rank(), x.rank());
        }
        if (dims[axis] != y.shape().dim(axis)) {
            throw new IllegalArgumentException(op + ": places " + x.shape() + " for dimension " + axis + " of "
                    + y.shape() + ", which has size " + y.shape().dim(axis));
        }
        for (int d = 0; d < dims.length; d++) {
            if (d != axis && dims[d] != 1 && dims[d] != y.size(d)) {
                throw new IllegalArgumentException(op + ": places " + x.shape() + " for " + y.shape()
                        + "; sizes are equal, or that of places is 1");
            }
        }
        var places = Views.reshape(x, dims);
        return Arithmetic.sub(later(places, axis), earlier(places, axis));
    }
}
