package io.chagres.runtime.op;

import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Which values there are and how many of each: {@code torch.unique}, {@code bincount} and {@code histc}. No gradients. */
public final class Counting {
    private Counting() {
    }

    /**
     * The different values of a tensor in ascending order.
     *
     * @param values [K], of the tensor's type
     * @param inverse for each element where it is among the values, int64 of the tensor's shape; null if not asked for
     * @param counts how often each value is there, [K] int64; null if not asked for
     */
    public record Unique(Tensor values, Tensor inverse, Tensor counts) {
    }

    /** The different values of a tensor of any shape and type, in ascending order; each NaN is one of its own. */
    public static Tensor unique(Tensor x) {
        return unique(x, true, false, false).values();
    }

    /**
     * The different values of a tensor, and on demand where and how often they are.
     *
     * @param sorted whether the values have to be in ascending order; they are in any case
     */
    public static Unique unique(Tensor x, boolean sorted, boolean returnInverse, boolean returnCounts) {
        var row = Check.alive("unique", "the operand", x).detach().reshape(x.numel()).contiguous();
        var order = Sorting.argsort(row, 0, false);
        long n = row.numel();
        var found = Tensor.empty(row.dtype(), row.shape(), "unique");
        var counts = Tensor.empty(DType.INT64, row.shape(), "unique");
        var inverse = Tensor.empty(DType.INT64, row.shape(), "unique");
        Storage.acquire("unique", row.storage(), order.storage(), found.storage(), counts.storage());
        long distinct = 0;
        try {
            int bytes = row.dtype().bytes();
            long before = -1;
            long since = 0;
            for (long i = 0; i < n; i++) {
                long id = get(order, i);
                if (i == 0 || differ(row, before, id)) {
                    if (i > 0) {
                        put(counts, distinct - 1, i - since);
                    }
                    since = i;
                    MemorySegment.copy(row.storage().base(), row.position() + id * bytes,
                            found.storage().base(), found.position() + distinct++ * bytes, bytes);
                }
                put(inverse, id, distinct - 1);
                before = id;
            }
            if (n > 0) {
                put(counts, distinct - 1, n - since);
            }
        } finally {
            Storage.release(row.storage(), order.storage(), found.storage(), counts.storage());
        }
        return new Unique(Convert.clone(found.narrow(0, 0, distinct)),
                returnInverse ? inverse.reshape(x.shape().toArray()) : null,
                returnCounts ? Convert.clone(counts.narrow(0, 0, distinct)) : null);
    }

    /**
     * The different slices of a dimension, in ascending order of their elements, and on demand where and how often they are.
     *
     * @return the slices along the dimension; for each index of it where its slice is among them, and how often each slice is
     *         there
     */
    public static Unique unique(Tensor x, int dim, boolean returnInverse, boolean returnCounts) {
        int axis = Check.alive("unique", "the operand", x).shape().axis("unique", dim);
        int n = Check.int32("unique", x.shape(), x.shape().dim(axis));
        var rows = Views.transpose(x.detach(), 0, axis).contiguous();
        long each = n == 0 ? 0 : rows.numel() / n;
        var order = new Integer[n];
        Arrays.setAll(order, i -> i);
        var inverse = new long[n];
        var first = new long[n];
        var counts = new long[n];
        int distinct = 0;
        rows.storage().acquire("unique");
        try {
            Arrays.sort(order, (a, b) -> compare(rows, a * each, b * each, each));
            for (int i = 0; i < n; i++) {
                if (i == 0 || compare(rows, order[i - 1] * each, order[i] * each, each) != 0
                        || hasNaN(rows, order[i] * each, each)) {
                    first[distinct++] = order[i];
                }
                counts[distinct - 1]++;
                inverse[order[i]] = distinct - 1;
            }
        } finally {
            rows.storage().release();
        }
        return new Unique(
                IndexSelect.indexSelect(x.detach(), axis, Tensor.of(Arrays.copyOf(first, distinct), distinct)),
                returnInverse ? Tensor.of(inverse, n) : null,
                returnCounts ? Tensor.of(Arrays.copyOf(counts, distinct), distinct) : null);
    }

    private static int compare(Tensor x, long a, long b, long n) {
        var dtype = x.dtype();
        int bytes = dtype.bytes();
        var base = x.storage().base();
        for (long i = 0; i < n; i++) {
            long left = x.position() + (a + i) * bytes;
            long right = x.position() + (b + i) * bytes;
            int order = dtype.isFloatingPoint()
                    ? Double.compare(Elements.getDouble(dtype, base, left) + 0.0,
                            Elements.getDouble(dtype, base, right) + 0.0)
                    : Long.compare(Elements.getLong(dtype, base, left), Elements.getLong(dtype, base, right));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static boolean hasNaN(Tensor x, long at, long n) {
        boolean found = false;
        for (long i = 0; i < n && !found && x.dtype().isFloatingPoint(); i++) {
            found = Double.isNaN(Elements.getDouble(x.dtype(), x.storage().base(),
                    x.position() + (at + i) * x.dtype().bytes()));
        }
        return found;
    }

    static boolean differ(Tensor x, long a, long b) {
        int bytes = x.dtype().bytes();
        var base = x.storage().base();
        if (x.dtype().isFloatingPoint()) {
            return Elements.getDouble(x.dtype(), base, x.position() + a * bytes) != Elements.getDouble(x.dtype(), base,
                    x.position() + b * bytes);
        }
        return Elements.getLong(x.dtype(), base, x.position() + a * bytes) != Elements.getLong(x.dtype(), base,
                x.position() + b * bytes);
    }

    private static long get(Tensor x, long index) {
        return Elements.getLong(x.dtype(), x.storage().base(), x.position() + index * x.dtype().bytes());
    }

    private static void put(Tensor x, long index, long value) {
        Elements.putLong(DType.INT64, x.storage().base(), x.position() + 8 * index, value);
    }

    /** How often each of the numbers 0, 1, ... is in a vector of integers: int64, as long as the greatest asks for. */
    public static Tensor bincount(Tensor x) {
        return bincount(x, null, 0);
    }

    /**
     * How often, or with what weight in sum, each of the numbers 0, 1, ... is in a vector of integers.
     *
     * @param weights one for each element, or null; FLOAT32 ones give FLOAT32 sums, all others FLOAT64
     * @param minlength the least length of the result
     * @return [greatest + 1], or longer; int64 without weights
     * @throws IllegalArgumentException if x is no vector of integers that are not negative, or shapes differ
     */
    public static Tensor bincount(Tensor x, Tensor weights, long minlength) {
        Check.alive("bincount", "the operand", x);
        if (weights != null) {
            Check.alive("bincount", "the tensor of weights", weights);
        }
        Check.rank("bincount", "the operand", x, 1);
        if (!x.dtype().isInteger()) {
            throw new IllegalArgumentException("bincount: the operand " + x.shape() + " is " + x.dtype()
                    + "; integers are counted, to(DType.INT64) converts");
        }
        if (weights != null) {
            Check.sameShape("bincount", x, weights);
        }
        if (minlength < 0) {
            throw new IllegalArgumentException("bincount: the least length " + minlength + " is negative");
        }
        if (x.numel() > 0) {
            long least = Extremes.min(x.detach()).toLongArray()[0];
            if (least < 0) {
                throw new IllegalArgumentException("bincount: " + x.shape() + " has an element " + least
                        + "; only numbers from 0 on are counted");
            }
        }
        long length = x.numel() == 0
                ? minlength
                : Math.max(minlength, Extremes.max(x.detach()).toLongArray()[0] + 1);
        var dtype = weights == null
                ? DType.INT64
                : weights.dtype() == DType.FLOAT32 ? DType.FLOAT32 : DType.FLOAT64;
        var sums = Tensor.empty(weights == null ? DType.INT64 : DType.FLOAT64, Shape.of(length), "bincount").fill(0);
        var ids = x.detach().contiguous();
        var loads = weights == null ? ids : weights.detach().contiguous();
        Storage.acquire("bincount", ids.storage(), loads.storage(), sums.storage(), null);
        try {
            var base = sums.storage().base();
            for (long i = 0; i < ids.numel(); i++) {
                long at = sums.position() + 8 * get(ids, i);
                if (weights == null) {
                    Elements.putLong(DType.INT64, base, at, Elements.getLong(DType.INT64, base, at) + 1);
                } else {
                    Elements.putDouble(DType.FLOAT64, base, at, Elements.getDouble(DType.FLOAT64, base, at)
                            + Elements.getDouble(loads.dtype(), loads.storage().base(),
                                    loads.position() + i * loads.dtype().bytes()));
                }
            }
        } finally {
            Storage.release(ids.storage(), loads.storage(), sums.storage(), null);
        }
        return sums.to(dtype);
    }

    /**
     * How many elements lie in each of so many bins of equal width between two numbers, as {@code torch.histc}; the upper bound
     * counts to the last bin, what lies outside and NaN to none.
     *
     * @param low the lower bound; if it equals the upper one, the least and the greatest element are the bounds
     * @return [bins], of the operand's type
     * @throws IllegalArgumentException if there are no bins, low is more than high, or a bound is not finite
     */
    public static Tensor histc(Tensor x, int bins, double low, double high) {
        Check.floating("histc", "the operand", x);
        if (bins < 1) {
            throw new IllegalArgumentException("histc: " + bins + " bins for " + x.shape() + "; at least 1 is needed");
        }
        double from = low;
        double to = high;
        if (low == high && x.numel() > 0) {
            var range = Extremes.aminmax(x.detach());
            from = range.min().item();
            to = range.max().item();
        }
        if (from == to) {
            from -= 1;
            to += 1;
        }
        if (!(from < to && Double.isFinite(from) && Double.isFinite(to))) {
            throw new IllegalArgumentException(
                    "histc: bins from " + from + " to " + to + " for " + x.shape() + " are not possible");
        }
        var row = x.detach().contiguous();
        var counts = new double[bins];
        row.storage().acquire("histc");
        try {
            for (long i = 0; i < row.numel(); i++) {
                double value = Elements.getDouble(row.dtype(), row.storage().base(),
                        row.position() + i * row.dtype().bytes());
                if (value >= from && value <= to) {
                    counts[Math.min(bins - 1, (int) ((value - from) / (to - from) * bins))]++;
                }
            }
        } finally {
            row.storage().release();
        }
        return Convert.fill(Tensor.empty(x.dtype(), Shape.of(bins), "histc"), i -> counts[(int) i]);
    }
}
