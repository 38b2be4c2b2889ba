package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Lanes.BYTES;
import static io.chagres.runtime.kernel.Lanes.FLOAT;
import static io.chagres.runtime.kernel.Lanes.FLOATS;
import static io.chagres.runtime.kernel.Lanes.ORDER;
import static io.chagres.runtime.kernel.Lanes.offHeap;
import static io.chagres.runtime.kernel.PlainReductions.ROWS_PER_BLOCK;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Normalization column by column with the Vector API: whole vectors of columns here, the rest by {@link PlainColumns}. */
final class VectorColumns {
    private VectorColumns() {
    }

    static void columnMoments(MemorySegment x, long xo, int rows, int cols, MemorySegment centre, long co,
            MemorySegment out, long oo) {
        int col = 0;
        for (; col + 2 * Lanes.COUNT <= cols; col += 2 * Lanes.COUNT) {
            moments2(x, xo + 4L * col, rows, 4L * cols, centre, co + 4L * col, out, oo + 4L * col);
        }
        for (; col + Lanes.COUNT <= cols; col += Lanes.COUNT) {
            moments1(x, xo + 4L * col, rows, 4L * cols, centre, co + 4L * col, out, oo + 4L * col);
        }
        if (col < cols) {
            PlainColumns.columnMoments(x, xo, rows, cols, col, centre, co, out, oo);
        }
    }

    private static void moments2(MemorySegment x, long xo, int rows, long stride, MemorySegment centre, long co,
            MemorySegment out, long oo) {
        x = offHeap(x);
        out = offHeap(out);
        centre = offHeap(centre);
        FloatVector c0 = fromMemorySegment(FLOATS, centre, co, ORDER);
        FloatVector c1 = fromMemorySegment(FLOATS, centre, co + BYTES, ORDER);
        boolean add = false;
        int row = 0;
        do {
            FloatVector s0 = FloatVector.zero(FLOATS);
            FloatVector s1 = s0;
            FloatVector q0 = s0;
            FloatVector q1 = s0;
            int end = Math.min(rows, row + ROWS_PER_BLOCK);
            for (; row < end; row++) {
                long at = xo + row * stride;
                FloatVector d0 = fromMemorySegment(FLOATS, x, at, ORDER).sub(c0);
                FloatVector d1 = fromMemorySegment(FLOATS, x, at + BYTES, ORDER).sub(c1);
                s0 = FLOAT.cast(s0).add(d0);
                s1 = FLOAT.cast(s1).add(d1);
                q0 = FLOAT.cast(q0).add(d0.mul(d0));
                q1 = FLOAT.cast(q1).add(d1.mul(d1));
            }
            if (add) {
                s0 = s0.add(fromMemorySegment(FLOATS, out, oo, ORDER));
                s1 = s1.add(fromMemorySegment(FLOATS, out, oo + BYTES, ORDER));
                q0 = q0.add(fromMemorySegment(FLOATS, out, oo + stride, ORDER));
                q1 = q1.add(fromMemorySegment(FLOATS, out, oo + stride + BYTES, ORDER));
            }
            s0.intoMemorySegment(out, oo, ORDER);
            s1.intoMemorySegment(out, oo + BYTES, ORDER);
            q0.intoMemorySegment(out, oo + stride, ORDER);
            q1.intoMemorySegment(out, oo + stride + BYTES, ORDER);
            add = true;
        } while (row < rows);
    }

    private static void moments1(MemorySegment x, long xo, int rows, long stride, MemorySegment centre, long co,
            MemorySegment out, long oo) {
        x = offHeap(x);
        out = offHeap(out);
        centre = offHeap(centre);
        FloatVector c0 = fromMemorySegment(FLOATS, centre, co, ORDER);
        boolean add = false;
        int row = 0;
        do {
            FloatVector s0 = FloatVector.zero(FLOATS);
            FloatVector q0 = s0;
            int end = Math.min(rows, row + ROWS_PER_BLOCK);
            for (; row < end; row++) {
                FloatVector d0 = fromMemorySegment(FLOATS, x, xo + row * stride, ORDER).sub(c0);
                s0 = FLOAT.cast(s0).add(d0);
                q0 = FLOAT.cast(q0).add(d0.mul(d0));
            }
            if (add) {
                s0 = s0.add(fromMemorySegment(FLOATS, out, oo, ORDER));
                q0 = q0.add(fromMemorySegment(FLOATS, out, oo + stride, ORDER));
            }
            s0.intoMemorySegment(out, oo, ORDER);
            q0.intoMemorySegment(out, oo + stride, ORDER);
            add = true;
        } while (row < rows);
    }

    static void columnProducts(MemorySegment dy, long dyo, MemorySegment x, long xo, int rows, int cols,
            MemorySegment centre, long co, MemorySegment out, long oo) {
        int col = 0;
        for (; col + 2 * Lanes.COUNT <= cols; col += 2 * Lanes.COUNT) {
            long at = 4L * col;
            products2(dy, dyo + at, x, xo + at, rows, 4L * cols, centre, co + at, out, oo + at);
        }
        for (; col + Lanes.COUNT <= cols; col += Lanes.COUNT) {
            long at = 4L * col;
            products1(dy, dyo + at, x, xo + at, rows, 4L * cols, centre, co + at, out, oo + at);
        }
        if (col < cols) {
            PlainColumns.columnProducts(dy, dyo, x, xo, rows, cols, col, centre, co, out, oo);
        }
    }

    private static void products2(MemorySegment dy, long dyo, MemorySegment x, long xo, int rows, long stride,
            MemorySegment centre, long co, MemorySegment out, long oo) {
        x = offHeap(x);
        dy = offHeap(dy);
        out = offHeap(out);
        centre = offHeap(centre);
        FloatVector c0 = fromMemorySegment(FLOATS, centre, co, ORDER);
        FloatVector c1 = fromMemorySegment(FLOATS, centre, co + BYTES, ORDER);
        boolean add = false;
        int row = 0;
        do {
            FloatVector s0 = FloatVector.zero(FLOATS);
            FloatVector s1 = s0;
            FloatVector p0 = s0;
            FloatVector p1 = s0;
            int end = Math.min(rows, row + ROWS_PER_BLOCK);
            for (; row < end; row++) {
                long at = row * stride;
                FloatVector g0 = fromMemorySegment(FLOATS, dy, dyo + at, ORDER);
                FloatVector g1 = fromMemorySegment(FLOATS, dy, dyo + at + BYTES, ORDER);
                FloatVector d0 = fromMemorySegment(FLOATS, x, xo + at, ORDER).sub(c0);
                FloatVector d1 = fromMemorySegment(FLOATS, x, xo + at + BYTES, ORDER).sub(c1);
                s0 = FLOAT.cast(s0).add(g0);
                s1 = FLOAT.cast(s1).add(g1);
                p0 = FLOAT.cast(p0).add(d0.mul(g0));
                p1 = FLOAT.cast(p1).add(d1.mul(g1));
            }
            if (add) {
                s0 = s0.add(fromMemorySegment(FLOATS, out, oo, ORDER));
                s1 = s1.add(fromMemorySegment(FLOATS, out, oo + BYTES, ORDER));
                p0 = p0.add(fromMemorySegment(FLOATS, out, oo + stride, ORDER));
                p1 = p1.add(fromMemorySegment(FLOATS, out, oo + stride + BYTES, ORDER));
            }
            s0.intoMemorySegment(out, oo, ORDER);
            s1.intoMemorySegment(out, oo + BYTES, ORDER);
            p0.intoMemorySegment(out, oo + stride, ORDER);
            p1.intoMemorySegment(out, oo + stride + BYTES, ORDER);
            add = true;
        } while (row < rows);
    }

    private static void products1(MemorySegment dy, long dyo, MemorySegment x, long xo, int rows, long stride,
            MemorySegment centre, long co, MemorySegment out, long oo) {
        x = offHeap(x);
        dy = offHeap(dy);
        out = offHeap(out);
        centre = offHeap(centre);
        FloatVector c0 = fromMemorySegment(FLOATS, centre, co, ORDER);
        boolean add = false;
        int row = 0;
        do {
            FloatVector s0 = FloatVector.zero(FLOATS);
            FloatVector p0 = s0;
            int end = Math.min(rows, row + ROWS_PER_BLOCK);
            for (; row < end; row++) {
                long at = row * stride;
                FloatVector g0 = fromMemorySegment(FLOATS, dy, dyo + at, ORDER);
                FloatVector d0 = fromMemorySegment(FLOATS, x, xo + at, ORDER).sub(c0);
                s0 = FLOAT.cast(s0).add(g0);
                p0 = FLOAT.cast(p0).add(d0.mul(g0));
            }
            if (add) {
                s0 = s0.add(fromMemorySegment(FLOATS, out, oo, ORDER));
                p0 = p0.add(fromMemorySegment(FLOATS, out, oo + stride, ORDER));
            }
            s0.intoMemorySegment(out, oo, ORDER);
            p0.intoMemorySegment(out, oo + stride, ORDER);
            add = true;
        } while (row < rows);
    }

    static void columnLines(MemorySegment x, long xo, MemorySegment lines, long lo, int gap, MemorySegment y, long yo,
            int rows, int cols) {
        int whole = FLOATS.loopBound(cols);
        wholeLines(x, xo, lines, lo, 4L * gap, y, yo, rows, 4L * cols, 4L * whole);
        if (whole < cols) {
            PlainColumns.columnLines(x, xo, lines, lo, gap, y, yo, rows, cols, whole);
        }
    }

    private static void wholeLines(MemorySegment x, long xo, MemorySegment lines, long lo, long gap, MemorySegment y,
            long yo, int rows, long stride, long end) {
        x = offHeap(x);
        y = offHeap(y);
        lines = offHeap(lines);
        for (int row = 0; row < rows; row++) {
            long from = xo + row * stride;
            long to = yo + row * stride;
            for (long i = 0; i < end; i += BYTES) {
                fromMemorySegment(FLOATS, x, from + i, ORDER).mul(fromMemorySegment(FLOATS, lines, lo + i, ORDER))
                        .add(fromMemorySegment(FLOATS, lines, lo + gap + i, ORDER)).intoMemorySegment(y, to + i, ORDER);
            }
        }
    }

    static void columnCombinations(MemorySegment a, long ao, MemorySegment b, long bo, MemorySegment lines, long lo,
            int gap, MemorySegment y, long yo, int rows, int cols) {
        int whole = FLOATS.loopBound(cols);
        wholeCombinations(a, ao, b, bo, lines, lo, 4L * gap, y, yo, rows, 4L * cols, 4L * whole);
        if (whole < cols) {
            PlainColumns.columnCombinations(a, ao, b, bo, lines, lo, gap, y, yo, rows, cols, whole);
        }
    }

    private static void wholeCombinations(MemorySegment a, long ao, MemorySegment b, long bo, MemorySegment lines,
            long lo, long gap, MemorySegment y, long yo, int rows, long stride, long end) {
        a = offHeap(a);
        b = offHeap(b);
        y = offHeap(y);
        lines = offHeap(lines);
        for (int row = 0; row < rows; row++) {
            long at = row * stride;
            for (long i = 0; i < end; i += BYTES) {
                FloatVector first = fromMemorySegment(FLOATS, a, ao + at + i, ORDER)
                        .mul(fromMemorySegment(FLOATS, lines, lo + i, ORDER));
                FloatVector second = fromMemorySegment(FLOATS, b, bo + at + i, ORDER)
                        .mul(fromMemorySegment(FLOATS, lines, lo + gap + i, ORDER));
                first.add(second).add(fromMemorySegment(FLOATS, lines, lo + 2 * gap + i, ORDER))
                        .intoMemorySegment(y, yo + at + i, ORDER);
            }
        }
    }
}
