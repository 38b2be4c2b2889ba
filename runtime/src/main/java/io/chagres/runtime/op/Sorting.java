package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.op.Extremes.Values;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.ValueLayout;

/**
 * Order along a dimension, of elements of all types: sorting, the first k, the k-th, medians and quantiles, as in PyTorch. NaN
 * is greater than all numbers. Equal elements keep their order, always. Gradients go to where the values came from.
 */
public final class Sorting {
    private Sorting() {
    }

    // ---- All in order

    /** The elements in ascending order along the last dimension, and their indices. */
    public static Values sort(Tensor x) {
        return sort(x, -1, false);
    }

    /**
     * The elements in order along a dimension, and their indices, int64.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension
     * @throws IllegalArgumentException if it has more than 2<sup>31</sup> - 1 elements
     */
    public static Values sort(Tensor x, int dim, boolean descending) {
        int axis = Check.alive("sort", "the operand", x).shape().axis("sort", dim);
        return first("sort", x, axis, x.shape().dim(axis), descending);
    }

    /** {@link #sort(Tensor, int, boolean)}, which is stable whether asked to or not. */
    public static Values sort(Tensor x, int dim, boolean descending, boolean stable) {
        return sort(x, dim, descending);
    }

    /** The indices that would sort along a dimension; int64. */
    public static Tensor argsort(Tensor x, int dim, boolean descending) {
        int axis = Check.alive("argsort", "the operand", x).shape().axis("argsort", dim);
        return indices("argsort", x, axis, (int) length("argsort", x, axis), descending);
    }

    // ---- Some of them

    /** The k greatest along the last dimension, the greatest first, and their indices. */
    public static Values topk(Tensor x, long k) {
        return topk(x, k, -1, true, true);
    }

    /**
     * The k greatest or least elements along a dimension, in order, and their indices; of equal ones the first.
     *
     * @param sorted whether they have to be in order; they are in any case
     * @throws IndexOutOfBoundsException if there is no such dimension
     * @throws IllegalArgumentException if k is negative or more than there are
     */
    public static Values topk(Tensor x, long k, int dim, boolean largest, boolean sorted) {
        int axis = Check.alive("topk", "the operand", x).shape().axis("topk", dim);
        if (k < 0 || k > x.shape().dim(axis)) {
            throw new IllegalArgumentException("topk: k is " + k + ", but dimension " + dim + " of " + x.shape()
                    + " has " + x.shape().dim(axis) + " elements");
        }
        return first("topk", x, axis, k, largest);
    }

    private static Values first(String op, Tensor operand, int axis, long k, boolean descending) {
        length(op, operand, axis);
        var x = operand.contiguous();
        var indices = indices(op, x, axis, (int) k, descending);
        return new Values(Picked.values(op, x, axis, indices), indices);
    }

    private static long length(String op, Tensor x, int axis) {
        return Check.int32(op, x.shape(), x.shape().dim(axis));
    }

    private interface Row {
        void run(Tensor rows, long index, int n, Tensor indices);
    }

    private static Tensor indices(String op, Tensor x, int axis, int k, boolean descending) {
        return eachRow(op, x, axis, k, (rows, index, n, indices) -> Sorter.of(n).sort(rows, index * n, n, descending,
                indices, index * k, k));
    }

    /** Indices that are found for each row along a dimension, which gets a size of k. */
    private static Tensor eachRow(String op, Tensor x, int axis, int k, Row row) {
        int last = x.rank() - 1;
        var rows = Views.transpose(x.detach(), axis, last).contiguous();
        int n = (int) rows.size(last);
        var indices = Tensor.empty(DType.INT64, rows.shape().with(last, k), op);
        if (indices.numel() > 0) {
            long count = rows.numel() / n;
            Storage.acquire(op, rows.storage(), indices.storage(), null, null);
            try {
                Team.parallel(Cutoffs.parts(4 * rows.numel()), (part, parts) -> {
                    long end = Part.start(part + 1, parts, count, 1);
                    for (long index = Part.start(part, parts, count, 1); index < end; index++) {
                        row.run(rows, index, n, indices);
                    }
                });
            } finally {
                Storage.release(rows.storage(), indices.storage(), null, null);
            }
        }
        return Views.transpose(indices, axis, last).contiguous();
    }

    /**
     * The k-th least element along a dimension, counted from 1, and its index.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension
     * @throws IllegalArgumentException if k is less than 1 or more than there are
     */
    public static Values kthvalue(Tensor x, long k, int dim, boolean keepDim) {
        var axes = Axes.one("kthvalue", Check.alive("kthvalue", "the operand", x), dim);
        long size = x.shape().dim(axes.single());
        if (k < 1 || k > size) {
            throw new IllegalArgumentException("kthvalue: k is " + k + ", but dimension " + dim + " of " + x.shape()
                    + " has " + size + " elements, counted from 1");
        }
        return one("kthvalue", x, axes, keepDim,
                (rows, index, n, indices) -> put(indices, index,
                        Sorter.of(n).place(rows, index * n, n, (int) k - 1)));
    }

    private static Values one(String op, Tensor operand, Axes axes, boolean keepDim, Row row) {
        length(op, operand, axes.single());
        var x = operand.contiguous();
        var indices = eachRow(op, x, axes.single(), 1, row);
        var values = Picked.values(op, x, axes.single(), indices);
        return new Values(axes.finish(values, keepDim), axes.finish(indices, keepDim));
    }

    private static void put(Tensor indices, long at, long place) {
        indices.storage().base().set(ValueLayout.JAVA_LONG_UNALIGNED, indices.position() + 8 * at, place);
    }

    // ---- Medians

    /** The median of all elements: of two in the middle the lesser, as in PyTorch; NaN if one is. Equal ones share the gradient. */
    public static Tensor median(Tensor x) {
        return middleOfAll("median", MEDIAN, x, false);
    }

    /** The median along a dimension and its index: of two in the middle the lesser; the first NaN if there is one. */
    public static Values median(Tensor x, int dim, boolean keepDim) {
        return middle("median", x, dim, keepDim, false);
    }

    /** {@link #median(Tensor)} of the elements that are not NaN; NaN if there are none. */
    public static Tensor nanmedian(Tensor x) {
        return middleOfAll("nanmedian", NANMEDIAN, x, true);
    }

    /** {@link #median(Tensor, int, boolean)} of the elements that are not NaN. */
    public static Values nanmedian(Tensor x, int dim, boolean keepDim) {
        return middle("nanmedian", x, dim, keepDim, true);
    }

    private static final Op MEDIAN = Extremes.sharing("median");
    private static final Op NANMEDIAN = Extremes.sharing("nanmedian");

    private static Tensor middleOfAll(String op, Op recorded, Tensor operand, boolean ignoring) {
        Axes.all(Check.alive(op, "the operand", operand)).refuseEmpty(op);
        Tensor y;
        try (var _ = Autograd.noGrad()) {
            y = middle(op, operand.detach().reshape(operand.numel()), 0, false, ignoring).values();
        }
        return Autograd.record(recorded, y, operand);
    }

    private static Values middle(String op, Tensor x, int dim, boolean keepDim, boolean ignoring) {
        var axes = Axes.one(op, Check.alive(op, "the operand", x), dim);
        axes.refuseEmpty(op);
        return one(op, x, axes, keepDim, (rows, index, n, indices) -> {
            int first = -1;
            int missing = 0;
            for (int i = 0; i < n && rows.dtype().isFloatingPoint(); i++) {
                if (Double.isNaN(Elements.getDouble(rows.dtype(), rows.storage().base(),
                        rows.position() + (index * n + i) * rows.dtype().bytes()))) {
                    first = first < 0 ? i : first;
                    missing++;
                }
            }
            boolean none = missing == n || missing > 0 && !ignoring;
            put(indices, index, none ? first : Sorter.of(n).place(rows, index * n, n, (n - missing - 1) / 2));
        });
    }

    // ---- The most frequent

    /**
     * The most frequent element along a dimension, of equally frequent ones the least, and the last index at which it is; as
     * {@code torch.mode}.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension
     * @throws IllegalArgumentException if it is empty
     */
    public static Values mode(Tensor x, int dim, boolean keepDim) {
        var axes = Axes.one("mode", Check.alive("mode", "the operand", x), dim);
        axes.refuseEmpty("mode");
        int last = x.rank() - 1;
        int axis = axes.single();
        var order = Views.transpose(indices("mode", x, axis, (int) length("mode", x, axis), false), axis, last)
                .contiguous();
        return one("mode", x, axes, keepDim, (rows, index, n, found) -> {
            long best = 0;
            int most = 0;
            int since = 0;
            for (int i = 0; i < n; i++) {
                long place = get(order, index * n + i);
                if (i > 0 && Counting.differ(rows, index * n + get(order, index * n + i - 1), index * n + place)) {
                    since = i;
                }
                boolean ends = i == n - 1
                        || Counting.differ(rows, index * n + place, index * n + get(order, index * n + i + 1));
                if (ends && i - since + 1 > most) {
                    most = i - since + 1;
                    best = place;
                }
            }
            put(found, index, best);
        });
    }

    private static long get(Tensor indices, long at) {
        return indices.storage().base().get(ValueLayout.JAVA_LONG_UNALIGNED, indices.position() + 8 * at);
    }

    // ---- Quantiles

    /** The q-quantile of all elements, between neighbours in proportion; NaN if one is. See {@link #quantile(Tensor, double, int, boolean)}. */
    public static Tensor quantile(Tensor x, double q) {
        Check.floating("quantile", "the operand", x);
        return quantile(Views.reshape(x, x.numel()), q, 0, false);
    }

    /**
     * The q-quantile along a dimension, between neighbours in proportion, as {@code torch.quantile}; NaN where an element is.
     *
     * @throws IllegalArgumentException if q is not in [0, 1] or the dimension is empty
     */
    public static Tensor quantile(Tensor x, double q, int dim, boolean keepDim) {
        var axes = Axes.one("quantile", Check.floating("quantile", "the operand", x), dim);
        if (!(q >= 0 && q <= 1)) {
            throw new IllegalArgumentException("quantile: q is " + q + ", for " + x.shape() + "; 0 to 1 are possible");
        }
        axes.refuseEmpty("quantile");
        int axis = axes.single();
        var sorted = first("quantile", x, axis, x.shape().dim(axis), false).values();
        long last = x.shape().dim(axis) - 1;
        long low = (long) (q * last);
        double share = q * last - low;
        var y = sorted.narrow(axis, low, 1);
        if (share > 0) {
            var step = Arithmetic.sub(sorted.narrow(axis, low + 1, 1), y);
            y = Arithmetic.add(y, Arithmetic.mul(step, Tensor.full(x.dtype(), share)));
        }
        var greatest = sorted.detach().narrow(axis, last, 1);
        var missing = Maps.map("quantile", greatest, DType.BOOL, v -> Double.isNaN(v) ? 1 : 0);
        return axes.finish(Where.maskedFill(y, missing, Double.NaN).contiguous(), keepDim);
    }
}
