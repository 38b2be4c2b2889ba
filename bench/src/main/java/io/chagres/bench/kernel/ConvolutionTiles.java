package io.chagres.bench.kernel;

import static io.chagres.bench.kernel.Lanes.COUNT;
import static io.chagres.bench.kernel.Lanes.FLOATS;
import static io.chagres.bench.kernel.Lanes.below;
import static io.chagres.bench.kernel.Lanes.store;

import jdk.incubator.vector.FloatVector;
import java.lang.foreign.MemorySegment;

/**
 * Loops of {@link DirectConvolution}: six rows by one or two vectors stay in registers. Element t of window p is
 * x[pixels[p] + at[t]].
 */
final class ConvolutionTiles {
    static final int HEIGHT = 6;

    private ConvolutionTiles() {
    }

    /** tile = the windows of six pixels times a panel [window, 2 vectors]. */
    static void two(float[] x, int[] pixels, int p, int last, int[] at, float[] panel, int from, float[] tile) {
        int p0 = pixels[p];
        int p1 = pixels[Math.min(p + 1, last)];
        int p2 = pixels[Math.min(p + 2, last)];
        int p3 = pixels[Math.min(p + 3, last)];
        int p4 = pixels[Math.min(p + 4, last)];
        int p5 = pixels[Math.min(p + 5, last)];
        FloatVector c00 = FloatVector.zero(FLOATS);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        FloatVector c40 = c00;
        FloatVector c41 = c00;
        FloatVector c50 = c00;
        FloatVector c51 = c00;
        int next = from;
        for (int offset : at) {
            FloatVector b0 = FloatVector.fromArray(FLOATS, panel, next);
            FloatVector b1 = FloatVector.fromArray(FLOATS, panel, next + COUNT);
            next += 2 * COUNT;
            FloatVector a0 = FloatVector.broadcast(FLOATS, x[p0 + offset]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(FLOATS, x[p1 + offset]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(FLOATS, x[p2 + offset]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(FLOATS, x[p3 + offset]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            FloatVector a4 = FloatVector.broadcast(FLOATS, x[p4 + offset]);
            c40 = a4.fma(b0, c40);
            c41 = a4.fma(b1, c41);
            FloatVector a5 = FloatVector.broadcast(FLOATS, x[p5 + offset]);
            c50 = a5.fma(b0, c50);
            c51 = a5.fma(b1, c51);
        }
        c00.intoArray(tile, 0);
        c01.intoArray(tile, COUNT);
        c10.intoArray(tile, 2 * COUNT);
        c11.intoArray(tile, 3 * COUNT);
        c20.intoArray(tile, 4 * COUNT);
        c21.intoArray(tile, 5 * COUNT);
        c30.intoArray(tile, 6 * COUNT);
        c31.intoArray(tile, 7 * COUNT);
        c40.intoArray(tile, 8 * COUNT);
        c41.intoArray(tile, 9 * COUNT);
        c50.intoArray(tile, 10 * COUNT);
        c51.intoArray(tile, 11 * COUNT);
    }

    /** {@link #two} with a panel of one vector. */
    static void one(float[] x, int[] pixels, int p, int last, int[] at, float[] panel, int from, float[] tile) {
        int p0 = pixels[p];
        int p1 = pixels[Math.min(p + 1, last)];
        int p2 = pixels[Math.min(p + 2, last)];
        int p3 = pixels[Math.min(p + 3, last)];
        int p4 = pixels[Math.min(p + 4, last)];
        int p5 = pixels[Math.min(p + 5, last)];
        FloatVector c0 = FloatVector.zero(FLOATS);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        FloatVector c4 = c0;
        FloatVector c5 = c0;
        int next = from;
        for (int offset : at) {
            FloatVector b = FloatVector.fromArray(FLOATS, panel, next);
            next += COUNT;
            c0 = b.fma(FloatVector.broadcast(FLOATS, x[p0 + offset]), c0);
            c1 = b.fma(FloatVector.broadcast(FLOATS, x[p1 + offset]), c1);
            c2 = b.fma(FloatVector.broadcast(FLOATS, x[p2 + offset]), c2);
            c3 = b.fma(FloatVector.broadcast(FLOATS, x[p3 + offset]), c3);
            c4 = b.fma(FloatVector.broadcast(FLOATS, x[p4 + offset]), c4);
            c5 = b.fma(FloatVector.broadcast(FLOATS, x[p5 + offset]), c5);
        }
        c0.intoArray(tile, 0);
        c1.intoArray(tile, COUNT);
        c2.intoArray(tile, 2 * COUNT);
        c3.intoArray(tile, 3 * COUNT);
        c4.intoArray(tile, 4 * COUNT);
        c5.intoArray(tile, 5 * COUNT);
    }

    /** sums [six elements of windows, 2 vectors] += the sum over all pixels of their products with y [pixels, 2 vectors]. */
    static void addTwo(float[] x, int[] pixels, int[] at, int t, float[] y, int first, float[] sums,
            int from) {
        int t0 = at[t];
        int t1 = at[Math.min(t + 1, at.length - 1)];
        int t2 = at[Math.min(t + 2, at.length - 1)];
        int t3 = at[Math.min(t + 3, at.length - 1)];
        int t4 = at[Math.min(t + 4, at.length - 1)];
        int t5 = at[Math.min(t + 5, at.length - 1)];
        FloatVector c00 = FloatVector.zero(FLOATS);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        FloatVector c40 = c00;
        FloatVector c41 = c00;
        FloatVector c50 = c00;
        FloatVector c51 = c00;
        int next = first;
        for (int pixel : pixels) {
            FloatVector b0 = FloatVector.fromArray(FLOATS, y, next);
            FloatVector b1 = FloatVector.fromArray(FLOATS, y, next + COUNT);
            next += 2 * COUNT;
            FloatVector a0 = FloatVector.broadcast(FLOATS, x[pixel + t0]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(FLOATS, x[pixel + t1]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(FLOATS, x[pixel + t2]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(FLOATS, x[pixel + t3]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            FloatVector a4 = FloatVector.broadcast(FLOATS, x[pixel + t4]);
            c40 = a4.fma(b0, c40);
            c41 = a4.fma(b1, c41);
            FloatVector a5 = FloatVector.broadcast(FLOATS, x[pixel + t5]);
            c50 = a5.fma(b0, c50);
            c51 = a5.fma(b1, c51);
        }
        add(c00, sums, from);
        add(c01, sums, from + COUNT);
        add(c10, sums, from + 2 * COUNT);
        add(c11, sums, from + 3 * COUNT);
        add(c20, sums, from + 4 * COUNT);
        add(c21, sums, from + 5 * COUNT);
        add(c30, sums, from + 6 * COUNT);
        add(c31, sums, from + 7 * COUNT);
        add(c40, sums, from + 8 * COUNT);
        add(c41, sums, from + 9 * COUNT);
        add(c50, sums, from + 10 * COUNT);
        add(c51, sums, from + 11 * COUNT);
    }

    /** {@link #addTwo} with one vector. */
    static void addOne(float[] x, int[] pixels, int[] at, int t, float[] y, int first, float[] sums,
            int from) {
        int t0 = at[t];
        int t1 = at[Math.min(t + 1, at.length - 1)];
        int t2 = at[Math.min(t + 2, at.length - 1)];
        int t3 = at[Math.min(t + 3, at.length - 1)];
        int t4 = at[Math.min(t + 4, at.length - 1)];
        int t5 = at[Math.min(t + 5, at.length - 1)];
        FloatVector c0 = FloatVector.zero(FLOATS);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        FloatVector c4 = c0;
        FloatVector c5 = c0;
        int next = first;
        for (int pixel : pixels) {
            FloatVector b = FloatVector.fromArray(FLOATS, y, next);
            next += COUNT;
            c0 = b.fma(FloatVector.broadcast(FLOATS, x[pixel + t0]), c0);
            c1 = b.fma(FloatVector.broadcast(FLOATS, x[pixel + t1]), c1);
            c2 = b.fma(FloatVector.broadcast(FLOATS, x[pixel + t2]), c2);
            c3 = b.fma(FloatVector.broadcast(FLOATS, x[pixel + t3]), c3);
            c4 = b.fma(FloatVector.broadcast(FLOATS, x[pixel + t4]), c4);
            c5 = b.fma(FloatVector.broadcast(FLOATS, x[pixel + t5]), c5);
        }
        add(c0, sums, from);
        add(c1, sums, from + COUNT);
        add(c2, sums, from + 2 * COUNT);
        add(c3, sums, from + 3 * COUNT);
        add(c4, sums, from + 4 * COUNT);
        add(c5, sums, from + 5 * COUNT);
    }

    private static void add(FloatVector v, float[] sums, int from) {
        v.add(FloatVector.fromArray(FLOATS, sums, from)).intoArray(sums, from);
    }

    /** y[targets[p] + c] = the sum over t of x[pixels[p] + at[t] + c] · panel[t, c], for four pixels. */
    static void deep(float[] x, int[] pixels, int p, int[] at, float[] panel, int width, int channels, MemorySegment y,
            int[] targets, int base) {
        int last = pixels.length - 1;
        int q = Math.min(p + 1, last);
        int r = Math.min(p + 2, last);
        int s = Math.min(p + 3, last);
        for (int c = 0; c < channels; c += COUNT) {
            FloatVector c0 = FloatVector.zero(FLOATS);
            FloatVector c1 = c0;
            FloatVector c2 = c0;
            FloatVector c3 = c0;
            int next = c;
            for (int offset : at) {
                FloatVector b = FloatVector.fromArray(FLOATS, panel, next);
                next += width;
                c0 = b.fma(FloatVector.fromArray(FLOATS, x, pixels[p] + offset + c), c0);
                c1 = b.fma(FloatVector.fromArray(FLOATS, x, pixels[q] + offset + c), c1);
                c2 = b.fma(FloatVector.fromArray(FLOATS, x, pixels[r] + offset + c), c2);
                c3 = b.fma(FloatVector.fromArray(FLOATS, x, pixels[s] + offset + c), c3);
            }
            var mask = below(channels, c);
            store(c0, y, base + targets[p] + c, mask);
            store(c1, y, base + targets[q] + c, mask);
            store(c2, y, base + targets[r] + c, mask);
            store(c3, y, base + targets[s] + c, mask);
        }
    }

    /** sums[t, c] += the sum over all pixels of x[pixels[p] + at[t] + c] · y[p, c], for one t. */
    static void addDeep(float[] x, int[] pixels, int offset, float[] y, int width, float[] sums, int from) {
        for (int c = 0; c < width; c += COUNT) {
            FloatVector c0 = FloatVector.zero(FLOATS);
            FloatVector c1 = c0;
            FloatVector c2 = c0;
            FloatVector c3 = c0;
            int p = 0;
            int next = c;
            for (; p <= pixels.length - 4; p += 4) {
                c0 = FloatVector.fromArray(FLOATS, y, next)
                        .fma(FloatVector.fromArray(FLOATS, x, pixels[p] + offset + c), c0);
                c1 = FloatVector.fromArray(FLOATS, y, next + width)
                        .fma(FloatVector.fromArray(FLOATS, x, pixels[p + 1] + offset + c), c1);
                c2 = FloatVector.fromArray(FLOATS, y, next + 2 * width)
                        .fma(FloatVector.fromArray(FLOATS, x, pixels[p + 2] + offset + c), c2);
                c3 = FloatVector.fromArray(FLOATS, y, next + 3 * width)
                        .fma(FloatVector.fromArray(FLOATS, x, pixels[p + 3] + offset + c), c3);
                next += 4 * width;
            }
            for (; p < pixels.length; p++) {
                c0 = FloatVector.fromArray(FLOATS, y, next)
                        .fma(FloatVector.fromArray(FLOATS, x, pixels[p] + offset + c), c0);
                next += width;
            }
            add(c0.add(c1).add(c2.add(c3)), sums, from + c);
        }
    }

    /** Rows of a tile, to where they belong; columns that nobody has are left out. */
    static void put(float[] tile, int width, int rows, int columns, MemorySegment y, int[] targets, int p, int base) {
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < columns; j += COUNT) {
                store(FloatVector.fromArray(FLOATS, tile, row * width + j), y, base + targets[p + row] + j,
                        below(columns, j));
            }
        }
    }
}
