package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The vector kernels, with the plain ones in their place while the compiler has not got to them. Until then every vector is an
 * object on the heap, and a pass over memory takes a hundred times as long. So an element-wise kernel does short pieces of
 * each range by vectors, to have it compiled and to see whether it is, and the rest by plain loops; both give the same bits.
 * Where vectors stay slow, as on processors that have none, plain loops stay. Kernels that add up go by vectors from the
 * start: their bits would change.
 */
final class WarmingKernels implements Kernels {
    /** So many multiply-adds count as one element: a vector does several at a time. */
    private static final int PRODUCTS = 8;

    private final Kernels vector;
    private final Kernels plain;
    private final Warmth[] unary = Warmth.each(Unary.values().length);
    private final Warmth[] binary = Warmth.each(Binary.values().length);
    private final Warmth[] arrays = Warmth.each(Unary.values().length);
    private final Warmth pieces = new Warmth();
    private final Warmth axpy = new Warmth();
    private final Warmth scale = new Warmth();
    private final Warmth scaleShift = new Warmth();
    private final Warmth combine = new Warmth();
    private final Warmth maxOfSquares = new Warmth();
    private final Warmth columnLines = new Warmth();
    private final Warmth columnCombinations = new Warmth();
    private final Warmth fill = new Warmth();
    private final Warmth reluBackward = new Warmth();
    private final Warmth u8ToF32 = new Warmth();
    private final Warmth adam = new Warmth();
    private final Warmth sgd = new Warmth();
    private final Warmth transpose = new Warmth();
    private final Warmth load = new Warmth();
    private final Warmth philox = new Warmth();
    private final Warmth atLeast = new Warmth();
    private final Warmth masked = new Warmth();
    private final Warmth weightedRows = new Warmth();
    private final Warmth addWindows = new Warmth();
    private final Warmth planes = new Warmth();

    WarmingKernels(Kernels vector, Kernels plain) {
        this.vector = vector;
        this.plain = plain;
    }

    @Override
    public String name() {
        return vector.name();
    }

    @Override
    public void unary(Unary f, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        var warmth = unary[f.ordinal()];
        if (warmth.isHot()) {
            vector.unary(f, x, xo, y, yo, n);
        } else {
            warmth.run(vector, plain, n, (k, from, count) -> k.unary(f, x, xo + 4 * from, y, yo + 4 * from, count));
        }
    }

    @Override
    public void binary(Binary f, MemorySegment a, long ao, int as, MemorySegment b, long bo, int bs, MemorySegment y,
            long yo, long n) {
        var warmth = binary[f.ordinal()];
        if (warmth.isHot()) {
            vector.binary(f, a, ao, as, b, bo, bs, y, yo, n);
        } else {
            warmth.run(vector, plain, n, (k, from, count) -> k.binary(f, a, ao + 4 * from * as, as, b,
                    bo + 4 * from * bs, bs, y, yo + 4 * from, count));
        }
    }

    @Override
    public void unary(Unary f, float[] t, int first, int n) {
        var warmth = arrays[f.ordinal()];
        if (warmth.isHot()) {
            vector.unary(f, t, first, n);
        } else {
            warmth.run(vector, plain, n, (k, from, count) -> k.unary(f, t, first + (int) from, (int) count));
        }
    }

    @Override
    public void pieces(Pieces lines, MemorySegment x, long xo, int xs, MemorySegment g, long go, int gs,
            MemorySegment y, long yo, long n) {
        if (pieces.isHot()) {
            vector.pieces(lines, x, xo, xs, g, go, gs, y, yo, n);
        } else {
            pieces.run(vector, plain, n, (k, from, count) -> k.pieces(lines, x, xo + 4 * from * xs, xs, g,
                    go + 4 * from * gs, gs, y, yo + 4 * from, count));
        }
    }

    @Override
    public void axpy(float alpha, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        if (axpy.isHot()) {
            vector.axpy(alpha, x, xo, y, yo, n);
        } else {
            axpy.run(vector, plain, n, (k, from, count) -> k.axpy(alpha, x, xo + 4 * from, y, yo + 4 * from, count));
        }
    }

    @Override
    public void scale(float alpha, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        if (scale.isHot()) {
            vector.scale(alpha, x, xo, y, yo, n);
        } else {
            scale.run(vector, plain, n, (k, from, count) -> k.scale(alpha, x, xo + 4 * from, y, yo + 4 * from, count));
        }
    }

    @Override
    public void scaleShift(float alpha, float beta, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        if (scaleShift.isHot()) {
            vector.scaleShift(alpha, beta, x, xo, y, yo, n);
        } else {
            scaleShift.run(vector, plain, n,
                    (k, from, count) -> k.scaleShift(alpha, beta, x, xo + 4 * from, y, yo + 4 * from, count));
        }
    }

    @Override
    public void combine(float alpha, MemorySegment a, long ao, float beta, MemorySegment b, long bo, float gamma,
            MemorySegment y, long yo, long n) {
        if (combine.isHot()) {
            vector.combine(alpha, a, ao, beta, b, bo, gamma, y, yo, n);
        } else {
            combine.run(vector, plain, n, (k, from, count) -> k.combine(alpha, a, ao + 4 * from, beta, b,
                    bo + 4 * from, gamma, y, yo + 4 * from, count));
        }
    }

    @Override
    public void maxOfSquares(MemorySegment x, long xo, long cols, MemorySegment y, long yo, long rows, long half) {
        if (maxOfSquares.isHot() || half == 0) {
            vector.maxOfSquares(x, xo, cols, y, yo, rows, half);
        } else {
            maxOfSquares.run(vector, plain, rows, half,
                    (k, from, count) -> k.maxOfSquares(x, xo + 8 * from * cols, cols,
                            y, yo + 4 * from * half, count, half));
        }
    }

    @Override
    public void columnLines(MemorySegment x, long xo, MemorySegment lines, long lo, int gap, MemorySegment y, long yo,
            int rows, int cols) {
        if (columnLines.isHot() || cols == 0) {
            vector.columnLines(x, xo, lines, lo, gap, y, yo, rows, cols);
        } else {
            columnLines.run(vector, plain, rows, cols, (k, from, count) -> k.columnLines(x, xo + 4 * from * cols, lines,
                    lo, gap, y, yo + 4 * from * cols, (int) count, cols));
        }
    }

    @Override
    public void columnCombinations(MemorySegment a, long ao, MemorySegment b, long bo, MemorySegment lines, long lo,
            int gap, MemorySegment y, long yo, int rows, int cols) {
        if (columnCombinations.isHot() || cols == 0) {
            vector.columnCombinations(a, ao, b, bo, lines, lo, gap, y, yo, rows, cols);
        } else {
            columnCombinations.run(vector, plain, rows, cols,
                    (k, from, count) -> k.columnCombinations(a, ao + 4 * from * cols, b, bo + 4 * from * cols, lines,
                            lo, gap, y, yo + 4 * from * cols, (int) count, cols));
        }
    }

    @Override
    public void columnMoments(MemorySegment x, long xo, int rows, int cols, MemorySegment centre, long co,
            MemorySegment out, long oo) {
        vector.columnMoments(x, xo, rows, cols, centre, co, out, oo);
    }

    @Override
    public void columnProducts(MemorySegment dy, long dyo, MemorySegment x, long xo, int rows, int cols,
            MemorySegment centre, long co, MemorySegment out, long oo) {
        vector.columnProducts(dy, dyo, x, xo, rows, cols, centre, co, out, oo);
    }

    @Override
    public void fill(float value, MemorySegment y, long yo, long n) {
        if (fill.isHot()) {
            vector.fill(value, y, yo, n);
        } else {
            fill.run(vector, plain, n, (k, from, count) -> k.fill(value, y, yo + 4 * from, count));
        }
    }

    @Override
    public void reluBackward(MemorySegment dy, long dyo, MemorySegment y, long yo, MemorySegment dx, long dxo,
            long n) {
        if (reluBackward.isHot()) {
            vector.reluBackward(dy, dyo, y, yo, dx, dxo, n);
        } else {
            reluBackward.run(vector, plain, n, (k, from, count) -> k.reluBackward(dy, dyo + 4 * from, y, yo + 4 * from,
                    dx, dxo + 4 * from, count));
        }
    }

    @Override
    public void u8ToF32(MemorySegment x, long xo, MemorySegment y, long yo, long n, float scale, float shift) {
        if (u8ToF32.isHot()) {
            vector.u8ToF32(x, xo, y, yo, n, scale, shift);
        } else {
            u8ToF32.run(vector, plain, n,
                    (k, from, count) -> k.u8ToF32(x, xo + from, y, yo + 4 * from, count, scale, shift));
        }
    }

    @Override
    public void adam(AdamStep step, MemorySegment p, long po, MemorySegment g, long go, MemorySegment m, long mo,
            MemorySegment v, long vo, long n) {
        if (adam.isHot()) {
            vector.adam(step, p, po, g, go, m, mo, v, vo, n);
        } else {
            adam.run(vector, plain, n, (k, from, count) -> k.adam(step, p, po + 4 * from, g, go + 4 * from, m,
                    mo + 4 * from, v, vo + 4 * from, count));
        }
    }

    @Override
    public void sgd(SgdStep step, MemorySegment p, long po, MemorySegment g, long go, MemorySegment b, long bo,
            long n) {
        if (sgd.isHot()) {
            vector.sgd(step, p, po, g, go, b, bo, n);
        } else {
            sgd.run(vector, plain, n,
                    (k, from, count) -> k.sgd(step, p, po + 4 * from, g, go + 4 * from, b, bo + 4 * from, count));
        }
    }

    @Override
    public double sum(MemorySegment x, long xo, long n) {
        return vector.sum(x, xo, n);
    }

    @Override
    public float max(MemorySegment x, long xo, long n) {
        return vector.max(x, xo, n);
    }

    @Override
    public double products(MemorySegment a, long ao, MemorySegment b, long bo, long n, double centre) {
        return vector.products(a, ao, b, bo, n, centre);
    }

    @Override
    public double squares(MemorySegment x, long xo, long n, double centre) {
        return vector.squares(x, xo, n, centre);
    }

    @Override
    public void columnSquares(MemorySegment x, long xo, int rows, int cols, int fromCol, int toCol,
            MemorySegment centre, long co, MemorySegment out, long oo) {
        vector.columnSquares(x, xo, rows, cols, fromCol, toCol, centre, co, out, oo);
    }

    @Override
    public void columnSum(MemorySegment x, long xo, int rows, int cols, int fromCol, int toCol, MemorySegment out,
            long oo, boolean accumulate) {
        vector.columnSum(x, xo, rows, cols, fromCol, toCol, out, oo, accumulate);
    }

    @Override
    public void reluBackwardColumnSum(MemorySegment dy, long dyo, MemorySegment y, long yo, MemorySegment dx, long dxo,
            int rows, int cols, int fromCol, int toCol, MemorySegment out, long oo, boolean accumulate) {
        vector.reluBackwardColumnSum(dy, dyo, y, yo, dx, dxo, rows, cols, fromCol, toCol, out, oo, accumulate);
    }

    @Override
    public void softmaxRows(MemorySegment x, long xo, MemorySegment y, long yo, int rows, int cols) {
        vector.softmaxRows(x, xo, y, yo, rows, cols);
    }

    @Override
    public void logSoftmaxRows(MemorySegment x, long xo, MemorySegment y, long yo, int rows, int cols) {
        vector.logSoftmaxRows(x, xo, y, yo, rows, cols);
    }

    @Override
    public double crossEntropyRows(MemorySegment x, long xo, MemorySegment labels, long lo, long ignore,
            MemorySegment p, long po, int rows, int cols) {
        return vector.crossEntropyRows(x, xo, labels, lo, ignore, p, po, rows, cols);
    }

    @Override
    public void crossEntropyRowsBackward(MemorySegment p, long po, MemorySegment labels, long lo, long ignore,
            float scale, MemorySegment dx, long dxo, int rows, int cols) {
        vector.crossEntropyRowsBackward(p, po, labels, lo, ignore, scale, dx, dxo, rows, cols);
    }

    @Override
    public void transposeSquare(MemorySegment x, long xo, long xs, MemorySegment y, long yo, long ys) {
        if (transpose.isHot()) {
            vector.transposeSquare(x, xo, xs, y, yo, ys);
        } else {
            transpose.runSometimes(vector, plain, Moves.BLOCK, k -> k.transposeSquare(x, xo, xs, y, yo, ys));
        }
    }

    @Override
    public void transposeSquare(MemorySegment x, long xo, long xs, float[] y) {
        if (load.isHot()) {
            vector.transposeSquare(x, xo, xs, y);
        } else {
            load.runSometimes(vector, plain, Moves.BLOCK, k -> k.transposeSquare(x, xo, xs, y));
        }
    }

    @Override
    public void philox(long counterLow, long counterHigh, long key, int[] to, int from, int blocks) {
        if (philox.isHot()) {
            vector.philox(counterLow, counterHigh, key, to, from, blocks);
        } else {
            philox.run(vector, plain, blocks, 4, (k, first, count) -> k.philox(counterLow + first, counterHigh, key, to,
                    from + 4 * (int) first, (int) count));
        }
    }

    @Override
    public void atLeast(int least, int[] numbers, int from, MemorySegment mask, long mo, int n) {
        if (atLeast.isHot()) {
            vector.atLeast(least, numbers, from, mask, mo, n);
        } else {
            atLeast.run(vector, plain, n, (k, first, count) -> k.atLeast(least, numbers, from + (int) first, mask,
                    mo + first / 8, (int) count));
        }
    }

    @Override
    public void masked(MemorySegment mask, long mo, float scale, float kept, float dropped, MemorySegment x, long xo,
            MemorySegment y, long yo, long n) {
        if (masked.isHot()) {
            vector.masked(mask, mo, scale, kept, dropped, x, xo, y, yo, n);
        } else {
            masked.run(vector, plain, n, (k, from, count) -> k.masked(mask, mo + from / 8, scale, kept, dropped, x,
                    xo + 4 * from, y, yo + 4 * from, count));
        }
    }

    @Override
    public void weightedRows(int[] begin, int[] index, float[] weight, int from, int to, MemorySegment x, long xo,
            long inner, MemorySegment y, long yo) {
        if (weightedRows.isHot()) {
            vector.weightedRows(begin, index, weight, from, to, x, xo, inner, y, yo);
        } else {
            weightedRows.run(vector, plain, to - from, inner, (k, first, count) -> k.weightedRows(begin, index, weight,
                    from + (int) first, from + (int) (first + count), x, xo, inner, y, yo + 4 * first * inner));
        }
    }

    @Override
    public void addWindows(float[] y, int[] yAt, float[] w, int wo, int depth, int run, MemorySegment x, long xo,
            int[] xAt, int from, int to) {
        if (addWindows.isHot()) {
            vector.addWindows(y, yAt, w, wo, depth, run, x, xo, xAt, from, to);
        } else {
            addWindows.run(vector, plain, to - from, Math.ceilDiv((long) depth * run, PRODUCTS),
                    (k, first, count) -> k.addWindows(y, yAt, w, wo, depth, run, x, xo, xAt, from + (int) first,
                            from + (int) (first + count)));
        }
    }

    @Override
    public void planes(MemorySegment x, long xo, long stride, int[] at, float[] w, boolean relu, MemorySegment y,
            long yo, int out, int rows, int width) {
        if (planes.isHot()) {
            vector.planes(x, xo, stride, at, w, relu, y, yo, out, rows, width);
        } else {
            planes.run(vector, plain, rows, Math.ceilDiv((long) width * at.length * out, PRODUCTS),
                    (k, row, count) -> k.planes(x, xo + row * stride, stride, at, w, relu, y,
                            yo + 4 * row * width * out, out, (int) count, width));
        }
    }
}
