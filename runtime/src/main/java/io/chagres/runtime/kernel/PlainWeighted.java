package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Weighted sums of rows in plain Java, piece by piece. */
final class PlainWeighted {
    private PlainWeighted() {
    }

    static void rows(int[] begin, int[] index, float[] weight, int from, int to, MemorySegment x, long xo, long inner,
            MemorySegment y, long yo) {
        rows(begin, index, weight, from, to, x, xo, inner, 0, y, yo);
    }

    /** From one column on. */
    static void rows(int[] begin, int[] index, float[] weight, int from, int to, MemorySegment x, long xo, long inner,
            long column, MemorySegment y, long yo) {
        Tile tile = Tile.mine();
        for (int o = from; o < to; o++) {
            for (long i = column; i < inner; i += Tile.SIZE) {
                int count = Tile.length(inner - i);
                Arrays.fill(tile.c, 0, count, 0);
                for (int k = begin[o]; k < begin[o + 1]; k++) {
                    Tile.load(x, xo + 4 * (index[k] * inner + i), tile.a, count);
                    add(weight[k], tile.a, k == begin[o], tile.c, count);
                }
                Tile.store(tile.c, y, yo + 4 * ((o - from) * inner + i), count);
            }
        }
    }

    private static void add(float weight, float[] x, boolean first, float[] sums, int n) {
        if (first) {
            for (int i = 0; i < n; i++) {
                sums[i] = weight * x[i];
            }
        } else {
            for (int i = 0; i < n; i++) {
                sums[i] += weight * x[i];
            }
        }
    }
}
