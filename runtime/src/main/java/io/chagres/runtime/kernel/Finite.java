package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;

/** Whether numbers are finite, by their bits: a loop over an array, which the compiler makes vectors of by itself. */
public final class Finite {
    private static final int EXPONENT = 0x7f800000;
    private static final int LOWEST = 0x00800000;

    private Finite() {
    }

    /** Whether n float32 elements are neither NaN nor infinite. */
    public static boolean areAll(MemorySegment x, long xo, long n) {
        var bits = Tile.mine().p;
        int others = 0;
        for (long from = 0; from < n && others >= 0; from += Tile.SIZE) {
            int count = Tile.length(n - from);
            Tile.load(x, xo + Float.BYTES * from, bits, count);
            others |= carries(bits, count);
        }
        return others >= 0;
    }

    /** Negative if an exponent has all its bits, so that one more carries into the sign. */
    private static int carries(int[] bits, int n) {
        int all = 0;
        for (int i = 0; i < n; i++) {
            all |= (bits[i] & EXPONENT) + LOWEST;
        }
        return all;
    }
}
