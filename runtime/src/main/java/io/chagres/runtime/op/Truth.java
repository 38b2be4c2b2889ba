package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/**
 * Whether any elements are other than 0, whether all are, and how many, as {@code torch.any}, {@code torch.all} and
 * {@code torch.count_nonzero}; of all types. NaN is other than 0. These have no gradients.
 */
public final class Truth {
    private Truth() {
    }

    /** Whether any element is other than 0: bool without dimensions, false for no elements. */
    public static Tensor any(Tensor x) {
        return fold("any", x, Axes.all(Check.alive("any", "the operand", x)), false);
    }

    /** {@link #any(Tensor)} along one dimension, which goes, or stays with size 1. */
    public static Tensor any(Tensor x, int dim, boolean keepDim) {
        return fold("any", x, Axes.one("any", Check.alive("any", "the operand", x), dim), keepDim);
    }

    /** {@link #any(Tensor)} over some dimensions; if none is named, over all. */
    public static Tensor any(Tensor x, int[] dims, boolean keepDim) {
        return fold("any", x, Axes.of("any", Check.alive("any", "the operand", x), dims), keepDim);
    }

    /** Whether all elements are other than 0: bool without dimensions, true for no elements. */
    public static Tensor all(Tensor x) {
        return fold("all", x, Axes.all(Check.alive("all", "the operand", x)), false);
    }

    /** {@link #all(Tensor)} along one dimension, which goes, or stays with size 1. */
    public static Tensor all(Tensor x, int dim, boolean keepDim) {
        return fold("all", x, Axes.one("all", Check.alive("all", "the operand", x), dim), keepDim);
    }

    /** {@link #all(Tensor)} over some dimensions; if none is named, over all. */
    public static Tensor all(Tensor x, int[] dims, boolean keepDim) {
        return fold("all", x, Axes.of("all", Check.alive("all", "the operand", x), dims), keepDim);
    }

    /** How many elements are other than 0: int64 without dimensions. */
    public static Tensor countNonzero(Tensor x) {
        return fold("countNonzero", x, Axes.all(Check.alive("countNonzero", "the operand", x)), false);
    }

    /** {@link #countNonzero(Tensor)} along one dimension, which goes, or stays with size 1. */
    public static Tensor countNonzero(Tensor x, int dim, boolean keepDim) {
        return fold("countNonzero", x, Axes.one("countNonzero", Check.alive("countNonzero", "the operand", x), dim),
                keepDim);
    }

    /** {@link #countNonzero(Tensor)} over some dimensions; if none is named, over all. */
    public static Tensor countNonzero(Tensor x, int[] dims, boolean keepDim) {
        return fold("countNonzero", x, Axes.of("countNonzero", Check.alive("countNonzero", "the operand", x), dims),
                keepDim);
    }

    private static Tensor fold(String op, Tensor x, Axes axes, boolean keepDim) {
        var kind = switch (op) {
            case "any" -> FoldKind.MAX;
            case "all" -> FoldKind.MIN;
            default -> FoldKind.SUM;
        };
        var dtype = kind == FoldKind.SUM ? DType.INT64 : DType.BOOL;
        return axes.finish(Fold.fold(op, x, axes, dtype, kind, Truth::oneForNonzero, null), keepDim);
    }

    private static void oneForNonzero(double[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = t[i] != 0 ? 1 : 0;
        }
    }
}
