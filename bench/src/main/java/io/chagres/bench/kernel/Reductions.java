package io.chagres.bench.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Sums and maxima in plain Java. The JIT compiler makes no vector instructions of a loop that adds floats up, as that would
 * change their order, but of one that adds a block to a block; both must begin at the same index, so that blocks are copied.
 */
final class Reductions {
    /** So many sums side by side. */
    static final int BLOCK = 256;

    /** Fewer elements than this are added one by one. */
    private static final int SHORT = 32;
    /** After so many elements the float32 sums go to the float64 total: each has added up 256 numbers. */
    private static final int CHAIN = 256 * BLOCK;

    private Reductions() {
    }

    static double sum(float[] x, int from, int n) {
        if (n < SHORT) {
            return shortSum(x, from, n);
        }
        var s = Scratch.mine();
        double total = 0;
        for (int chain = 0; chain < n; chain += CHAIN) {
            Arrays.fill(s.lanes, 0);
            int end = Math.min(n, chain + CHAIN);
            for (int i = chain; i < end; i += BLOCK) {
                int count = Math.min(BLOCK, end - i);
                System.arraycopy(x, from + i, s.block, 0, count);
                add(s.block, s.lanes, count);
            }
            total += total(s);
        }
        return total;
    }

    static double sum(MemorySegment x, int from, int n) {
        var s = Scratch.mine();
        if (n < SHORT) {
            Scratch.load(x, from, s.block, n);
            return shortSum(s.block, 0, n);
        }
        double total = 0;
        for (int chain = 0; chain < n; chain += CHAIN) {
            Arrays.fill(s.lanes, 0);
            int end = Math.min(n, chain + CHAIN);
            for (int i = chain; i < end; i += BLOCK) {
                int count = Math.min(BLOCK, end - i);
                Scratch.load(x, from + i, s.block, count);
                add(s.block, s.lanes, count);
            }
            total += total(s);
        }
        return total;
    }

    /** The sum of (x[i] - mean)². */
    static double squares(float[] x, int from, int n, float mean) {
        if (n < SHORT) {
            return shortSquares(x, from, n, mean);
        }
        var s = Scratch.mine();
        double total = 0;
        for (int chain = 0; chain < n; chain += CHAIN) {
            Arrays.fill(s.lanes, 0);
            int end = Math.min(n, chain + CHAIN);
            for (int i = chain; i < end; i += BLOCK) {
                int count = Math.min(BLOCK, end - i);
                System.arraycopy(x, from + i, s.block, 0, count);
                addSquares(s.block, mean, s.lanes, count);
            }
            total += total(s);
        }
        return total;
    }

    /** The sum of (x[i] - mean)². */
    static double squares(MemorySegment x, int from, int n, float mean) {
        var s = Scratch.mine();
        if (n < SHORT) {
            Scratch.load(x, from, s.block, n);
            return shortSquares(s.block, 0, n, mean);
        }
        double total = 0;
        for (int chain = 0; chain < n; chain += CHAIN) {
            Arrays.fill(s.lanes, 0);
            int end = Math.min(n, chain + CHAIN);
            for (int i = chain; i < end; i += BLOCK) {
                int count = Math.min(BLOCK, end - i);
                Scratch.load(x, from + i, s.block, count);
                addSquares(s.block, mean, s.lanes, count);
            }
            total += total(s);
        }
        return total;
    }

    /** The greatest of the first n elements. */
    static float max(float[] t, int n) {
        var s = Scratch.mine();
        int width = Math.min(n, BLOCK);
        System.arraycopy(t, 0, s.lanes, 0, width);
        for (int i = BLOCK; i < n; i += BLOCK) {
            int count = Math.min(BLOCK, n - i);
            System.arraycopy(t, i, s.block, 0, count);
            max(s.block, s.lanes, count);
        }
        while (width >= 2 * SHORT) {
            int half = width / 2;
            System.arraycopy(s.lanes, width - half, s.block, 0, half);
            max(s.block, s.lanes, half);
            width -= half;
        }
        float max = s.lanes[0];
        for (int i = 1; i < width; i++) {
            max = Math.max(max, s.lanes[i]);
        }
        return max;
    }

    private static double shortSum(float[] x, int from, int n) {
        double sum = 0;
        for (int i = from; i < from + n; i++) {
            sum += x[i];
        }
        return sum;
    }

    private static double shortSquares(float[] x, int from, int n, float mean) {
        double sum = 0;
        for (int i = from; i < from + n; i++) {
            float deviation = x[i] - mean;
            sum += deviation * deviation;
        }
        return sum;
    }

    private static void add(float[] block, float[] lanes, int n) {
        for (int i = 0; i < n; i++) {
            lanes[i] += block[i];
        }
    }

    private static void addSquares(float[] block, float mean, float[] lanes, int n) {
        for (int i = 0; i < n; i++) {
            float deviation = block[i] - mean;
            lanes[i] = Math.fma(deviation, deviation, lanes[i]);
        }
    }

    private static void max(float[] block, float[] lanes, int n) {
        for (int i = 0; i < n; i++) {
            lanes[i] = Math.max(lanes[i], block[i]);
        }
    }

    /** All lanes, halved until few are left. */
    private static double total(Scratch s) {
        for (int half = BLOCK / 2; half >= SHORT; half /= 2) {
            System.arraycopy(s.lanes, half, s.block, 0, half);
            add(s.block, s.lanes, half);
        }
        return shortSum(s.lanes, 0, SHORT);
    }
}
