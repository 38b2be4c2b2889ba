package io.chagres.bench.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Vectors as wide as this CPU likes best, and what reduces memory off the heap with them: four at a time. */
final class Lanes {
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final int COUNT = FLOATS.length();
    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** After so many elements float32 sums go to a float64 total. */
    private static final int CHAIN = 1 << 14;

    private Lanes() {
    }

    /** Loops over much data have indices of type long, over little of type int; each is faster there than the other. */
    static FloatVector load(MemorySegment x, long index) {
        return FloatVector.fromMemorySegment(FLOATS, x, 4 * index, ORDER);
    }

    /** Lanes that are off become 0. */
    static FloatVector load(MemorySegment x, long index, VectorMask<Float> mask) {
        return FloatVector.fromMemorySegment(FLOATS, x, 4 * index, ORDER, mask);
    }

    static void store(FloatVector v, MemorySegment y, long index) {
        v.intoMemorySegment(y, 4 * index, ORDER);
    }

    static void store(FloatVector v, MemorySegment y, long index, VectorMask<Float> mask) {
        v.intoMemorySegment(y, 4 * index, ORDER, mask);
    }

    /** The lanes of the vector at index i that are below n. */
    static VectorMask<Float> below(long n, long i) {
        return FLOATS.indexInRange(i, n);
    }

    static double sum(MemorySegment x, int from, int n) {
        double total = 0;
        for (int chain = 0; chain < n; chain += CHAIN) {
            total += chainSum(x, from + chain, Math.min(CHAIN, n - chain));
        }
        return total;
    }

    private static float chainSum(MemorySegment x, int from, int n) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = 0;
        for (; i <= n - 4 * COUNT; i += 4 * COUNT) {
            s0 = s0.add(load(x, from + i));
            s1 = s1.add(load(x, from + i + COUNT));
            s2 = s2.add(load(x, from + i + 2 * COUNT));
            s3 = s3.add(load(x, from + i + 3 * COUNT));
        }
        for (; i < n; i += COUNT) {
            s0 = s0.add(load(x, from + i, below(n, i)));
        }
        return s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    }

    /** The sum of (x[i] - mean)². */
    static double squares(MemorySegment x, int from, int n, float mean) {
        double total = 0;
        for (int chain = 0; chain < n; chain += CHAIN) {
            total += chainSquares(x, from + chain, Math.min(CHAIN, n - chain), mean);
        }
        return total;
    }

    private static float chainSquares(MemorySegment x, int from, int n, float mean) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = 0;
        for (; i <= n - 4 * COUNT; i += 4 * COUNT) {
            FloatVector d0 = load(x, from + i).sub(mean);
            s0 = d0.fma(d0, s0);
            FloatVector d1 = load(x, from + i + COUNT).sub(mean);
            s1 = d1.fma(d1, s1);
            FloatVector d2 = load(x, from + i + 2 * COUNT).sub(mean);
            s2 = d2.fma(d2, s2);
            FloatVector d3 = load(x, from + i + 3 * COUNT).sub(mean);
            s3 = d3.fma(d3, s3);
        }
        for (; i < n; i += COUNT) {
            var mask = below(n, i);
            FloatVector d0 = load(x, from + i, mask).sub(mean, mask);
            s0 = d0.fma(d0, s0);
        }
        return s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    }

    static float max(MemorySegment x, int from, int n) {
        FloatVector m0 = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        FloatVector m1 = m0;
        FloatVector m2 = m0;
        FloatVector m3 = m0;
        int i = 0;
        for (; i <= n - 4 * COUNT; i += 4 * COUNT) {
            m0 = m0.max(load(x, from + i));
            m1 = m1.max(load(x, from + i + COUNT));
            m2 = m2.max(load(x, from + i + 2 * COUNT));
            m3 = m3.max(load(x, from + i + 3 * COUNT));
        }
        for (; i < n; i += COUNT) {
            var mask = below(n, i);
            m0 = m0.lanewise(VectorOperators.MAX, load(x, from + i, mask), mask);
        }
        return m0.max(m1).max(m2.max(m3)).reduceLanes(VectorOperators.MAX);
    }
}
