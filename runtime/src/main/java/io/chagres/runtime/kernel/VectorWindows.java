package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Lanes.BYTES;
import static io.chagres.runtime.kernel.Lanes.COUNT;
import static io.chagres.runtime.kernel.Lanes.FLOAT;
import static io.chagres.runtime.kernel.Lanes.FLOATS;
import static io.chagres.runtime.kernel.Lanes.ORDER;
import static io.chagres.runtime.kernel.Lanes.offHeap;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/** Windows of images with the Vector API: six rows by two vectors stay in registers. */
final class VectorWindows {
    private static final int HEIGHT = Kernels.CHANNELS;
    private static final int WIDTH = 2 * COUNT;

    private VectorWindows() {
    }

    static void add(float[] y, int[] yAt, float[] w, int wo, int depth, int run, MemorySegment x, long xo, int[] xAt,
            int from, int to) {
        for (int column = 0; column < run; column += WIDTH) {
            for (int p = from; p < to; p += HEIGHT) {
                addTile(y, yAt, w, wo + column, depth, run, Math.min(WIDTH, run - column), x, xo + 4L * column, xAt, p,
                        to - 1);
            }
        }
    }

    private static void addTile(float[] y, int[] yAt, float[] w, int wo, int depth, int run, int columns,
            MemorySegment x, long xo, int[] xAt, int p, int last) {
        x = offHeap(x);
        int y0 = yAt[p];
        int y1 = yAt[Math.min(p + 1, last)];
        int y2 = yAt[Math.min(p + 2, last)];
        int y3 = yAt[Math.min(p + 3, last)];
        int y4 = yAt[Math.min(p + 4, last)];
        int y5 = yAt[Math.min(p + 5, last)];
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
        int panel = wo;
        for (int c = 0; c < depth; c++) {
            FloatVector b0 = FloatVector.fromArray(FLOATS, w, panel);
            FloatVector b1 = FloatVector.fromArray(FLOATS, w, panel + COUNT);
            panel += run;
            FloatVector a0 = FloatVector.broadcast(FLOATS, y[y0 + c]);
            c00 = a0.fma(b0, FLOAT.cast(c00));
            c01 = a0.fma(b1, FLOAT.cast(c01));
            FloatVector a1 = FloatVector.broadcast(FLOATS, y[y1 + c]);
            c10 = a1.fma(b0, FLOAT.cast(c10));
            c11 = a1.fma(b1, FLOAT.cast(c11));
            FloatVector a2 = FloatVector.broadcast(FLOATS, y[y2 + c]);
            c20 = a2.fma(b0, FLOAT.cast(c20));
            c21 = a2.fma(b1, FLOAT.cast(c21));
            FloatVector a3 = FloatVector.broadcast(FLOATS, y[y3 + c]);
            c30 = a3.fma(b0, FLOAT.cast(c30));
            c31 = a3.fma(b1, FLOAT.cast(c31));
            FloatVector a4 = FloatVector.broadcast(FLOATS, y[y4 + c]);
            c40 = a4.fma(b0, FLOAT.cast(c40));
            c41 = a4.fma(b1, FLOAT.cast(c41));
            FloatVector a5 = FloatVector.broadcast(FLOATS, y[y5 + c]);
            c50 = a5.fma(b0, FLOAT.cast(c50));
            c51 = a5.fma(b1, FLOAT.cast(c51));
        }
        var m0 = FLOATS.indexInRange(0, columns);
        var m1 = FLOATS.indexInRange(COUNT, columns);
        long x0 = xo + 4L * xAt[p];
        fromMemorySegment(FLOATS, x, x0, ORDER, m0).add(c00).intoMemorySegment(x, x0, ORDER, m0);
        fromMemorySegment(FLOATS, x, x0 + BYTES, ORDER, m1).add(c01).intoMemorySegment(x, x0 + BYTES, ORDER, m1);
        if (p + 1 > last) {
            return;
        }
        long x1 = xo + 4L * xAt[p + 1];
        fromMemorySegment(FLOATS, x, x1, ORDER, m0).add(c10).intoMemorySegment(x, x1, ORDER, m0);
        fromMemorySegment(FLOATS, x, x1 + BYTES, ORDER, m1).add(c11).intoMemorySegment(x, x1 + BYTES, ORDER, m1);
        if (p + 2 > last) {
            return;
        }
        long x2 = xo + 4L * xAt[p + 2];
        fromMemorySegment(FLOATS, x, x2, ORDER, m0).add(c20).intoMemorySegment(x, x2, ORDER, m0);
        fromMemorySegment(FLOATS, x, x2 + BYTES, ORDER, m1).add(c21).intoMemorySegment(x, x2 + BYTES, ORDER, m1);
        if (p + 3 > last) {
            return;
        }
        long x3 = xo + 4L * xAt[p + 3];
        fromMemorySegment(FLOATS, x, x3, ORDER, m0).add(c30).intoMemorySegment(x, x3, ORDER, m0);
        fromMemorySegment(FLOATS, x, x3 + BYTES, ORDER, m1).add(c31).intoMemorySegment(x, x3 + BYTES, ORDER, m1);
        if (p + 4 > last) {
            return;
        }
        long x4 = xo + 4L * xAt[p + 4];
        fromMemorySegment(FLOATS, x, x4, ORDER, m0).add(c40).intoMemorySegment(x, x4, ORDER, m0);
        fromMemorySegment(FLOATS, x, x4 + BYTES, ORDER, m1).add(c41).intoMemorySegment(x, x4 + BYTES, ORDER, m1);
        if (p + 5 > last) {
            return;
        }
        long x5 = xo + 4L * xAt[p + 5];
        fromMemorySegment(FLOATS, x, x5, ORDER, m0).add(c50).intoMemorySegment(x, x5, ORDER, m0);
        fromMemorySegment(FLOATS, x, x5 + BYTES, ORDER, m1).add(c51).intoMemorySegment(x, x5 + BYTES, ORDER, m1);
    }

    static void planes(MemorySegment x, long xo, long stride, int[] at, float[] w, boolean relu, MemorySegment y,
            long yo, int out, int rows, int width) {
        float[] tile = Tile.mine().a;
        for (int row = 0; row < rows; row++) {
            for (int p = 0; p < width; p += WIDTH) {
                for (int channel = 0; channel < out; channel += HEIGHT) {
                    planeTile(x, xo + row * stride + 4L * p, at, w, channel * (at.length + 1), tile);
                    if (relu) {
                        relu(tile);
                    }
                    long to = yo + 4L * ((long) (row * width + p) * out + channel);
                    int pixels = Math.min(WIDTH, width - p);
                    if (out - channel >= HEIGHT) {
                        spread(tile, y, to, out, pixels);
                    } else {
                        spread(tile, y, to, out, out - channel, pixels);
                    }
                }
            }
        }
    }

    private static void planeTile(MemorySegment x, long xo, int[] at, float[] w, int wo, float[] tile) {
        x = offHeap(x);
        FloatVector c00 = FloatVector.broadcast(FLOATS, w[wo]);
        FloatVector c01 = c00;
        FloatVector c10 = FloatVector.broadcast(FLOATS, w[wo + 1]);
        FloatVector c11 = c10;
        FloatVector c20 = FloatVector.broadcast(FLOATS, w[wo + 2]);
        FloatVector c21 = c20;
        FloatVector c30 = FloatVector.broadcast(FLOATS, w[wo + 3]);
        FloatVector c31 = c30;
        FloatVector c40 = FloatVector.broadcast(FLOATS, w[wo + 4]);
        FloatVector c41 = c40;
        FloatVector c50 = FloatVector.broadcast(FLOATS, w[wo + 5]);
        FloatVector c51 = c50;
        int panel = wo;
        for (int offset : at) {
            panel += HEIGHT;
            FloatVector b0 = fromMemorySegment(FLOATS, x, xo + offset, ORDER);
            FloatVector b1 = fromMemorySegment(FLOATS, x, xo + offset + BYTES, ORDER);
            FloatVector a0 = FloatVector.broadcast(FLOATS, w[panel]);
            c00 = a0.fma(b0, FLOAT.cast(c00));
            c01 = a0.fma(b1, FLOAT.cast(c01));
            FloatVector a1 = FloatVector.broadcast(FLOATS, w[panel + 1]);
            c10 = a1.fma(b0, FLOAT.cast(c10));
            c11 = a1.fma(b1, FLOAT.cast(c11));
            FloatVector a2 = FloatVector.broadcast(FLOATS, w[panel + 2]);
            c20 = a2.fma(b0, FLOAT.cast(c20));
            c21 = a2.fma(b1, FLOAT.cast(c21));
            FloatVector a3 = FloatVector.broadcast(FLOATS, w[panel + 3]);
            c30 = a3.fma(b0, FLOAT.cast(c30));
            c31 = a3.fma(b1, FLOAT.cast(c31));
            FloatVector a4 = FloatVector.broadcast(FLOATS, w[panel + 4]);
            c40 = a4.fma(b0, FLOAT.cast(c40));
            c41 = a4.fma(b1, FLOAT.cast(c41));
            FloatVector a5 = FloatVector.broadcast(FLOATS, w[panel + 5]);
            c50 = a5.fma(b0, FLOAT.cast(c50));
            c51 = a5.fma(b1, FLOAT.cast(c51));
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

    private static void relu(float[] tile) {
        for (int i = 0; i < HEIGHT * WIDTH; i += COUNT) {
            FloatVector.fromArray(FLOATS, tile, i).max(0).intoArray(tile, i);
        }
    }

    /** Whole tiles: planes to pixels. */
    private static void spread(float[] tile, MemorySegment y, long yo, int out, int pixels) {
        y = offHeap(y);
        for (int p = 0; p < pixels; p++) {
            long to = yo + 4L * p * out;
            y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to, tile[p]);
            y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4, tile[WIDTH + p]);
            y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 8, tile[2 * WIDTH + p]);
            y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 12, tile[3 * WIDTH + p]);
            y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 16, tile[4 * WIDTH + p]);
            y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 20, tile[5 * WIDTH + p]);
        }
    }

    private static void spread(float[] tile, MemorySegment y, long yo, int out, int channels, int pixels) {
        y = offHeap(y);
        for (int p = 0; p < pixels; p++) {
            for (int c = 0; c < channels; c++) {
                y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, yo + 4L * (p * out + c), tile[c * WIDTH + p]);
            }
        }
    }
}
