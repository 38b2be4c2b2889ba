package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Windows of images in plain Java, in the same order. */
final class PlainWindows {
    private PlainWindows() {
    }

    static void add(float[] y, int[] yAt, float[] w, int wo, int depth, int run, MemorySegment x, long xo, int[] xAt,
            int from, int to) {
        Tile tile = Tile.mine();
        for (int p = from; p < to; p++) {
            for (int column = 0; column < run; column += Tile.SIZE) {
                int count = Tile.length(run - column);
                Arrays.fill(tile.c, 0, count, 0);
                for (int c = 0; c < depth; c++) {
                    addProducts(y[yAt[p] + c], w, wo + c * run + column, tile.c, count);
                }
                long at = xo + 4L * (xAt[p] + column);
                Tile.load(x, at, tile.a, count);
                for (int i = 0; i < count; i++) {
                    tile.a[i] += tile.c[i];
                }
                Tile.store(tile.a, x, at, count);
            }
        }
    }

    private static void addProducts(float factor, float[] w, int from, float[] sums, int n) {
        for (int i = 0; i < n; i++) {
            sums[i] = Math.fma(factor, w[from + i], sums[i]);
        }
    }

    static void planes(MemorySegment x, long xo, long stride, int[] at, float[] w, boolean relu, MemorySegment y,
            long yo, int out, int rows, int width) {
        Tile tile = Tile.mine();
        for (int row = 0; row < rows; row++) {
            for (int p = 0; p < width; p += Tile.SIZE) {
                int count = Tile.length(width - p);
                for (int channel = 0; channel < out; channel++) {
                    int panel = channel / Kernels.CHANNELS * Kernels.CHANNELS * (at.length + 1)
                            + channel % Kernels.CHANNELS;
                    Arrays.fill(tile.c, 0, count, w[panel]);
                    for (int t = 0; t < at.length; t++) {
                        Tile.load(x, xo + row * stride + at[t] + 4L * p, tile.a, count);
                        addProducts(w[panel + (t + 1) * Kernels.CHANNELS], tile.a, 0, tile.c, count);
                    }
                    for (int i = 0; i < count; i++) {
                        Tile.set(y, yo + 4L * ((long) (row * width + p + i) * out + channel),
                                relu ? Math.max(tile.c[i], 0) : tile.c[i]);
                    }
                }
            }
        }
    }
}
