package io.chagres.bench.scaling;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the suite measures, and how long.
 *
 * @param batches of the reference network
 * @param widths of a perceptron of two square layers
 * @param squareBatch samples of its step
 * @param updateWidth width of the square parameter that optimizers pass over
 * @param streamFloats elements of the arrays of the memory passes; far more than caches hold
 * @param fmas repeats of the multiply-adds in a run
 * @param rounds how many quiet rounds are enough
 * @param turn how long a turn takes, in nanoseconds
 */
record ScalingSizes(List<Integer> batches, List<Integer> widths, int squareBatch, int updateWidth, long streamFloats,
        int fmas, int rounds, long turn) {
    private static final int FMAS = 100_000;

    static ScalingSizes full() {
        return new ScalingSizes(List.of(1, 4, 16, 64, 256, 1024, 4096),
                List.of(64, 128, 256, 512, 1024, 2048, 4096, 8192),
                128, 8192, 1L << 26, FMAS, 20, TimeUnit.MILLISECONDS.toNanos(25));
    }

    static ScalingSizes quick() {
        return new ScalingSizes(List.of(1, 64, 1024), List.of(64, 512, 2048), 128, 4096, 1L << 25, FMAS, 7,
                TimeUnit.MILLISECONDS.toNanos(15));
    }
}
