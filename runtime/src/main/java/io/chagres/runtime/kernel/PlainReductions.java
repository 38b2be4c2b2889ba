package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Sums and maxima in plain Java, over all elements or down the columns of a matrix. */
final class PlainReductions {
    /**
     * Column sums add this many rows before they add to the total, in every implementation: the error then grows with
     * a small part of the rows, and cutting the columns anywhere gives the same bits.
     */
    static final int ROWS_PER_BLOCK = 256;

    private PlainReductions() {
    }

    static double sum(MemorySegment x, long xo, long n) {
        float[] t = Tile.mine().a;
        double sum = 0;
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(x, xo + 4 * i, t, count);
            sum += sum(t, 0, count);
        }
        return sum;
    }

    /** Four sums side by side, so that an addition need not wait for the one before it. */
    static double sum(float[] t, int from, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = from;
        for (; i + 4 <= to; i += 4) {
            s0 += t[i];
            s1 += t[i + 1];
            s2 += t[i + 2];
            s3 += t[i + 3];
        }
        for (; i < to; i++) {
            s0 += t[i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    static double products(MemorySegment a, long ao, MemorySegment b, long bo, long n, double centre) {
        Tile tile = Tile.mine();
        float mid = (float) centre;
        double sum = 0;
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(a, ao + 4 * i, tile.a, count);
            Tile.load(b, bo + 4 * i, tile.b, count);
            for (int j = 0; j < count; j++) {
                tile.a[j] *= tile.b[j] - mid;
            }
            sum += sum(tile.a, 0, count);
        }
        return sum;
    }

    static float max(MemorySegment x, long xo, long n) {
        float[] t = Tile.mine().a;
        float max = Float.NEGATIVE_INFINITY;
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(x, xo + 4 * i, t, count);
            max = Math.max(max, max(t, 0, count));
        }
        return max;
    }

    static float max(float[] t, int from, int to) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            max = Math.max(max, t[i]);
        }
        return max;
    }

    static void columnSum(MemorySegment x, long xo, int rows, int cols, int fromCol, int toCol, MemorySegment out,
            long oo, boolean accumulate) {
        Tile tile = Tile.mine();
        for (int col = fromCol; col < toCol; col += Tile.SIZE) {
            int count = Tile.length(toCol - col);
            boolean add = accumulate;
            int row = 0;
            do {
                Arrays.fill(tile.c, 0, count, 0);
                int end = Math.min(rows, row + ROWS_PER_BLOCK);
                for (; row < end; row++) {
                    Tile.load(x, xo + 4 * ((long) row * cols + col), tile.a, count);
                    add(tile.a, tile.c, count);
                }
                putSums(tile, out, oo + 4L * col, count, add);
                add = true;
            } while (row < rows);
        }
    }

    private static void putSums(Tile tile, MemorySegment out, long oo, int n, boolean add) {
        if (add) {
            Tile.load(out, oo, tile.d, n);
            add(tile.d, tile.c, n);
        }
        Tile.store(tile.c, out, oo, n);
    }

    static double squares(MemorySegment x, long xo, long n, double centre) {
        float[] t = Tile.mine().a;
        float mid = (float) centre;
        double sum = 0;
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(x, xo + 4 * i, t, count);
            sum += squares(t, count, mid);
        }
        return sum;
    }

    private static double squares(float[] t, int n, float centre) {
        double s0 = 0;
        double s1 = 0;
        int i = 0;
        for (; i + 2 <= n; i += 2) {
            double d0 = t[i] - centre;
            double d1 = t[i + 1] - centre;
            s0 += d0 * d0;
            s1 += d1 * d1;
        }
        if (i < n) {
            double d0 = t[i] - centre;
            s0 += d0 * d0;
        }
        return s0 + s1;
    }

    /** Half a tile of columns at a time: distances in the second half of an array, their squares in the first. */
    static void columnSquares(MemorySegment x, long xo, int rows, int cols, int fromCol, int toCol,
            MemorySegment centre, long co, MemorySegment out, long oo) {
        Tile tile = Tile.mine();
        int half = Tile.SIZE / 2;
        for (int col = fromCol; col < toCol; col += half) {
            int count = Math.min(half, toCol - col);
            Tile.load(centre, co + 4L * col, tile.b, count);
            Arrays.fill(tile.d, 0);
            int row = 0;
            while (row < rows) {
                Arrays.fill(tile.c, 0);
                int end = Math.min(rows, row + ROWS_PER_BLOCK);
                for (; row < end; row++) {
                    Tile.load(x, xo + 4 * ((long) row * cols + col), tile.a, count);
                    addDistances(tile, count, half);
                }
                add(tile.c, tile.d, Tile.SIZE);
            }
            for (int i = 0; i < count; i++) {
                float drift = tile.d[half + i];
                tile.a[i] = Math.max(0, tile.d[i] - drift * drift / rows);
            }
            Tile.store(tile.a, out, oo + 4L * col, count);
        }
    }

    private static void addDistances(Tile tile, int n, int half) {
        float[] t = tile.a;
        float[] centre = tile.b;
        float[] sums = tile.c;
        for (int i = 0; i < n; i++) {
            float distance = t[i] - centre[i];
            sums[i] += distance * distance;
            sums[half + i] += distance;
        }
    }

    static void reluBackwardColumnSum(MemorySegment dy, long dyo, MemorySegment y, long yo, MemorySegment dx, long dxo,
            int rows, int cols, int fromCol, int toCol, MemorySegment out, long oo, boolean accumulate) {
        int width = toCol - fromCol;
        if (width == cols) {
            PlainElementwise.reluBackward(dy, dyo, y, yo, dx, dxo, (long) rows * cols);
        } else {
            for (int row = 0; row < rows; row++) {
                long at = 4 * ((long) row * cols + fromCol);
                PlainElementwise.reluBackward(dy, dyo + at, y, yo + at, dx, dxo + at, width);
            }
        }
        if (out != null) {
            columnSum(dx, dxo, rows, cols, fromCol, toCol, out, oo, accumulate);
        }
    }

    private static void add(float[] s, float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] += s[i];
        }
    }
}
