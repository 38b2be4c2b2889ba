package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Lanes.BYTES;
import static io.chagres.runtime.kernel.Lanes.DOUBLE;
import static io.chagres.runtime.kernel.Lanes.FLOAT;
import static io.chagres.runtime.kernel.Lanes.FLOATS;
import static io.chagres.runtime.kernel.Lanes.ORDER;
import static io.chagres.runtime.kernel.Lanes.offHeap;
import static io.chagres.runtime.kernel.PlainReductions.ROWS_PER_BLOCK;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.MAX;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/** Sums and maxima with the Vector API: whole vectors here, the rest by {@link PlainReductions}. */
final class VectorReductions {
    private VectorReductions() {
    }

    /** Eight vectors are added up pair by pair in float32, three roundings one after the other, and go to totals in float64. */
    private static final long GROUP = 8 * BYTES;

    static double sum(MemorySegment x, long xo, long n) {
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        double[] lanes = Tile.mine().lanes;
        wholeSum(x, xo, end, lanes);
        double sum = Lanes.sum(lanes);
        return whole == n ? sum : sum + PlainReductions.sum(x, xo + end, n - whole);
    }

    private static void wholeSum(MemorySegment x, long xo, long end, double[] lanes) {
        x = offHeap(x);
        DoubleVector low = DoubleVector.zero(Lanes.DOUBLES);
        DoubleVector high = low;
        long i = 0;
        for (; i <= end - GROUP; i += GROUP) {
            FloatVector first = fromMemorySegment(FLOATS, x, xo + i, ORDER)
                    .add(fromMemorySegment(FLOATS, x, xo + i + BYTES, ORDER))
                    .add(fromMemorySegment(FLOATS, x, xo + i + 2 * BYTES, ORDER)
                            .add(fromMemorySegment(FLOATS, x, xo + i + 3 * BYTES, ORDER)));
            FloatVector second = fromMemorySegment(FLOATS, x, xo + i + 4 * BYTES, ORDER)
                    .add(fromMemorySegment(FLOATS, x, xo + i + 5 * BYTES, ORDER))
                    .add(fromMemorySegment(FLOATS, x, xo + i + 6 * BYTES, ORDER)
                            .add(fromMemorySegment(FLOATS, x, xo + i + 7 * BYTES, ORDER)));
            FloatVector all = first.add(second);
            low = DOUBLE.cast(low).add(all.convert(F2D, 0));
            high = DOUBLE.cast(high).add(all.convert(F2D, 1));
        }
        for (; i < end; i += BYTES) {
            FloatVector one = fromMemorySegment(FLOATS, x, xo + i, ORDER);
            low = DOUBLE.cast(low).add(one.convert(F2D, 0));
            high = DOUBLE.cast(high).add(one.convert(F2D, 1));
        }
        low.add(high).intoArray(lanes, 0);
    }

    static float max(MemorySegment x, long xo, long n) {
        x = offHeap(x);
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        long pairs = end - end % (2 * BYTES);
        FloatVector even = broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        FloatVector odd = even;
        for (long i = 0; i < pairs; i += 2 * BYTES) {
            even = FLOAT.cast(even).max(fromMemorySegment(FLOATS, x, xo + i, ORDER));
            odd = FLOAT.cast(odd).max(fromMemorySegment(FLOATS, x, xo + i + BYTES, ORDER));
        }
        if (pairs < end) {
            even = FLOAT.cast(even).max(fromMemorySegment(FLOATS, x, xo + pairs, ORDER));
        }
        float max = even.max(odd).reduceLanes(MAX);
        return whole == n ? max : Math.max(max, PlainReductions.max(x, xo + end, n - whole));
    }

    static void columnSum(MemorySegment x, long xo, int rows, int cols, int fromCol, int toCol, MemorySegment out,
            long oo, boolean accumulate) {
        int col = fromCol;
        for (; col + 4 * Lanes.COUNT <= toCol; col += 4 * Lanes.COUNT) {
            columnSum4(x, xo + 4L * col, rows, 4L * cols, out, oo + 4L * col, accumulate);
        }
        for (; col + Lanes.COUNT <= toCol; col += Lanes.COUNT) {
            columnSum1(x, xo + 4L * col, rows, 4L * cols, out, oo + 4L * col, accumulate);
        }
        if (col < toCol) {
            PlainReductions.columnSum(x, xo, rows, cols, col, toCol, out, oo, accumulate);
        }
    }

    private static void columnSum4(MemorySegment x, long xo, int rows, long stride, MemorySegment out, long oo,
            boolean accumulate) {
        x = offHeap(x);
        out = offHeap(out);
        boolean add = accumulate;
        int row = 0;
        do {
            FloatVector s0 = broadcast(FLOATS, 0);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            int end = Math.min(rows, row + ROWS_PER_BLOCK);
            for (; row < end; row++) {
                long at = xo + row * stride;
                s0 = FLOAT.cast(s0).add(fromMemorySegment(FLOATS, x, at, ORDER));
                s1 = FLOAT.cast(s1).add(fromMemorySegment(FLOATS, x, at + BYTES, ORDER));
                s2 = FLOAT.cast(s2).add(fromMemorySegment(FLOATS, x, at + 2 * BYTES, ORDER));
                s3 = FLOAT.cast(s3).add(fromMemorySegment(FLOATS, x, at + 3 * BYTES, ORDER));
            }
            if (add) {
                s0 = s0.add(fromMemorySegment(FLOATS, out, oo, ORDER));
                s1 = s1.add(fromMemorySegment(FLOATS, out, oo + BYTES, ORDER));
                s2 = s2.add(fromMemorySegment(FLOATS, out, oo + 2 * BYTES, ORDER));
                s3 = s3.add(fromMemorySegment(FLOATS, out, oo + 3 * BYTES, ORDER));
            }
            s0.intoMemorySegment(out, oo, ORDER);
            s1.intoMemorySegment(out, oo + BYTES, ORDER);
            s2.intoMemorySegment(out, oo + 2 * BYTES, ORDER);
            s3.intoMemorySegment(out, oo + 3 * BYTES, ORDER);
            add = true;
        } while (row < rows);
    }

    private static void columnSum1(MemorySegment x, long xo, int rows, long stride, MemorySegment out, long oo,
            boolean accumulate) {
        x = offHeap(x);
        out = offHeap(out);
        boolean add = accumulate;
        int row = 0;
        do {
            FloatVector sum = broadcast(FLOATS, 0);
            int end = Math.min(rows, row + ROWS_PER_BLOCK);
            for (; row < end; row++) {
                sum = FLOAT.cast(sum).add(fromMemorySegment(FLOATS, x, xo + row * stride, ORDER));
            }
            if (add) {
                sum = sum.add(fromMemorySegment(FLOATS, out, oo, ORDER));
            }
            sum.intoMemorySegment(out, oo, ORDER);
            add = true;
        } while (row < rows);
    }

    static double squares(MemorySegment x, long xo, long n, double centre) {
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        double[] lanes = Tile.mine().lanes;
        wholeSquares(x, xo, (float) centre, end, lanes);
        double sum = Lanes.sum(lanes);
        return whole == n ? sum : sum + PlainReductions.squares(x, xo + end, n - whole, centre);
    }

    private static void wholeSquares(MemorySegment x, long xo, float mid, long end, double[] lanes) {
        x = offHeap(x);
        DoubleVector low = DoubleVector.zero(Lanes.DOUBLES);
        DoubleVector high = low;
        long i = 0;
        for (; i <= end - 4 * BYTES; i += 4 * BYTES) {
            FloatVector d0 = fromMemorySegment(FLOATS, x, xo + i, ORDER).sub(mid);
            FloatVector d1 = fromMemorySegment(FLOATS, x, xo + i + BYTES, ORDER).sub(mid);
            FloatVector d2 = fromMemorySegment(FLOATS, x, xo + i + 2 * BYTES, ORDER).sub(mid);
            FloatVector d3 = fromMemorySegment(FLOATS, x, xo + i + 3 * BYTES, ORDER).sub(mid);
            FloatVector all = d0.mul(d0).add(d1.mul(d1)).add(d2.mul(d2).add(d3.mul(d3)));
            low = DOUBLE.cast(low).add(all.convert(F2D, 0));
            high = DOUBLE.cast(high).add(all.convert(F2D, 1));
        }
        for (; i < end; i += BYTES) {
            FloatVector d0 = fromMemorySegment(FLOATS, x, xo + i, ORDER).sub(mid);
            FloatVector one = d0.mul(d0);
            low = DOUBLE.cast(low).add(one.convert(F2D, 0));
            high = DOUBLE.cast(high).add(one.convert(F2D, 1));
        }
        low.add(high).intoArray(lanes, 0);
    }

    static double products(MemorySegment a, long ao, MemorySegment b, long bo, long n, double centre) {
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        double[] lanes = Tile.mine().lanes;
        wholeProducts(a, ao, b, bo, (float) centre, end, lanes);
        double sum = Lanes.sum(lanes);
        return whole == n ? sum : sum + PlainReductions.products(a, ao + end, b, bo + end, n - whole, centre);
    }

    private static void wholeProducts(MemorySegment a, long ao, MemorySegment b, long bo, float mid, long end,
            double[] lanes) {
        a = offHeap(a);
        b = offHeap(b);
        DoubleVector low = DoubleVector.zero(Lanes.DOUBLES);
        DoubleVector high = low;
        long i = 0;
        for (; i <= end - 4 * BYTES; i += 4 * BYTES) {
            FloatVector p0 = fromMemorySegment(FLOATS, a, ao + i, ORDER)
                    .mul(fromMemorySegment(FLOATS, b, bo + i, ORDER).sub(mid));
            FloatVector p1 = fromMemorySegment(FLOATS, a, ao + i + BYTES, ORDER)
                    .mul(fromMemorySegment(FLOATS, b, bo + i + BYTES, ORDER).sub(mid));
            FloatVector p2 = fromMemorySegment(FLOATS, a, ao + i + 2 * BYTES, ORDER)
                    .mul(fromMemorySegment(FLOATS, b, bo + i + 2 * BYTES, ORDER).sub(mid));
            FloatVector p3 = fromMemorySegment(FLOATS, a, ao + i + 3 * BYTES, ORDER)
                    .mul(fromMemorySegment(FLOATS, b, bo + i + 3 * BYTES, ORDER).sub(mid));
            FloatVector all = p0.add(p1).add(p2.add(p3));
            low = DOUBLE.cast(low).add(all.convert(F2D, 0));
            high = DOUBLE.cast(high).add(all.convert(F2D, 1));
        }
        for (; i < end; i += BYTES) {
            FloatVector one = fromMemorySegment(FLOATS, a, ao + i, ORDER)
                    .mul(fromMemorySegment(FLOATS, b, bo + i, ORDER).sub(mid));
            low = DOUBLE.cast(low).add(one.convert(F2D, 0));
            high = DOUBLE.cast(high).add(one.convert(F2D, 1));
        }
        low.add(high).intoArray(lanes, 0);
    }

    static void columnSquares(MemorySegment x, long xo, int rows, int cols, int fromCol, int toCol,
            MemorySegment centre, long co, MemorySegment out, long oo) {
        int col = fromCol;
        for (; col + Lanes.COUNT <= toCol; col += Lanes.COUNT) {
            columnSquares1(x, xo + 4L * col, rows, 4L * cols, centre, co + 4L * col, out, oo + 4L * col);
        }
        if (col < toCol) {
            PlainReductions.columnSquares(x, xo, rows, cols, col, toCol, centre, co, out, oo);
        }
    }

    private static void columnSquares1(MemorySegment x, long xo, int rows, long stride, MemorySegment centre, long co,
            MemorySegment out, long oo) {
        x = offHeap(x);
        centre = offHeap(centre);
        out = offHeap(out);
        FloatVector mid = fromMemorySegment(FLOATS, centre, co, ORDER);
        FloatVector squares = broadcast(FLOATS, 0);
        FloatVector drift = squares;
        int row = 0;
        while (row < rows) {
            FloatVector s = broadcast(FLOATS, 0);
            FloatVector d = s;
            int end = Math.min(rows, row + ROWS_PER_BLOCK);
            for (; row < end; row++) {
                FloatVector distance = fromMemorySegment(FLOATS, x, xo + row * stride, ORDER).sub(mid);
                s = FLOAT.cast(s).add(distance.mul(distance));
                d = FLOAT.cast(d).add(distance);
            }
            squares = FLOAT.cast(squares).add(s);
            drift = FLOAT.cast(drift).add(d);
        }
        squares.sub(drift.mul(drift).div(rows)).max(0).intoMemorySegment(out, oo, ORDER);
    }

    static void reluBackwardColumnSum(MemorySegment dy, long dyo, MemorySegment y, long yo, MemorySegment dx, long dxo,
            int rows, int cols, int fromCol, int toCol, MemorySegment out, long oo, boolean accumulate) {
        int col = fromCol;
        for (; col + Lanes.COUNT <= toCol; col += Lanes.COUNT) {
            long at = 4L * col;
            reluBackwardColumnSum1(dy, dyo + at, y, yo + at, dx, dxo + at, rows, 4L * cols, out, oo + at, accumulate);
        }
        if (col < toCol) {
            PlainReductions.reluBackwardColumnSum(dy, dyo, y, yo, dx, dxo, rows, cols, col, toCol, out, oo, accumulate);
        }
    }

    private static void reluBackwardColumnSum1(MemorySegment dy, long dyo, MemorySegment y, long yo, MemorySegment dx,
            long dxo, int rows, long stride, MemorySegment out, long oo, boolean accumulate) {
        dy = offHeap(dy);
        y = offHeap(y);
        dx = offHeap(dx);
        out = offHeap(out);
        FloatVector zero = broadcast(FLOATS, 0);
        boolean add = accumulate;
        int row = 0;
        do {
            FloatVector sum = zero;
            int end = Math.min(rows, row + ROWS_PER_BLOCK);
            for (; row < end; row++) {
                long at = row * stride;
                var off = fromMemorySegment(FLOATS, y, yo + at, ORDER).compare(LE, 0);
                FloatVector gradient = fromMemorySegment(FLOATS, dy, dyo + at, ORDER).blend(zero, off);
                gradient.intoMemorySegment(dx, dxo + at, ORDER);
                sum = FLOAT.cast(sum).add(gradient);
            }
            if (out != null) {
                if (add) {
                    sum = sum.add(fromMemorySegment(FLOATS, out, oo, ORDER));
                }
                sum.intoMemorySegment(out, oo, ORDER);
            }
            add = true;
        } while (row < rows);
    }
}
