package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Row-wise kernels for rows so short that a {@link Tile} holds many of them: what must go row by row runs there over a
 * few elements at a time, and the exponentials of all those rows are taken in one go.
 */
final class ShortRows implements Rows {
    private final Exp exp;

    ShortRows(Exp exp) {
        this.exp = exp;
    }

    private static int rowsPerTile(int cols) {
        return Tile.SIZE / Math.max(1, cols);
    }

    @Override
    public void softmax(MemorySegment x, long xo, MemorySegment y, long yo, int rows, int cols) {
        Tile tile = Tile.mine();
        int most = rowsPerTile(cols);
        for (int row = 0; row < rows; row += most) {
            int n = Math.min(most, rows - row) * cols;
            long at = 4L * row * cols;
            Tile.load(x, xo + at, tile.a, n);
            subtractMax(tile.a, n, cols);
            exp.apply(tile, n);
            for (int i = 0; i < n; i += cols) {
                divide(tile.a, i, i + cols, PlainReductions.sum(tile.a, i, i + cols));
            }
            Tile.store(tile.a, y, yo + at, n);
        }
    }

    @Override
    public void logSoftmax(MemorySegment x, long xo, MemorySegment y, long yo, int rows, int cols) {
        Tile tile = Tile.mine();
        int most = rowsPerTile(cols);
        for (int row = 0; row < rows; row += most) {
            int n = Math.min(most, rows - row) * cols;
            long at = 4L * row * cols;
            Tile.load(x, xo + at, tile.a, n);
            subtractMax(tile.a, n, cols);
            System.arraycopy(tile.a, 0, tile.d, 0, n);
            exp.apply(tile, n);
            for (int i = 0; i < n; i += cols) {
                subtract(tile.d, i, i + cols, (float) Math.log(PlainReductions.sum(tile.a, i, i + cols)));
            }
            Tile.store(tile.d, y, yo + at, n);
        }
    }

    @Override
    public double crossEntropy(MemorySegment x, long xo, MemorySegment labels, long lo, long ignore, MemorySegment p,
            long po, int rows, int cols) {
        Tile tile = Tile.mine();
        int most = rowsPerTile(cols);
        double loss = 0;
        for (int row = 0; row < rows; row += most) {
            int n = Math.min(most, rows - row) * cols;
            long at = 4L * row * cols;
            Tile.load(x, xo + at, tile.a, n);
            // -log p = log sum - (logit - max): the second part here, the first when the sums are known
            loss -= subtractMax(tile.a, n, cols, labels, lo + 8L * row, ignore);
            exp.apply(tile, n);
            loss += divideBySum(tile.a, n, cols, labels, lo + 8L * row, ignore);
            Tile.store(tile.a, p, po + at, n);
        }
        return loss;
    }

    /** Also the sum of (logit - max) of the labels that count. */
    private static double subtractMax(float[] t, int n, int cols, MemorySegment labels, long lo, long ignore) {
        double logits = 0;
        for (int i = 0, row = 0; i < n; i += cols, row++) {
            float max = PlainReductions.max(t, i, i + cols);
            long label = Rows.label(labels, lo, row);
            if (label != ignore) {
                logits += (double) t[i + (int) label] - max;
            }
            subtract(t, i, i + cols, max);
        }
        return logits;
    }

    /** Also the sum of the logarithms of the sums of the rows whose labels count. */
    private static double divideBySum(float[] t, int n, int cols, MemorySegment labels, long lo, long ignore) {
        double logs = 0;
        for (int i = 0, row = 0; i < n; i += cols, row++) {
            double sum = PlainReductions.sum(t, i, i + cols);
            if (Rows.label(labels, lo, row) != ignore) {
                logs += Math.log(sum);
            }
            divide(t, i, i + cols, sum);
        }
        return logs;
    }

    @Override
    public void crossEntropyBackward(MemorySegment p, long po, MemorySegment labels, long lo, long ignore, float scale,
            MemorySegment dx, long dxo, int rows, int cols) {
        float[] t = Tile.mine().a;
        int most = rowsPerTile(cols);
        for (int row = 0; row < rows; row += most) {
            int n = Math.min(most, rows - row) * cols;
            long at = 4L * row * cols;
            Tile.load(p, po + at, t, n);
            for (int i = 0, r = row; i < n; i += cols, r++) {
                long label = Rows.label(labels, lo, r);
                if (label == ignore) {
                    Arrays.fill(t, i, i + cols, 0);
                } else {
                    t[i + (int) label] -= 1;
                }
            }
            PlainElementwise.scale(scale, t, n);
            Tile.store(t, dx, dxo + at, n);
        }
    }

    private static void subtractMax(float[] t, int n, int cols) {
        for (int i = 0; i < n; i += cols) {
            subtract(t, i, i + cols, PlainReductions.max(t, i, i + cols));
        }
    }

    private static void subtract(float[] t, int from, int to, float number) {
        for (int i = from; i < to; i++) {
            t[i] -= number;
        }
    }

    private static void divide(float[] t, int from, int to, double sum) {
        float inverse = (float) (1 / sum);
        for (int i = from; i < to; i++) {
            t[i] *= inverse;
        }
    }
}
