package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/** Where values belong in sequences that are sorted, by halving: {@code torch.searchsorted} and {@code bucketize}. */
public final class Searching {
    private Searching() {
    }

    /**
     * The index at which each value would have to be inserted for a sequence to stay sorted; int64 of the values' shape. NaN
     * belongs behind everything.
     *
     * @param sorted ascending along the last dimension: a vector for all values, or of the values' sizes in all other dimensions
     * @param right whether values that are there already belong behind the last of them, not before the first
     * @throws IllegalArgumentException if shapes do not fit or types differ
     */
    public static Tensor searchsorted(Tensor sorted, Tensor values, boolean right) {
        return search("searchsorted", sorted, values, right);
    }

    /** {@link #searchsorted} of values in a vector of boundaries, the other way round. */
    public static Tensor bucketize(Tensor values, Tensor boundaries, boolean right) {
        Check.alive("bucketize", "the tensor of values", values);
        Check.rank("bucketize", "the tensor of boundaries",
                Check.alive("bucketize", "the tensor of boundaries", boundaries), 1);
        return search("bucketize", boundaries, values, right);
    }

    private static Tensor search(String op, Tensor sorted, Tensor values, boolean right) {
        Check.alive(op, "the sorted tensor", sorted);
        Check.sameType(op, sorted, Check.alive(op, "the tensor of values", values));
        boolean one = sorted.rank() == 1;
        boolean fits = one || sorted.rank() == values.rank() && sorted.rank() > 0;
        for (int d = 0; d < sorted.rank() - 1 && fits; d++) {
            fits = sorted.size(d) == values.size(d);
        }
        if (!fits) {
            throw new IllegalArgumentException(op + ": values " + values.shape() + " in sequences " + sorted.shape()
                    + "; a vector, or the same sizes in all dimensions but the last, are needed");
        }
        var rows = sorted.detach().contiguous();
        var x = values.detach().contiguous();
        var y = Tensor.empty(DType.INT64, x.shape(), op);
        long n = rows.size(-1);
        long each = one ? Math.max(1, x.numel()) : Math.max(1, x.size(-1));
        Storage.acquire(op, rows.storage(), x.storage(), y.storage(), null);
        try {
            Cutoffs.inParts(x.numel(), (from, count) -> {
                for (long i = from; i < from + count; i++) {
                    Elements.putLong(DType.INT64, y.storage().base(), y.position() + 8 * i,
                            place(rows, i / each * n, n, x, i, right));
                }
            });
        } finally {
            Storage.release(rows.storage(), x.storage(), y.storage(), null);
        }
        return Autograd.computed(op, y, sorted, values);
    }

    private static long place(Tensor rows, long row, long n, Tensor x, long i, boolean right) {
        var dtype = rows.dtype();
        int bytes = dtype.bytes();
        boolean real = dtype.isFloatingPoint();
        long at = x.position() + i * bytes;
        double value = real ? Elements.getDouble(dtype, x.storage().base(), at) : 0;
        long whole = real ? 0 : Elements.getLong(dtype, x.storage().base(), at);
        long low = 0;
        long high = n;
        while (low < high) {
            long middle = (low + high) >>> 1;
            long there = rows.position() + (row + middle) * bytes;
            boolean before;
            if (real) {
                double found = Elements.getDouble(dtype, rows.storage().base(), there);
                before = right ? !(found > value) : !(found >= value);
            } else {
                long found = Elements.getLong(dtype, rows.storage().base(), there);
                before = right ? found <= whole : found < whole;
            }
            if (before) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
