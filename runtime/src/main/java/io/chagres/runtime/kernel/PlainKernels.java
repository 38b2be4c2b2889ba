package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;

/** {@link Kernels} in plain Java, a {@link Tile} at a time: runs on every JVM. */
final class PlainKernels implements Kernels {
    static final PlainKernels INSTANCE = new PlainKernels();

    private final Rows shortRows = new ShortRows((tile, n) -> PlainElementwise.exp(tile.a, n));
    private final Rows longRows = new LongRows(this, (tile, n) -> PlainElementwise.exp(tile.a, n));

    private PlainKernels() {
    }

    private Rows rows(int cols) {
        return cols <= Tile.SIZE ? shortRows : longRows;
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public void unary(Unary f, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        PlainElementwise.unary(f, x, xo, y, yo, n);
    }

    @Override
    public void binary(Binary f, MemorySegment a, long ao, int as, MemorySegment b, long bo, int bs, MemorySegment y,
            long yo, long n) {
        PlainElementwise.binary(f, a, ao, as, b, bo, bs, y, yo, n);
    }

    @Override
    public void unary(Unary f, float[] t, int from, int n) {
        PlainElementwise.unary(f, t, from, n);
    }

    @Override
    public void pieces(Pieces pieces, MemorySegment x, long xo, int xs, MemorySegment g, long go, int gs,
            MemorySegment y, long yo, long n) {
        PlainElementwise.pieces(pieces, x, xo, xs, g, go, gs, y, yo, n);
    }

    @Override
    public void axpy(float alpha, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        PlainElementwise.axpy(alpha, x, xo, y, yo, n);
    }

    @Override
    public void scaleShift(float alpha, float beta, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        PlainElementwise.scaleShift(alpha, beta, x, xo, y, yo, n);
    }

    @Override
    public void combine(float alpha, MemorySegment a, long ao, float beta, MemorySegment b, long bo, float gamma,
            MemorySegment y, long yo, long n) {
        PlainElementwise.combine(alpha, a, ao, beta, b, bo, gamma, y, yo, n);
    }

    @Override
    public void maxOfSquares(MemorySegment x, long xo, long cols, MemorySegment y, long yo, long rows, long half) {
        PlainElementwise.maxOfSquares(x, xo, cols, y, yo, rows, half);
    }

    @Override
    public double products(MemorySegment a, long ao, MemorySegment b, long bo, long n, double centre) {
        return PlainReductions.products(a, ao, b, bo, n, centre);
    }

    @Override
    public void scale(float alpha, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        PlainElementwise.scale(alpha, x, xo, y, yo, n);
    }

    @Override
    public void fill(float value, MemorySegment y, long yo, long n) {
        PlainElementwise.fill(value, y, yo, n);
    }

    @Override
    public double sum(MemorySegment x, long xo, long n) {
        return PlainReductions.sum(x, xo, n);
    }

    @Override
    public float max(MemorySegment x, long xo, long n) {
        return PlainReductions.max(x, xo, n);
    }

    @Override
    public double squares(MemorySegment x, long xo, long n, double centre) {
        return PlainReductions.squares(x, xo, n, centre);
    }

    @Override
    public void columnSquares(MemorySegment x, long xo, int rows, int cols, int fromCol, int toCol,
            MemorySegment centre, long co, MemorySegment out, long oo) {
        PlainReductions.columnSquares(x, xo, rows, cols, fromCol, toCol, centre, co, out, oo);
    }

    @Override
    public void columnSum(MemorySegment x, long xo, int rows, int cols, int fromCol, int toCol, MemorySegment out,
            long oo, boolean accumulate) {
        PlainReductions.columnSum(x, xo, rows, cols, fromCol, toCol, out, oo, accumulate);
    }

    @Override
    public void columnMoments(MemorySegment x, long xo, int rows, int cols, MemorySegment centre, long co,
            MemorySegment out,
            long oo) {
        PlainColumns.columnMoments(x, xo, rows, cols, centre, co, out, oo);
    }

    @Override
    public void columnProducts(MemorySegment dy, long dyo, MemorySegment x, long xo, int rows, int cols,
            MemorySegment centre,
            long co, MemorySegment out, long oo) {
        PlainColumns.columnProducts(dy, dyo, x, xo, rows, cols, centre, co, out, oo);
    }

    @Override
    public void columnLines(MemorySegment x, long xo, MemorySegment lines, long lo, int gap, MemorySegment y, long yo,
            int rows, int cols) {
        PlainColumns.columnLines(x, xo, lines, lo, gap, y, yo, rows, cols);
    }

    @Override
    public void columnCombinations(MemorySegment a, long ao, MemorySegment b, long bo, MemorySegment lines, long lo,
            int gap,
            MemorySegment y, long yo, int rows, int cols) {
        PlainColumns.columnCombinations(a, ao, b, bo, lines, lo, gap, y, yo, rows, cols);
    }

    @Override
    public void reluBackward(MemorySegment dy, long dyo, MemorySegment y, long yo, MemorySegment dx, long dxo,
            long n) {
        PlainElementwise.reluBackward(dy, dyo, y, yo, dx, dxo, n);
    }

    @Override
    public void reluBackwardColumnSum(MemorySegment dy, long dyo, MemorySegment y, long yo, MemorySegment dx, long dxo,
            int rows, int cols, int fromCol, int toCol, MemorySegment out, long oo, boolean accumulate) {
        PlainReductions.reluBackwardColumnSum(dy, dyo, y, yo, dx, dxo, rows, cols, fromCol, toCol, out, oo,
                accumulate);
    }

    @Override
    public void softmaxRows(MemorySegment x, long xo, MemorySegment y, long yo, int rows, int cols) {
        rows(cols).softmax(x, xo, y, yo, rows, cols);
    }

    @Override
    public void logSoftmaxRows(MemorySegment x, long xo, MemorySegment y, long yo, int rows, int cols) {
        rows(cols).logSoftmax(x, xo, y, yo, rows, cols);
    }

    @Override
    public double crossEntropyRows(MemorySegment x, long xo, MemorySegment labels, long lo, long ignore,
            MemorySegment p, long po, int rows, int cols) {
        return rows(cols).crossEntropy(x, xo, labels, lo, ignore, p, po, rows, cols);
    }

    @Override
    public void crossEntropyRowsBackward(MemorySegment p, long po, MemorySegment labels, long lo, long ignore,
            float scale, MemorySegment dx, long dxo, int rows, int cols) {
        rows(cols).crossEntropyBackward(p, po, labels, lo, ignore, scale, dx, dxo, rows, cols);
    }

    @Override
    public void u8ToF32(MemorySegment x, long xo, MemorySegment y, long yo, long n, float scale, float shift) {
        PlainElementwise.u8ToF32(x, xo, y, yo, n, scale, shift);
    }

    @Override
    public void adam(AdamStep step, MemorySegment p, long po, MemorySegment g, long go, MemorySegment m, long mo,
            MemorySegment v, long vo, long n) {
        PlainUpdates.adam(step, p, po, g, go, m, mo, v, vo, n);
    }

    @Override
    public void sgd(SgdStep step, MemorySegment p, long po, MemorySegment g, long go, MemorySegment b, long bo,
            long n) {
        PlainUpdates.sgd(step, p, po, g, go, b, bo, n);
    }

    @Override
    public void transposeSquare(MemorySegment x, long xo, long xs, MemorySegment y, long yo, long ys) {
        PlainTranspose.square(x, xo, xs, y, yo, ys);
    }

    @Override
    public void transposeSquare(MemorySegment x, long xo, long xs, float[] y) {
        PlainTranspose.square(x, xo, xs, y);
    }

    @Override
    public void philox(long counterLow, long counterHigh, long key, int[] to, int from, int blocks) {
        Philox.blocks(counterLow, counterHigh, key, to, from, blocks);
    }

    @Override
    public void atLeast(int least, int[] numbers, int from, MemorySegment mask, long mo, int n) {
        PlainMasks.atLeast(least, numbers, from, mask, mo, n);
    }

    @Override
    public void masked(MemorySegment mask, long mo, float scale, float kept, float dropped, MemorySegment x, long xo,
            MemorySegment y, long yo, long n) {
        PlainMasks.masked(mask, mo, scale, kept, dropped, x, xo, y, yo, n);
    }

    @Override
    public void weightedRows(int[] begin, int[] index, float[] weight, int from, int to, MemorySegment x, long xo,
            long inner, MemorySegment y, long yo) {
        PlainWeighted.rows(begin, index, weight, from, to, x, xo, inner, y, yo);
    }

    @Override
    public void addWindows(float[] y, int[] yAt, float[] w, int wo, int depth, int run, MemorySegment x, long xo,
            int[] xAt, int from, int to) {
        PlainWindows.add(y, yAt, w, wo, depth, run, x, xo, xAt, from, to);
    }

    @Override
    public void planes(MemorySegment x, long xo, long stride, int[] at, float[] w, boolean relu, MemorySegment y,
            long yo, int out, int rows, int width) {
        PlainWindows.planes(x, xo, stride, at, w, relu, y, yo, out, rows, width);
    }
}
