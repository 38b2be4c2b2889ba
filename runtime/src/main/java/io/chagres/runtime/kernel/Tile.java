package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A few arrays small enough for the first cache, one set for each thread: room to compute on a piece of a segment. */
final class Tile {
    /** Floats in an array; a multiple of every vector's lanes. */
    static final int SIZE = 1024;

    private static final ThreadLocal<Tile> MINE = ThreadLocal.withInitial(Tile::new);

    final float[] a = new float[SIZE];
    final float[] b = new float[SIZE];
    final float[] c = new float[SIZE];
    final float[] d = new float[SIZE];
    /** For the bits of floats. */
    final int[] p = new int[SIZE];
    final int[] q = new int[SIZE];
    final byte[] bytes = new byte[SIZE];
    /** For the lanes of one vector. */
    final double[] lanes = new double[64];

    private Tile() {
    }

    /** This thread's tile; what it holds is whatever the last kernel left. */
    static Tile mine() {
        return MINE.get();
    }

    static int length(long left) {
        return (int) Math.min(SIZE, left);
    }

    static void load(MemorySegment from, long offset, float[] to, int n) {
        MemorySegment.copy(from, ValueLayout.JAVA_FLOAT_UNALIGNED, offset, to, 0, n);
    }

    static void store(float[] from, MemorySegment to, long offset, int n) {
        MemorySegment.copy(from, 0, to, ValueLayout.JAVA_FLOAT_UNALIGNED, offset, n);
    }

    static void load(MemorySegment from, long offset, int[] to, int n) {
        MemorySegment.copy(from, ValueLayout.JAVA_INT_UNALIGNED, offset, to, 0, n);
    }

    static void store(int[] from, MemorySegment to, long offset, int n) {
        MemorySegment.copy(from, 0, to, ValueLayout.JAVA_INT_UNALIGNED, offset, n);
    }

    static float get(MemorySegment x, long offset) {
        return x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset);
    }

    static void set(MemorySegment x, long offset, float value) {
        x.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset, value);
    }
}
