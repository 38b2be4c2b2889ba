package io.chagres.bench.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * {@link TiledGemm} in plain Java, with an inner loop that the compiler turns into vector instructions: it does so where all
 * arrays are indexed alike, and the longer the loop, the better. So every row of the panel is an array; four of them and a
 * tile stay in the first cache.
 */
final class BlockedGemm extends TiledGemm {
    private static final int HEIGHT = 8;
    private static final int WIDTH = 512;

    private final float[][][] panels;
    private final float[][][] tiles;

    BlockedGemm(int mostRows, int mostParts) {
        super(mostRows, mostParts, HEIGHT, WIDTH);
        panels = new float[mostParts][DEPTH][WIDTH];
        tiles = new float[mostParts][HEIGHT][WIDTH];
    }

    @Override
    void packRow(int part, int inner, MemorySegment b, long index, int columns) {
        copy(b, index, panels[part][inner], columns);
    }

    @Override
    void packColumn(int part, int column, float[] line, int depth) {
        float[][] panel = panels[part];
        for (int inner = 0; inner < depth; inner++) {
            panel[inner][column] = line[inner];
        }
    }

    @Override
    void multiply(int part, float[][] a, int from, int rows, int depth, MemorySegment c, long index, long stride,
            int columns, boolean first) {
        float[][] panel = panels[part];
        float[][] tile = tiles[part];
        for (int row = 0; row < rows; row++) {
            if (first) {
                Arrays.fill(tile[row], 0);
            } else {
                copy(c, index + row * stride, tile[row], columns);
            }
        }
        for (int inner = 0; inner < depth; inner += STEP) {
            for (int row = 0; row < rows; row += 2) {
                addProducts(a[from + row], a[from + row + 1], inner, panel, tile[row], tile[row + 1], columns);
            }
        }
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(tile[row], 0, c, ValueLayout.JAVA_FLOAT, 4 * (index + row * stride), columns);
        }
    }

    /** Two rows by four of the panel: each element of the panel is loaded for two products, each of C for four. */
    private static void addProducts(float[] a, float[] b, int inner, float[][] panel, float[] c, float[] d,
            int n) {
        float a0 = a[inner];
        float a1 = a[inner + 1];
        float a2 = a[inner + 2];
        float a3 = a[inner + 3];
        float b0 = b[inner];
        float b1 = b[inner + 1];
        float b2 = b[inner + 2];
        float b3 = b[inner + 3];
        float[] p0 = panel[inner];
        float[] p1 = panel[inner + 1];
        float[] p2 = panel[inner + 2];
        float[] p3 = panel[inner + 3];
        for (int j = 0; j < n; j++) {
            c[j] = Math.fma(a3, p3[j], Math.fma(a2, p2[j], Math.fma(a1, p1[j], Math.fma(a0, p0[j], c[j]))));
            d[j] = Math.fma(b3, p3[j], Math.fma(b2, p2[j], Math.fma(b1, p1[j], Math.fma(b0, p0[j], d[j]))));
        }
    }
}
