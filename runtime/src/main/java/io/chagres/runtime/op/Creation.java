package io.chagres.runtime.op;

import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.function.LongToDoubleFunction;
import java.util.function.LongUnaryOperator;

/** Tensors whose elements follow a rule: sequences and unit matrices. */
public final class Creation {
    private Creation() {
    }

    // ---- Ranges

    /** See {@link Tensor#arange(long, long, long)}. */
    public static Tensor arange(long start, long end, long step) {
        if (step == 0 || (end < start) != (step < 0) && end != start) {
            wrongStep(start, end, step);
        }
        long distance = end - start;
        if (((end ^ start) & (end ^ distance)) < 0) {
            throw tooMany(start, end, step);
        }
        long count = Math.ceilDiv(distance, step);
        return integers(Tensor.empty(DType.INT64, Shape.of(count), "arange"), i -> start + i * step);
    }

    /** See {@link Tensor#arange(DType, double, double, double)}. */
    public static Tensor arange(DType dtype, double start, double end, double step) {
        Check.notNull("arange", "the type", dtype);
        if (!(Double.isFinite(start) && Double.isFinite(end) && Double.isFinite(step)) || step == 0
                || (end < start) != (step < 0) && end != start) {
            wrongStep(start, end, step);
        }
        double count = Math.ceil((end - start) / step);
        if (count >= 0x1p63) {
            throw tooMany(start, end, step);
        }
        return numbers(Tensor.empty(dtype, Shape.of((long) count), "arange"), i -> start + i * step);
    }

    private static IllegalArgumentException tooMany(Object start, Object end, Object step) {
        return new IllegalArgumentException(
                "arange: from " + start + " to " + end + " by " + step + ": more than 2^63 - 1 elements");
    }

    private static void wrongStep(Object start, Object end, Object step) {
        throw new IllegalArgumentException(
                "arange: from " + start + " to " + end + " by " + step + "; finite numbers and a step that leads there"
                        + " are needed");
    }

    /** See {@link Tensor#linspace(DType, double, double, long)}. */
    public static Tensor linspace(DType dtype, double start, double end, long steps) {
        return numbers(steps("linspace", dtype, steps), spaced(start, end, steps));
    }

    /** See {@link Tensor#logspace(DType, double, double, long, double)}. */
    public static Tensor logspace(DType dtype, double start, double end, long steps, double base) {
        var exponents = spaced(start, end, steps);
        return numbers(steps("logspace", dtype, steps), i -> Math.pow(base, exponents.applyAsDouble(i)));
    }

    private static Tensor steps(String op, DType dtype, long steps) {
        if (steps < 0) {
            throw new IllegalArgumentException(op + ": " + steps + " steps; none or more are possible");
        }
        return Tensor.empty(Check.notNull(op, "the type", dtype), Shape.of(steps), op);
    }

    /** From both ends to the middle, so that the last number is the end itself. */
    private static LongToDoubleFunction spaced(double start, double end, long steps) {
        double step = steps > 1 ? (end - start) / (steps - 1) : 0;
        return i -> i < steps / 2 || steps == 1 ? start + i * step : end - (steps - 1 - i) * step;
    }

    /** Sets all elements of a dense tensor to what a function of their index gives, in parts. */
    static Tensor numbers(Tensor x, LongToDoubleFunction value) {
        byTile(x, DType.FLOAT64, () -> {
            var tile = new double[Casts.TILE];
            return new Tile(MemorySegment.ofArray(tile), (from, count) -> {
                for (int i = 0; i < count; i++) {
                    tile[i] = value.applyAsDouble(from + i);
                }
            });
        });
        return x;
    }

    /** {@link #numbers} that are integers. */
    static Tensor integers(Tensor x, LongUnaryOperator value) {
        byTile(x, DType.INT64, () -> {
            var tile = new long[Casts.TILE];
            return new Tile(MemorySegment.ofArray(tile), (from, count) -> {
                for (int i = 0; i < count; i++) {
                    tile[i] = value.applyAsLong(from + i);
                }
            });
        });
        return x;
    }

    /** Room for {@link Casts#TILE} elements, and what computes elements there, beginning with any index. */
    record Tile(MemorySegment memory, Cutoffs.Pass compute) {
    }

    /** What makes a tile for each part. */
    interface Tiles {
        Tile make();
    }

    /** Computes the elements of a dense tensor in tiles of another type, in parts. */
    static void byTile(Tensor x, DType type, Tiles tiles) {
        x.storage().acquire("fill");
        try {
            Cutoffs.inParts(x.numel(), (from, count) -> {
                var tile = tiles.make();
                for (long done = 0; done < count; done += Casts.TILE) {
                    long n = Math.min(Casts.TILE, count - done);
                    tile.compute.run(from + done, n);
                    Casts.run(type, tile.memory, 0, x.dtype(), x.storage().base(),
                            x.position() + (from + done) * x.dtype().bytes(), n);
                }
            });
            x.storage().changed();
        } finally {
            x.storage().release();
        }
    }

    // ---- Matrices

    /** See {@link Tensor#eye(DType, long, long)}. */
    public static Tensor eye(DType dtype, long rows, long columns) {
        var x = Tensor.empty(Check.notNull("eye", "the type", dtype), Shape.of(rows, columns), "eye").fill(0);
        Storage storage = x.storage();
        storage.acquire("eye");
        try {
            for (long i = 0; i < Math.min(rows, columns); i++) {
                Elements.putLong(dtype, storage.base(), x.position() + i * (columns + 1) * dtype.bytes(), 1);
            }
            return x;
        } finally {
            storage.release();
        }
    }
}
