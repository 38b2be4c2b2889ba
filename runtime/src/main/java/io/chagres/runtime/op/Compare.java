package io.chagres.runtime.op;

import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/** Comparisons; they have no gradients. */
public final class Compare {
    private Compare() {
    }

    /**
     * The index of the greatest element along a dimension, the first of several equal ones; a NaN is greater than all.
     *
     * @return int64, without that dimension
     * @throws IllegalArgumentException if the dimension has size 0
     */
    public static Tensor argmax(Tensor x, int dim) {
        int axis = Check.real("argmax", "the operand", x).shape().axis("argmax", dim);
        long count = x.shape().dim(axis);
        if (count == 0) {
            throw new IllegalArgumentException("argmax: dimension " + dim + " of " + x.shape() + " is empty");
        }
        var rows = Views.transpose(x.detach(), axis, x.rank() - 1).contiguous();
        var indices = Tensor.empty(DType.INT64, rows.shape().remove(x.rank() - 1), "argmax");
        rows.storage().acquire("argmax");
        try {
            var segment = rows.storage().base();
            int bytes = rows.dtype().bytes();
            Convert.fill(indices, row -> {
                long from = rows.position() + row * count * bytes;
                long best = 0;
                double most = Elements.getDouble(rows.dtype(), segment, from);
                for (long i = 1; i < count && !Double.isNaN(most); i++) {
                    double value = Elements.getDouble(rows.dtype(), segment, from + i * bytes);
                    if (value > most || Double.isNaN(value)) {
                        most = value;
                        best = i;
                    }
                }
                return best;
            });
        } finally {
            rows.storage().release();
        }
        // The last dimension took the place of the reduced one: put it back.
        return moveToEnd(indices, axis).contiguous();
    }

    private static Tensor moveToEnd(Tensor indices, int axis) {
        var moved = indices;
        for (int d = axis; d < moved.rank() - 1; d++) {
            moved = Views.transpose(moved, d, d + 1);
        }
        return moved;
    }

    /** Where two tensors of one shape and type are equal; bool. NaN equals nothing. */
    public static Tensor eq(Tensor a, Tensor b) {
        Check.sameShape("eq", Check.alive("eq", "the first operand", a),
                Check.alive("eq", "the second operand", b));
        Check.sameType("eq", a, b);
        var x = a.detach().contiguous();
        var y = b.detach().contiguous();
        boolean floating = x.dtype().isFloatingPoint();
        Storage.acquire("eq", x.storage(), y.storage(), null, null);
        try {
            return Convert.fill(Tensor.empty(DType.BOOL, x.shape(), "eq"), i -> {
                long at = i * x.dtype().bytes();
                var xs = x.storage().base();
                var ys = y.storage().base();
                boolean equal = floating
                        ? Elements.getDouble(x.dtype(), xs, x.position() + at) == Elements.getDouble(y.dtype(), ys,
                                y.position() + at)
                        : Elements.getLong(x.dtype(), xs, x.position() + at) == Elements.getLong(y.dtype(), ys,
                                y.position() + at);
                return equal ? 1 : 0;
            });
        } finally {
            Storage.release(x.storage(), y.storage(), null, null);
        }
    }
}
