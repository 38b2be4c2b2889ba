package io.chagres.runtime.op;

import io.chagres.runtime.kernel.Moves;
import io.chagres.runtime.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Pieces of three operands and of a result, small enough for the first cache, in the type in which an element-wise function is
 * computed. One set for each thread.
 */
abstract sealed class Tiles {
    static final int SIZE = 1024;
    /** Operands. */
    static final int MOST = 3;

    /** Types of numbers that functions are computed in. */
    enum Domain {
        FLOATS, DOUBLES, LONGS
    }

    private static final ThreadLocal<Tiles[]> MINE = ThreadLocal.withInitial(() -> new Tiles[Domain.values().length]);

    /** Results in their type, before they are spread. */
    private final MemorySegment results = Arena.ofAuto().allocate(8L * SIZE, 64);

    private Tiles() {
    }

    /** This thread's tiles; they hold whatever the last function left. */
    static Tiles mine(Domain domain) {
        var all = MINE.get();
        int which = domain.ordinal();
        if (all[which] == null) {
            all[which] = switch (domain) {
                case FLOATS -> new Floats();
                case DOUBLES -> new Doubles();
                case LONGS -> new Longs();
            };
        }
        return all[which];
    }

    static Floats floats() {
        return (Floats) mine(Domain.FLOATS);
    }

    abstract void fill(int operand, Input number, int n);

    abstract void load(int operand, Loads.Piece piece);

    /** Computes the first n elements. */
    abstract void run(Formula f, int n);

    abstract void store(int from, DType dtype, MemorySegment to, long at, int n);

    /** {@link #store} at a stride in elements. */
    final void spread(int from, DType dtype, MemorySegment to, long at, long stride, int n) {
        int bytes = dtype.bytes();
        store(from, dtype, results, 0, n);
        Moves.copy(bytes, results, 0, bytes, to, at, bytes * stride, n);
    }

    static final class Floats extends Tiles {
        private final float[][] in = new float[MOST][SIZE];
        private final float[] out = new float[SIZE];
        private final float[] spare = new float[SIZE];
        /** The same off the heap, for kernels, and one number of each operand. */
        private final MemorySegment room = Arena.ofAuto().allocate(4L * (MOST + 1) * SIZE + 64, 64);

        private Floats() {
        }

        MemorySegment room() {
            return room;
        }

        /** Puts a number into the room, where its offset is the result. */
        long number(int operand, double value) {
            long at = 4L * (MOST + 1) * SIZE + 4L * operand;
            room.set(ValueLayout.JAVA_FLOAT, at, (float) value);
            return at;
        }

        @Override
        void fill(int operand, Input number, int n) {
            Arrays.fill(in[operand], 0, n, (float) number.real());
        }

        @Override
        void load(int operand, Loads.Piece piece) {
            Loads.load(piece, in[operand], spare);
        }

        @Override
        void run(Formula f, int n) {
            if (f.floats != null) {
                f.floats.run(in[0], in[1], in[2], out, n);
                return;
            }
            long to = 4L * MOST * SIZE;
            run(f, n, room, to);
            MemorySegment.copy(room, ValueLayout.JAVA_FLOAT, to, out, 0, n);
        }

        /** Computes the first n elements by the kernel, to where they belong. */
        void run(Formula f, int n, MemorySegment y, long yo) {
            for (int o = 0; o < f.operands; o++) {
                MemorySegment.copy(in[o], 0, room, ValueLayout.JAVA_FLOAT, 4L * o * SIZE, n);
            }
            f.kernel.run(room, 0, 1, room, 4L * SIZE, 1, room, 8L * SIZE, 1, y, yo, n);
        }

        @Override
        void store(int from, DType dtype, MemorySegment to, long at, int n) {
            Loads.store(out, from, dtype, to, at, n);
        }
    }

    private static final class Doubles extends Tiles {
        private final double[][] in = new double[MOST][SIZE];
        private final double[] out = new double[SIZE];

        @Override
        void fill(int operand, Input number, int n) {
            Arrays.fill(in[operand], 0, n, number.real());
        }

        @Override
        void load(int operand, Loads.Piece piece) {
            Loads.load(piece, in[operand]);
        }

        @Override
        void run(Formula f, int n) {
            f.doubles.run(in[0], in[1], in[2], out, n);
        }

        @Override
        void store(int from, DType dtype, MemorySegment to, long at, int n) {
            Loads.store(out, from, dtype, to, at, n);
        }
    }

    private static final class Longs extends Tiles {
        private final long[][] in = new long[MOST][SIZE];
        private final long[] out = new long[SIZE];

        @Override
        void fill(int operand, Input number, int n) {
            Arrays.fill(in[operand], 0, n, number.whole());
        }

        @Override
        void load(int operand, Loads.Piece piece) {
            Loads.load(piece, in[operand]);
        }

        @Override
        void run(Formula f, int n) {
            f.longs.run(in[0], in[1], in[2], out, n);
        }

        @Override
        void store(int from, DType dtype, MemorySegment to, long at, int n) {
            Loads.store(out, from, dtype, to, at, n);
        }
    }
}
