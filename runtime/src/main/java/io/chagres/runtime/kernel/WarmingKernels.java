package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The vector kernels, with the plain ones in their place while the compiler has not got to them. Until then every vector is an
 * object on the heap, and a pass over memory takes a hundred times as long. So an element-wise kernel does a short piece of
 * each range by vectors, to have it compiled and to see whether it is, and the rest by plain loops; both give the same bits.
 * Where vectors stay slow, as on processors that have none, plain loops stay. Kernels that add up go by vectors from the
 * start: their bits would change.
 */
final class WarmingKernels implements Kernels {
    private final Kernels vector;
    private final Kernels plain;
    private final Warmth[] unary = Warmth.each(Unary.values().length);
    private final Warmth[] binary = Warmth.each(Binary.values().length);
    private final Warmth axpy = new Warmth();
    private final Warmth scale = new Warmth();
    private final Warmth fill = new Warmth();
    private final Warmth reluBackward = new Warmth();
    private final Warmth u8ToF32 = new Warmth();
    private final Warmth adam = new Warmth();
    private final Warmth sgd = new Warmth();

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
        long piece = warmth.vectorPart(n);
        long start = warmth.begin();
        vector.unary(f, x, xo, y, yo, piece);
        warmth.end(start, piece);
        if (piece < n) {
            plain.unary(f, x, xo + 4 * piece, y, yo + 4 * piece, n - piece);
        }
    }

    @Override
    public void binary(Binary f, MemorySegment a, long ao, int as, MemorySegment b, long bo, int bs, MemorySegment y,
            long yo, long n) {
        var warmth = binary[f.ordinal()];
        long piece = warmth.vectorPart(n);
        long start = warmth.begin();
        vector.binary(f, a, ao, as, b, bo, bs, y, yo, piece);
        warmth.end(start, piece);
        if (piece < n) {
            plain.binary(f, a, ao + 4 * piece * as, as, b, bo + 4 * piece * bs, bs, y, yo + 4 * piece, n - piece);
        }
    }

    @Override
    public void axpy(float alpha, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        long piece = axpy.vectorPart(n);
        long start = axpy.begin();
        vector.axpy(alpha, x, xo, y, yo, piece);
        axpy.end(start, piece);
        if (piece < n) {
            plain.axpy(alpha, x, xo + 4 * piece, y, yo + 4 * piece, n - piece);
        }
    }

    @Override
    public void scale(float alpha, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        long piece = scale.vectorPart(n);
        long start = scale.begin();
        vector.scale(alpha, x, xo, y, yo, piece);
        scale.end(start, piece);
        if (piece < n) {
            plain.scale(alpha, x, xo + 4 * piece, y, yo + 4 * piece, n - piece);
        }
    }

    @Override
    public void fill(float value, MemorySegment y, long yo, long n) {
        long piece = fill.vectorPart(n);
        long start = fill.begin();
        vector.fill(value, y, yo, piece);
        fill.end(start, piece);
        if (piece < n) {
            plain.fill(value, y, yo + 4 * piece, n - piece);
        }
    }

    @Override
    public void reluBackward(MemorySegment dy, long dyo, MemorySegment y, long yo, MemorySegment dx, long dxo,
            long n) {
        long piece = reluBackward.vectorPart(n);
        long start = reluBackward.begin();
        vector.reluBackward(dy, dyo, y, yo, dx, dxo, piece);
        reluBackward.end(start, piece);
        if (piece < n) {
            plain.reluBackward(dy, dyo + 4 * piece, y, yo + 4 * piece, dx, dxo + 4 * piece, n - piece);
        }
    }

    @Override
    public void u8ToF32(MemorySegment x, long xo, MemorySegment y, long yo, long n, float scale, float shift) {
        long piece = u8ToF32.vectorPart(n);
        long start = u8ToF32.begin();
        vector.u8ToF32(x, xo, y, yo, piece, scale, shift);
        u8ToF32.end(start, piece);
        if (piece < n) {
            plain.u8ToF32(x, xo + piece, y, yo + 4 * piece, n - piece, scale, shift);
        }
    }

    @Override
    public void adam(AdamStep step, MemorySegment p, long po, MemorySegment g, long go, MemorySegment m, long mo,
            MemorySegment v, long vo, long n) {
        long piece = adam.vectorPart(n);
        long start = adam.begin();
        vector.adam(step, p, po, g, go, m, mo, v, vo, piece);
        adam.end(start, piece);
        if (piece < n) {
            long at = 4 * piece;
            plain.adam(step, p, po + at, g, go + at, m, mo + at, v, vo + at, n - piece);
        }
    }

    @Override
    public void sgd(SgdStep step, MemorySegment p, long po, MemorySegment g, long go, MemorySegment b, long bo,
            long n) {
        long piece = sgd.vectorPart(n);
        long start = sgd.begin();
        vector.sgd(step, p, po, g, go, b, bo, piece);
        sgd.end(start, piece);
        if (piece < n) {
            long at = 4 * piece;
            plain.sgd(step, p, po + at, g, go + at, b, bo + at, n - piece);
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
}
