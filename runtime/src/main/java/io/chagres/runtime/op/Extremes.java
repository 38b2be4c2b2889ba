package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * The greatest and the least elements and where they are, of all types. NaN is both greater and less than all others. Of no
 * elements there is none: an {@link IllegalArgumentException}.
 * <p>
 * Gradients are as PyTorch's: {@code max} and {@code min} of all elements, {@code amax} and {@code amin} share theirs evenly
 * among equal elements; {@code max} and {@code min} along a dimension give it to the index they return.
 */
public final class Extremes {
    private Extremes() {
    }

    /** Values with their indices along a dimension, int64. */
    public record Values(Tensor values, Tensor indices) {
    }

    /** The least and the greatest. */
    public record Range(Tensor min, Tensor max) {
    }

    // ---- Of all elements

    /** The greatest of all elements, without dimensions; NaN if one of them is. */
    public static Tensor max(Tensor x) {
        return fold(MAX, FoldKind.MAX, x, Axes.all(Check.alive("max", "the operand", x)), false);
    }

    /** The least of all elements, without dimensions; NaN if one of them is. */
    public static Tensor min(Tensor x) {
        return fold(MIN, FoldKind.MIN, x, Axes.all(Check.alive("min", "the operand", x)), false);
    }

    private static final Op MAX = sharing("max");
    private static final Op MIN = sharing("min");

    // ---- Over any dimensions

    /** The greatest of all elements; as {@link #max(Tensor)}. */
    public static Tensor amax(Tensor x) {
        return fold(AMAX, FoldKind.MAX, x, Axes.all(Check.alive("amax", "the operand", x)), false);
    }

    /** The greatest elements along one dimension, which goes, or stays with size 1. */
    public static Tensor amax(Tensor x, int dim, boolean keepDim) {
        return fold(AMAX, FoldKind.MAX, x, Axes.one("amax", Check.alive("amax", "the operand", x), dim), keepDim);
    }

    /** The greatest elements over some dimensions; if none is named, over all. */
    public static Tensor amax(Tensor x, int[] dims, boolean keepDim) {
        return fold(AMAX, FoldKind.MAX, x, Axes.of("amax", Check.alive("amax", "the operand", x), dims), keepDim);
    }

    /** The least of all elements; as {@link #min(Tensor)}. */
    public static Tensor amin(Tensor x) {
        return fold(AMIN, FoldKind.MIN, x, Axes.all(Check.alive("amin", "the operand", x)), false);
    }

    /** The least elements along one dimension, which goes, or stays with size 1. */
    public static Tensor amin(Tensor x, int dim, boolean keepDim) {
        return fold(AMIN, FoldKind.MIN, x, Axes.one("amin", Check.alive("amin", "the operand", x), dim), keepDim);
    }

    /** The least elements over some dimensions; if none is named, over all. */
    public static Tensor amin(Tensor x, int[] dims, boolean keepDim) {
        return fold(AMIN, FoldKind.MIN, x, Axes.of("amin", Check.alive("amin", "the operand", x), dims), keepDim);
    }

    private static final Op AMAX = sharing("amax");
    private static final Op AMIN = sharing("amin");

    /** The least and the greatest of all elements, as {@code torch.aminmax}. */
    public static Range aminmax(Tensor x) {
        var axes = Axes.all(Check.alive("aminmax", "the operand", x));
        return new Range(fold(AMINMAX, FoldKind.MIN, x, axes, false), fold(AMINMAX, FoldKind.MAX, x, axes, false));
    }

    /** The least and the greatest elements along one dimension, which goes, or stays with size 1. */
    public static Range aminmax(Tensor x, int dim, boolean keepDim) {
        var axes = Axes.one("aminmax", Check.alive("aminmax", "the operand", x), dim);
        return new Range(fold(AMINMAX, FoldKind.MIN, x, axes, keepDim), fold(AMINMAX, FoldKind.MAX, x, axes, keepDim));
    }

    private static final Op AMINMAX = sharing("aminmax");

    private static Tensor fold(Op op, FoldKind kind, Tensor x, Axes axes, boolean keepDim) {
        axes.refuseEmpty(op.name());
        var y = Fold.fold(op.name(), x, axes, x.dtype(), kind);
        return axes.finish(Autograd.record(op, y, x), keepDim);
    }

    /** An operation whose result is one of the elements; equal ones share its gradient evenly. */
    static Op sharing(String name) {
        return Op.composed(name, 0b1 | Op.OUTPUT, flow -> {
            Tensor shares;
            try (var _ = Autograd.noGrad()) {
                var ties = ties(name, flow.input(0).detach(), flow.output().detach());
                shares = Arithmetic.div(ties, Reduce.sumTo(ties, flow.output().shape()));
            }
            flow.give(0, Arithmetic.mul(flow.gradOutput(), shares));
        });
    }

    /** 1 where x is what y is there, else 0; NaN is NaN. */
    static Tensor ties(String name, Tensor x, Tensor y) {
        boolean finite = Maps.map(name, y, DType.BOOL, v -> Double.isFinite(v) ? 1 : 0).all().item() == 1;
        if (finite && (x.dtype() == DType.FLOAT32 || x.dtype() == DType.FLOAT64)) {
            return Maps.map(name, Arithmetic.sub(x, y), x.dtype(), v -> v == 0 ? 1 : 0);
        }
        return tiesOneByOne(name, x, y);
    }

    private static Tensor tiesOneByOne(String name, Tensor x, Tensor y) {
        var ties = Tensor.empty(x.dtype(), x.shape(), name);
        Storage.acquire(name, x.storage(), y.storage(), ties.storage(), null);
        try {
            var walk = new Strides(x.shape(), x, y, ties);
            int bytes = x.dtype().bytes();
            do {
                for (long i = 0; i < walk.runLength(); i++) {
                    double a = Elements.getDouble(x.dtype(), x.storage().base(),
                            x.position() + (walk.at[0] + i * walk.runStride(0)) * bytes);
                    double b = Elements.getDouble(y.dtype(), y.storage().base(),
                            y.position() + (walk.at[1] + i * walk.runStride(1)) * bytes);
                    Elements.putDouble(x.dtype(), ties.storage().base(),
                            ties.position() + (walk.at[2] + i * walk.runStride(2)) * bytes,
                            a == b || a != a && b != b ? 1 : 0);
                }
            } while (walk.advance());
        } finally {
            Storage.release(x.storage(), y.storage(), ties.storage(), null);
        }
        return ties;
    }

    // ---- With indices

    /**
     * The greatest elements along one dimension, which goes, or stays with size 1, and where they are: the first of several.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension
     * @throws IllegalArgumentException if it is empty
     */
    public static Values max(Tensor x, int dim, boolean keepDim) {
        return valued("max", x, dim, keepDim, false);
    }

    /** The least elements along one dimension; see {@link #max(Tensor, int, boolean)}. */
    public static Values min(Tensor x, int dim, boolean keepDim) {
        return valued("min", x, dim, keepDim, true);
    }

    private static Values valued(String op, Tensor operand, int dim, boolean keepDim, boolean least) {
        var axes = Axes.one(op, Check.alive(op, "the operand", operand), dim);
        var x = operand.contiguous();
        var indices = search(op, x, axes, least);
        var values = Picked.values(op, x, axes.single(), indices);
        return new Values(axes.finish(values, keepDim), axes.finish(indices, keepDim));
    }

    private static Tensor search(String op, Tensor x, Axes axes, boolean least) {
        axes.refuseEmpty(op);
        if (x.numel() == 0) {
            return Tensor.empty(DType.INT64, axes.kept(), op);
        }
        return Extremum.indices(op, x, axes.single(), least);
    }

    /** The index of the greatest of all elements in row-major order, the first of several; int64. */
    public static Tensor argmax(Tensor x) {
        return argOfAll("argmax", x, false);
    }

    /**
     * The index of the greatest element along a dimension, the first of several; a NaN is greater than all.
     *
     * @return int64, without that dimension, or with size 1 in it
     * @throws IndexOutOfBoundsException if there is no such dimension
     * @throws IllegalArgumentException if it is empty
     */
    public static Tensor argmax(Tensor x, int dim, boolean keepDim) {
        return arg("argmax", x, dim, keepDim, false);
    }

    /** The index of the least of all elements in row-major order, the first of several; int64. */
    public static Tensor argmin(Tensor x) {
        return argOfAll("argmin", x, true);
    }

    /** The index of the least element along a dimension; see {@link #argmax(Tensor, int, boolean)}. A NaN is less than all. */
    public static Tensor argmin(Tensor x, int dim, boolean keepDim) {
        return arg("argmin", x, dim, keepDim, true);
    }

    private static Tensor argOfAll(String op, Tensor x, boolean least) {
        Axes.all(Check.alive(op, "the operand", x)).refuseEmpty(op);
        var row = x.detach().reshape(x.numel()).contiguous();
        return Extremum.indices(op, row, 0, least).viewAs(Shape.of(), Shape.of().contiguous(), 0);
    }

    private static Tensor arg(String op, Tensor x, int dim, boolean keepDim, boolean least) {
        var axes = Axes.one(op, Check.alive(op, "the operand", x), dim);
        return axes.finish(search(op, x.detach().contiguous(), axes, least), keepDim);
    }
}
