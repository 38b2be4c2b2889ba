package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;

/**
 * Room for one thread of a {@link Fold}: a tile that is loaded, lanes that tiles are folded into one beside the other, and the
 * totals that blocks of lanes are folded into. Lanes are many, so that additions need not wait for each other and errors
 * of sums grow slowly.
 */
abstract class Accumulator {
    /** What is done to elements first. */
    interface Before {
        void map(double[] t, int n);
    }

    /** Lanes in use. */
    int filled;

    /** Reads elements into the tile. */
    abstract void load(Tensor x, long offset, long stride, int from, int n);

    /** Folds the first n elements of the tile into as many lanes. */
    abstract void merge(int n);

    /** Folds the lanes of a block, a multiple of so many columns, into the totals, and gives the lanes free. */
    abstract void close(int columns, boolean first);

    /** An array to keep totals in. */
    abstract Object room(int totals);

    /** Keeps totals. */
    abstract void save(Object room, int at, int columns);

    /** Folds kept totals into these. */
    abstract void restore(Object room, int at, int columns, boolean first);

    /** Writes totals as results. */
    abstract void put(Tensor y, long offset, long stride, int columns);

    /** Folds rows of the tile, each of which makes one result. */
    abstract void rows(int rows, int count, Tensor y, long offset, long stride);

    /** @param times what results are multiplied with before anything else is done to them */
    static Accumulator of(DType dtype, FoldKind kind, Before before, DoubleUnaryOperator after, long times) {
        return dtype.isFloatingPoint() || before != null || after != null
                ? new Real(kind, before, after, times)
                : new Whole(kind, times);
    }

    private static final class Real extends Accumulator {
        private static final ThreadLocal<double[][]> MINE = ThreadLocal.withInitial(() -> new double[3][Lines.SIZE]);

        private final FoldKind kind;
        private final Before before;
        private final DoubleUnaryOperator after;
        private final long times;
        private final double[] tile;
        private final double[] lanes;
        private final double[] totals;

        Real(FoldKind kind, Before before, DoubleUnaryOperator after, long times) {
            this.kind = kind;
            this.before = before;
            this.after = after;
            this.times = times;
            var mine = MINE.get();
            tile = mine[0];
            lanes = mine[1];
            totals = mine[2];
        }

        @Override
        void load(Tensor x, long offset, long stride, int from, int n) {
            Lines.load(x.dtype(), x.storage().base(), x.position() + offset * x.dtype().bytes(), stride, tile, from, n);
        }

        @Override
        void merge(int n) {
            if (before != null) {
                before.map(tile, n);
            }
            kind.fold(lanes, tile, Math.min(n, filled));
            if (n > filled) {
                System.arraycopy(tile, filled, lanes, filled, n - filled);
                filled = n;
            }
        }

        @Override
        void close(int columns, boolean first) {
            while (filled > columns && filled > 8) {
                int half = (filled / columns + 1) / 2 * columns;
                System.arraycopy(lanes, half, tile, 0, filled - half);
                kind.fold(lanes, tile, filled - half);
                filled = half;
            }
            if (columns == 1) {
                lanes[0] = kind.row(lanes, 0, filled);
            } else {
                for (int at = columns; at < filled; at += columns) {
                    System.arraycopy(lanes, at, tile, 0, columns);
                    kind.fold(lanes, tile, columns);
                }
            }
            filled = 0;
            addToTotals(lanes, columns, first);
        }

        private void addToTotals(double[] values, int columns, boolean first) {
            if (first) {
                System.arraycopy(values, 0, totals, 0, columns);
            } else {
                kind.fold(totals, values, columns);
            }
        }

        @Override
        Object room(int count) {
            return new double[count];
        }

        @Override
        void save(Object room, int at, int columns) {
            System.arraycopy(totals, 0, (double[]) room, at, columns);
        }

        @Override
        void restore(Object room, int at, int columns, boolean first) {
            System.arraycopy((double[]) room, at, lanes, 0, columns);
            addToTotals(lanes, columns, first);
        }

        @Override
        void put(Tensor y, long offset, long stride, int columns) {
            for (int i = 0; i < columns && times != 1; i++) {
                totals[i] *= times;
            }
            for (int i = 0; i < columns && after != null; i++) {
                totals[i] = after.applyAsDouble(totals[i]);
            }
            Lines.store(totals, 0, y.dtype(), y.storage().base(), y.position() + offset * y.dtype().bytes(), stride,
                    columns);
        }

        @Override
        void rows(int rows, int count, Tensor y, long offset, long stride) {
            if (before != null) {
                before.map(tile, rows * count);
            }
            for (int row = 0; row < rows; row++) {
                totals[row] = kind.row(tile, row * count, count);
            }
            put(y, offset, stride, rows);
        }
    }

    private static final class Whole extends Accumulator {
        private static final ThreadLocal<long[][]> MINE = ThreadLocal.withInitial(() -> new long[3][Lines.SIZE]);

        private final FoldKind kind;
        private final long times;
        private final long[] tile;
        private final long[] lanes;
        private final long[] totals;

        Whole(FoldKind kind, long times) {
            this.kind = kind;
            this.times = times;
            var mine = MINE.get();
            tile = mine[0];
            lanes = mine[1];
            totals = mine[2];
        }

        @Override
        void load(Tensor x, long offset, long stride, int from, int n) {
            Lines.load(x.dtype(), x.storage().base(), x.position() + offset * x.dtype().bytes(), stride, tile, from, n);
        }

        @Override
        void merge(int n) {
            kind.fold(lanes, tile, Math.min(n, filled));
            if (n > filled) {
                System.arraycopy(tile, filled, lanes, filled, n - filled);
                filled = n;
            }
        }

        @Override
        void close(int columns, boolean first) {
            if (columns == 1) {
                lanes[0] = kind.row(lanes, 0, filled);
            } else {
                for (int at = columns; at < filled; at += columns) {
                    System.arraycopy(lanes, at, tile, 0, columns);
                    kind.fold(lanes, tile, columns);
                }
            }
            filled = 0;
            addToTotals(lanes, columns, first);
        }

        private void addToTotals(long[] values, int columns, boolean first) {
            if (first) {
                System.arraycopy(values, 0, totals, 0, columns);
            } else {
                kind.fold(totals, values, columns);
            }
        }

        @Override
        Object room(int count) {
            return new long[count];
        }

        @Override
        void save(Object room, int at, int columns) {
            System.arraycopy(totals, 0, (long[]) room, at, columns);
        }

        @Override
        void restore(Object room, int at, int columns, boolean first) {
            System.arraycopy((long[]) room, at, lanes, 0, columns);
            addToTotals(lanes, columns, first);
        }

        @Override
        void put(Tensor y, long offset, long stride, int columns) {
            for (int i = 0; i < columns && times != 1; i++) {
                totals[i] *= times;
            }
            Lines.store(totals, 0, y.dtype(), y.storage().base(), y.position() + offset * y.dtype().bytes(), stride,
                    columns);
        }

        @Override
        void rows(int rows, int count, Tensor y, long offset, long stride) {
            for (int row = 0; row < rows; row++) {
                totals[row] = kind.row(tile, row * count, count);
            }
            put(y, offset, stride, rows);
        }
    }
}
