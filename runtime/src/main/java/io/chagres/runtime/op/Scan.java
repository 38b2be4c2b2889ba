package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/**
 * Cumulative operations along one dimension, as {@code torch.cumsum} and its relatives. Results have the operand's shape.
 * Integers and truth values add up and multiply to INT64; floating point numbers do in double precision and are rounded
 * at each step's result only.
 */
public final class Scan {
    private static final ThreadLocal<double[][]> REAL = ThreadLocal.withInitial(() -> new double[2][Lines.SIZE]);
    private static final ThreadLocal<long[][]> WHOLE = ThreadLocal.withInitial(() -> new long[3][Lines.SIZE]);

    private Scan() {
    }

    private enum Kind {
        SUM, PROD, LOGSUMEXP;

        void columns(double[] state, double[] t, int n) {
            switch (this) {
                case SUM -> FoldKind.SUM.fold(state, t, n);
                case PROD -> FoldKind.PROD.fold(state, t, n);
                case LOGSUMEXP -> {
                    for (int i = 0; i < n; i++) {
                        state[i] = logAddExp(state[i], t[i]);
                    }
                }
            }
        }

        /** A run of one row, replaced by its results; returns the last. */
        double row(double state, double[] t, int n, boolean reverse) {
            double last = state;
            for (int step = 0; step < n; step++) {
                int i = reverse ? n - 1 - step : step;
                last = switch (this) {
                    case SUM -> last + t[i];
                    case PROD -> last * t[i];
                    case LOGSUMEXP -> logAddExp(last, t[i]);
                };
                t[i] = last;
            }
            return last;
        }

        double start() {
            return switch (this) {
                case SUM -> 0;
                case PROD -> 1;
                case LOGSUMEXP -> Double.NEGATIVE_INFINITY;
            };
        }
    }

    private static double logAddExp(double a, double b) {
        if (a == b && Double.isInfinite(a)) {
            return a;
        }
        double max = Math.max(a, b);
        return max + Math.log1p(Math.exp(Math.min(a, b) - max));
    }

    // ---- Sums

    /**
     * yᵢ = x₀ + ... + xᵢ along a dimension.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public static Tensor cumsum(Tensor x, int dim) {
        int axis = Check.alive("cumsum", "the operand", x).shape().axis("cumsum", dim);
        return cumsum(x, axis, false);
    }

    private static Tensor cumsum(Tensor operand, int axis, boolean reverse) {
        var x = operand.contiguous();
        return Autograd.record(
                Op.composed("cumsum", Op.NOTHING, flow -> flow.give(0, cumsum(flow.gradOutput(), axis, !reverse))),
                scan("cumsum", Kind.SUM, x, axis, reverse), x);
    }

    // ---- Products

    /** yᵢ = x₀ · ... · xᵢ along a dimension; gradients are right where elements are 0. */
    public static Tensor cumprod(Tensor x, int dim) {
        int axis = Check.alive("cumprod", "the operand", x).shape().axis("cumprod", dim);
        return cumprod("cumprod", x, axis, false);
    }

    private static Tensor cumprod(String op, Tensor operand, int axis, boolean reverse) {
        var x = operand.contiguous();
        return Autograd.record(Op.composed(op, 0b1 | Op.OUTPUT, flow -> {
            // dxₖ = (Πⱼ₍ⱼ<ₖ₎ xⱼ) Sₖ, where Sₖ = dyₖ + xₖ₊₁ Sₖ₊₁
            var before = Recurrence.shift(op, flow.output(), axis, reverse, 1);
            flow.give(0, Arithmetic.mul(before,
                    Recurrence.linear(op, flow.gradOutput(), flow.input(0), axis, !reverse, false)));
        }), scan(op, Kind.PROD, x, axis, reverse), x);
    }

    /** For each element the product of all others along a dimension. */
    static Tensor productOfOthers(String op, Tensor x, int axis) {
        var before = Recurrence.shift(op, cumprod(op, x, axis, false), axis, false, 1);
        var behind = Recurrence.shift(op, cumprod(op, x, axis, true), axis, true, 1);
        return Arithmetic.mul(before, behind);
    }

    // ---- Logarithms of sums

    /** yᵢ = log(e^x₀ + ... + e^xᵢ) along a dimension, without overflow. */
    public static Tensor logcumsumexp(Tensor x, int dim) {
        int axis = Check.floating("logcumsumexp", "the operand", x).shape().axis("logcumsumexp", dim);
        var dense = x.contiguous();
        return Autograd.record(Op.composed("logcumsumexp", 0b1 | Op.OUTPUT, flow -> {
            // dxₖ = e^(xₖ - yₖ) Uₖ, where Uₖ = dyₖ + e^(yₖ - yₖ₊₁) Uₖ₊₁, and no exponent is positive
            var y = flow.output();
            var step = Exponential
                    .exp(Arithmetic.sub(y, Recurrence.shift("logcumsumexp", y, axis, true, Double.POSITIVE_INFINITY)));
            var sums = Recurrence.linear("logcumsumexp", flow.gradOutput(), step, axis, true, true);
            flow.give(0, Arithmetic.mul(Exponential.exp(Arithmetic.sub(flow.input(0), y)), sums));
        }), scan("logcumsumexp", Kind.LOGSUMEXP, dense, axis, false), dense);
    }

    // ---- The pass

    private static Tensor scan(String op, Kind kind, Tensor x, int axis, boolean reverse) {
        boolean real = x.dtype().isFloatingPoint();
        var y = Tensor.empty(real ? x.dtype() : DType.INT64, x.shape(), op);
        var along = Along.axis(x, axis);
        Storage.acquire(op, x.storage(), y.storage(), null, null);
        try {
            along.inParts(op, x, (index, from, to) -> {
                for (int i = from; i < to; i += Lines.SIZE) {
                    int n = Math.min(Lines.SIZE, to - i);
                    if (!real && along.inner() == 1) {
                        wholeRow(kind, x, y, along.count(), index, reverse);
                    } else if (!real) {
                        whole(kind, x, y, along, index, i, n, reverse);
                    } else if (along.inner() == 1) {
                        row(kind, x, y, along, index, reverse);
                    } else {
                        columns(kind, x, y, along, index, i, n, reverse);
                    }
                }
            });
        } finally {
            Storage.release(x.storage(), y.storage(), null, null);
        }
        return y;
    }

    private static void row(Kind kind, Tensor x, Tensor y, Along along, long index, boolean reverse) {
        double[] tile = REAL.get()[0];
        double state = kind.start();
        long count = along.count();
        for (long done = 0; done < count; done += Lines.SIZE) {
            int n = (int) Math.min(Lines.SIZE, count - done);
            long at = index * count + (reverse ? count - done - n : done);
            Lines.load(x.dtype(), x.storage().base(), x.position() + at * x.dtype().bytes(), 1, tile, 0, n);
            state = kind.row(state, tile, n, reverse);
            Lines.store(tile, 0, y.dtype(), y.storage().base(), y.position() + at * y.dtype().bytes(), 1, n);
        }
    }

    private static void columns(Kind kind, Tensor x, Tensor y, Along along, long index, int column, int n,
            boolean reverse) {
        double[] tile = REAL.get()[0];
        double[] state = REAL.get()[1];
        Arrays.fill(state, 0, n, kind.start());
        for (long step = 0; step < along.count(); step++) {
            long row = reverse ? along.count() - 1 - step : step;
            long at = (index * along.count() + row) * along.inner() + column;
            Lines.load(x.dtype(), x.storage().base(), x.position() + at * x.dtype().bytes(), 1, tile, 0, n);
            kind.columns(state, tile, n);
            Lines.store(state, 0, y.dtype(), y.storage().base(), y.position() + at * y.dtype().bytes(), 1, n);
        }
    }

    private static void wholeRow(Kind kind, Tensor x, Tensor y, long count, long index, boolean reverse) {
        long[] tile = WHOLE.get()[0];
        long state = kind == Kind.SUM ? 0 : 1;
        for (long done = 0; done < count; done += Lines.SIZE) {
            int n = (int) Math.min(Lines.SIZE, count - done);
            long at = index * count + (reverse ? count - done - n : done);
            Lines.load(x.dtype(), x.storage().base(), x.position() + at * x.dtype().bytes(), 1, tile, 0, n);
            for (int step = 0; step < n; step++) {
                int i = reverse ? n - 1 - step : step;
                state = kind == Kind.SUM ? state + tile[i] : state * tile[i];
                tile[i] = state;
            }
            Lines.store(tile, 0, DType.INT64, y.storage().base(), y.position() + 8 * at, 1, n);
        }
    }

    private static void whole(Kind kind, Tensor x, Tensor y, Along along, long index, int column, int n,
            boolean reverse) {
        long[] tile = WHOLE.get()[0];
        long[] state = WHOLE.get()[1];
        Arrays.fill(state, 0, n, kind == Kind.SUM ? 0 : 1);
        for (long step = 0; step < along.count(); step++) {
            long row = reverse ? along.count() - 1 - step : step;
            long at = (index * along.count() + row) * along.inner() + column;
            Lines.load(x.dtype(), x.storage().base(), x.position() + at * x.dtype().bytes(), 1, tile, 0, n);
            (kind == Kind.SUM ? FoldKind.SUM : FoldKind.PROD).fold(state, tile, n);
            Lines.store(state, 0, DType.INT64, y.storage().base(), y.position() + 8 * at, 1, n);
        }
    }

    // ---- The greatest and the least so far

    /**
     * The greatest of x₀ to xᵢ along a dimension and where it is, the last of several; from a NaN on it is NaN.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public static Extremes.Values cummax(Tensor x, int dim) {
        return soFar("cummax", x, dim, false);
    }

    /** The least so far; see {@link #cummax}. */
    public static Extremes.Values cummin(Tensor x, int dim) {
        return soFar("cummin", x, dim, true);
    }

    private static Extremes.Values soFar(String op, Tensor operand, int dim, boolean least) {
        int axis = Check.alive(op, "the operand", operand).shape().axis(op, dim);
        var x = operand.contiguous();
        var indices = Tensor.empty(DType.INT64, x.shape(), op);
        var along = Along.axis(x, axis);
        Storage.acquire(op, x.storage(), indices.storage(), null, null);
        try {
            along.inParts(op, x, (index, from, to) -> {
                for (int i = from; i < to; i += Lines.SIZE) {
                    places(x, indices, along, index, i, Math.min(Lines.SIZE, to - i), least);
                }
            });
        } finally {
            Storage.release(x.storage(), indices.storage(), null, null);
        }
        return new Extremes.Values(Picked.values(op, x, axis, indices), indices);
    }

    private static void places(Tensor x, Tensor indices, Along along, long index, int column, int n, boolean least) {
        if (along.inner() == 1) {
            rowPlaces(x, indices, along.count(), index, least);
            return;
        }
        boolean whole = x.dtype() == DType.INT64;
        double[] tile = REAL.get()[0];
        double[] best = REAL.get()[1];
        long[] wholeTile = WHOLE.get()[0];
        long[] wholeBest = WHOLE.get()[1];
        long[] places = WHOLE.get()[2];
        for (long row = 0; row < along.count(); row++) {
            long at = (index * along.count() + row) * along.inner() + column;
            load(x, at, n, least);
            for (int i = 0; i < n; i++) {
                if (row == 0 || (whole ? wholeTile[i] >= wholeBest[i] : isNoLess(tile[i], best[i]))) {
                    best[i] = tile[i];
                    wholeBest[i] = wholeTile[i];
                    places[i] = row;
                }
            }
            Lines.store(places, 0, DType.INT64, indices.storage().base(), indices.position() + 8 * at, 1, n);
        }
    }

    private static void rowPlaces(Tensor x, Tensor indices, long count, long index, boolean least) {
        boolean whole = x.dtype() == DType.INT64;
        double[] tile = REAL.get()[0];
        long[] wholeTile = WHOLE.get()[0];
        long[] places = WHOLE.get()[2];
        double best = 0;
        long wholeBest = 0;
        long place = -1;
        for (long done = 0; done < count; done += Lines.SIZE) {
            int n = (int) Math.min(Lines.SIZE, count - done);
            load(x, index * count + done, n, least);
            for (int i = 0; i < n; i++) {
                if (place < 0 || (whole ? wholeTile[i] >= wholeBest : isNoLess(tile[i], best))) {
                    best = tile[i];
                    wholeBest = wholeTile[i];
                    place = done + i;
                }
                places[i] = place;
            }
            Lines.store(places, 0, DType.INT64, indices.storage().base(),
                    indices.position() + 8 * (index * count + done), 1, n);
        }
    }

    private static boolean isNoLess(double value, double than) {
        return value >= than || value != value;
    }

    /** Elements as numbers of which the greatest is sought: INT64 as integers, others as doubles. */
    private static void load(Tensor x, long at, int n, boolean least) {
        long position = x.position() + at * x.dtype().bytes();
        if (x.dtype() == DType.INT64) {
            long[] tile = WHOLE.get()[0];
            Lines.load(DType.INT64, x.storage().base(), position, 1, tile, 0, n);
            for (int i = 0; i < n && least; i++) {
                tile[i] = ~tile[i];
            }
        } else {
            double[] tile = REAL.get()[0];
            Lines.load(x.dtype(), x.storage().base(), position, 1, tile, 0, n);
            for (int i = 0; i < n && least; i++) {
                tile[i] = -tile[i];
            }
        }
    }
}
