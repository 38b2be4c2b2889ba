package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;

/** Row-wise kernels for long rows: each is read once for its maximum, once for its sum, once to finish. */
final class LongRows implements Rows {
    private final Kernels kernels;
    private final Exp exp;

    LongRows(Kernels kernels, Exp exp) {
        this.kernels = kernels;
        this.exp = exp;
    }

    @Override
    public void softmax(MemorySegment x, long xo, MemorySegment y, long yo, int rows, int cols) {
        for (int row = 0; row < rows; row++) {
            long at = 4L * row * cols;
            double sum = expSum(x, xo + at, kernels.max(x, xo + at, cols), y, yo + at, cols);
            kernels.scale((float) (1 / sum), y, yo + at, y, yo + at, cols);
        }
    }

    @Override
    public void logSoftmax(MemorySegment x, long xo, MemorySegment y, long yo, int rows, int cols) {
        for (int row = 0; row < rows; row++) {
            long at = 4L * row * cols;
            float max = kernels.max(x, xo + at, cols);
            double sum = expSum(x, xo + at, max, null, 0, cols);
            subtract(x, xo + at, max, (float) Math.log(sum), y, yo + at, cols);
        }
    }

    @Override
    public double crossEntropy(MemorySegment x, long xo, MemorySegment labels, long lo, long ignore, MemorySegment p,
            long po, int rows, int cols) {
        double loss = 0;
        for (int row = 0; row < rows; row++) {
            long at = 4L * row * cols;
            float max = kernels.max(x, xo + at, cols);
            long label = Rows.label(labels, lo, row);
            // p may be x: the logit is read before its probability takes its place
            double logit = label == ignore ? 0 : Tile.get(x, xo + at + 4 * label);
            double sum = expSum(x, xo + at, max, p, po + at, cols);
            if (label != ignore) {
                loss += Math.log(sum) - (logit - max);
            }
            kernels.scale((float) (1 / sum), p, po + at, p, po + at, cols);
        }
        return loss;
    }

    @Override
    public void crossEntropyBackward(MemorySegment p, long po, MemorySegment labels, long lo, long ignore, float scale,
            MemorySegment dx, long dxo, int rows, int cols) {
        for (int row = 0; row < rows; row++) {
            long at = 4L * row * cols;
            long label = Rows.label(labels, lo, row);
            if (label == ignore) {
                kernels.fill(0, dx, dxo + at, cols);
            } else {
                float probability = Tile.get(p, po + at + 4 * label);
                kernels.scale(scale, p, po + at, dx, dxo + at, cols);
                Tile.set(dx, dxo + at + 4 * label, scale * (probability - 1));
            }
        }
    }

    /** y[i] = exp(x[i] - max), and their sum; y may be x, or null if only the sum is asked for. */
    private double expSum(MemorySegment x, long xo, float max, MemorySegment y, long yo, int n) {
        Tile tile = Tile.mine();
        float[] t = tile.a;
        double sum = 0;
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(x, xo + 4 * i, t, count);
            subtract(t, max, 0, count);
            exp.apply(tile, count);
            if (y == null) {
                sum += PlainReductions.sum(t, 0, count);
            } else {
                Tile.store(t, y, yo + 4 * i, count);
                sum += kernels.sum(y, yo + 4 * i, count);
            }
        }
        return sum;
    }

    /** y[i] = x[i] - max - log; y may be x. */
    private static void subtract(MemorySegment x, long xo, float max, float log, MemorySegment y, long yo, int n) {
        float[] t = Tile.mine().a;
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(x, xo + 4 * i, t, count);
            subtract(t, max, log, count);
            Tile.store(t, y, yo + 4 * i, count);
        }
    }

    private static void subtract(float[] t, float max, float log, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = t[i] - max - log;
        }
    }
}
