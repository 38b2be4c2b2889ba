package io.chagres.bench.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Arrays that a thread computes in. What they hold is whatever was left by the last user. */
final class Scratch {
    /** Floats of a piece, which the first cache holds several of. */
    static final int PIECE = 1024;

    private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(() -> new Scratch(PIECE));

    /** For kernels. */
    final float[] a;
    final float[] b;
    final float[] c;
    final float[] d;
    final byte[] bytes = new byte[PIECE];
    /** For {@link Exponential}. */
    final float[] whole;
    final float[] power;
    final int[] bits;
    /** For {@link Reductions}. */
    final float[] block = new float[Reductions.BLOCK];
    final float[] lanes = new float[Reductions.BLOCK];

    private Scratch(int size) {
        a = new float[size];
        b = new float[size];
        c = new float[size];
        d = new float[size];
        whole = new float[size];
        power = new float[size];
        bits = new int[size];
    }

    /** This thread's arrays, which hold a piece. */
    static Scratch mine() {
        return MINE.get();
    }

    /** This thread's arrays, which hold so many floats. */
    static Scratch ofRows(int columns) {
        var mine = MINE.get();
        if (mine.a.length < columns) {
            mine = new Scratch(columns);
            MINE.set(mine);
        }
        return mine;
    }

    /** How many of the elements that are left a piece takes. */
    static int length(int left) {
        return Math.min(PIECE, left);
    }

    /** Copies count floats, from an index on, to the beginning of an array. */
    static void load(MemorySegment from, int index, float[] to, int count) {
        MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, 4L * index, to, 0, count);
    }

    /** Copies count floats from the beginning of an array. */
    static void store(float[] from, MemorySegment to, int index, int count) {
        MemorySegment.copy(from, 0, to, ValueLayout.JAVA_FLOAT, 4L * index, count);
    }
}
