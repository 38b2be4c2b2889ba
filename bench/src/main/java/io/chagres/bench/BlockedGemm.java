package io.chagres.bench;

import java.util.Arrays;

/**
 * {@link TiledGemm} in plain Java, with an inner loop that the compiler turns into vector instructions: it does so where all
 * arrays are indexed alike, and the longer the loop, the better.
 */
final class BlockedGemm extends TiledGemm {
    private static final int WIDTH = 128;

    BlockedGemm(Product product, int mostParts) {
        super(product, mostParts, WIDTH);
    }

    @Override
    void multiply(Scratch s, int k) {
        for (int row = 0; row < ROWS; row++) {
            Arrays.fill(s.tile[row], 0);
            for (int inner = 0; inner < k; inner += STEP) {
                addProducts(s.rows[row], inner, s.panel, s.tile[row]);
            }
        }
    }

    private static void addProducts(float[] a, int inner, float[][] panel, float[] c) {
        float a0 = a[inner];
        float a1 = a[inner + 1];
        float a2 = a[inner + 2];
        float a3 = a[inner + 3];
        float[] b0 = panel[inner];
        float[] b1 = panel[inner + 1];
        float[] b2 = panel[inner + 2];
        float[] b3 = panel[inner + 3];
        for (int j = 0; j < WIDTH; j++) {
            c[j] += a0 * b0[j] + a1 * b1[j] + a2 * b2[j] + a3 * b3[j];
        }
    }
}
