package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Our own loops over float32 data off the heap, for what the native libraries do not do or do not do well.
 * <p>
 * Every operand is a segment and a byte offset into it, so that a call makes no slice; counts are elements. All data is
 * dense and in native byte order. Nothing here knows of tensors, shapes or threads: a caller that wants several threads
 * calls once for each part of the range. Results do not depend on how element-wise ranges are cut.
 * <p>
 * Two implementations give the same answers within rounding: {@link VectorKernels} where the module
 * {@code jdk.incubator.vector} is enabled, {@link PlainKernels} elsewhere.
 */
public interface Kernels {

    /** An element-wise function of one operand. */
    enum Unary {
        NEG, ABS, RELU, EXP, LOG, SQRT, RECIPROCAL, SIGMOID, TANH, GELU_TANH
    }

    /** An element-wise function of two operands. */
    enum Binary {
        ADD, SUB, MUL, DIV, MAX, MIN
    }

    /** The fastest implementation that this JVM can run; chosen once. */
    static Kernels best() {
        return KernelChoice.BEST;
    }

    /** What a report should call this implementation, such as {@code "vector-512"} or {@code "plain"}. */
    String name();

    /** y[i] = f(x[i]); y may be x. */
    void unary(Unary f, MemorySegment x, long xo, MemorySegment y, long yo, long n);

    /** t[from + i] = f(t[from + i]) for i < n, of an array that is to be small enough for the first cache. */
    void unary(Unary f, float[] t, int from, int n);

    /**
     * y[i] = f(a[i * as], b[i * bs]) where the strides {@code as} and {@code bs} are 1, or 0 for an operand that is one
     * number; y may be a or b where their stride is 1.
     */
    void binary(Binary f, MemorySegment a, long ao, int as, MemorySegment b, long bo, int bs, MemorySegment y, long yo,
            long n);

    /**
     * y[i] = the line of {@link Pieces} that x[i * xs] says, of g[i * gs], where the strides {@code xs} and {@code gs} are 1, or
     * 0 for an operand that is one number; y may be x or g where their stride is 1.
     */
    void pieces(Pieces pieces, MemorySegment x, long xo, int xs, MemorySegment g, long go, int gs, MemorySegment y,
            long yo, long n);

    /** y[i] += alpha * x[i]. */
    void axpy(float alpha, MemorySegment x, long xo, MemorySegment y, long yo, long n);

    /** y[i] = alpha * x[i]; y may be x. */
    void scale(float alpha, MemorySegment x, long xo, MemorySegment y, long yo, long n);

    /** y[i] = alpha * x[i] + beta; y may be x. */
    void scaleShift(float alpha, float beta, MemorySegment x, long xo, MemorySegment y, long yo, long n);

    /** y[i] = alpha * a[i] + beta * b[i] + gamma; y may be a or b. */
    void combine(float alpha, MemorySegment a, long ao, float beta, MemorySegment b, long bo, float gamma,
            MemorySegment y, long yo, long n);

    /**
     * The greatest element of each square of two by two, NaN if one is: y, [rows, half], from x, of twice as many rows of
     * {@code cols} elements, at least 2 · half.
     */
    void maxOfSquares(MemorySegment x, long xo, long cols, MemorySegment y, long yo, long rows, long half);

    /** y[i] = value. */
    void fill(float value, MemorySegment y, long yo, long n);

    /** The sum of n elements, added in blocks so that the error grows with log n, not with n. */
    double sum(MemorySegment x, long xo, long n);

    /** The greatest of n >= 1 elements; NaN if one of them is. */
    float max(MemorySegment x, long xo, long n);

    /**
     * Column sums of a dense matrix: out[j] = (accumulate ? out[j] : 0) + sum over i of x[i, j], for j in
     * [fromCol, toCol). The matrix has {@code rows} rows of {@code cols} elements.
     */
    void columnSum(MemorySegment x, long xo, int rows, int cols, int fromCol, int toCol, MemorySegment out, long oo,
            boolean accumulate);

    /** The sum of (x[i] - centre)² over n elements; centre is rounded to float32, blocks are added up in double precision. */
    double squares(MemorySegment x, long xo, long n, double centre);

    /** The sum of a[i] * (b[i] - centre) over n elements, likewise. */
    double products(MemorySegment a, long ao, MemorySegment b, long bo, long n, double centre);

    /**
     * Squared distances from the column means of a dense matrix of at least one row: out[j] = sum over i of
     * (x[i, j] - mean of column j)² for j in [fromCol, toCol), where centre[j] is near that mean; what it is off by is
     * corrected (Chan, Golub and LeVeque, 1983). Without rows out[j] is NaN.
     */
    void columnSquares(MemorySegment x, long xo, int rows, int cols, int fromCol, int toCol, MemorySegment centre,
            long co, MemorySegment out, long oo);

    /**
     * How a dense matrix lies about centres: out[j] = the sum over i of x[i, j] - centre[j], out[cols + j] that of the squares of
     * these distances.
     */
    void columnMoments(MemorySegment x, long xo, int rows, int cols, MemorySegment centre, long co, MemorySegment out,
            long oo);

    /**
     * Two sums over the rows of dense matrices: out[j] = the sum over i of dy[i, j], out[cols + j] that of dy[i, j] * (x[i, j] -
     * centre[j]).
     */
    void columnProducts(MemorySegment dy, long dyo, MemorySegment x, long xo, int rows, int cols, MemorySegment centre,
            long co, MemorySegment out, long oo);

    /** y[i, j] = lines[j] * x[i, j] + lines[gap + j] for dense matrices; y may be x. */
    void columnLines(MemorySegment x, long xo, MemorySegment lines, long lo, int gap, MemorySegment y, long yo,
            int rows, int cols);

    /**
     * y[i, j] = lines[j] * a[i, j] + lines[gap + j] * b[i, j] + lines[2 * gap + j] for dense matrices; y may be a or b.
     */
    void columnCombinations(MemorySegment a, long ao, MemorySegment b, long bo, MemorySegment lines, long lo, int gap,
            MemorySegment y, long yo, int rows, int cols);

    /** dx[i] = y[i] <= 0 ? 0 : dy[i], the gradient of relu read off its output; a NaN lets dy through. dx may be dy. */
    void reluBackward(MemorySegment dy, long dyo, MemorySegment y, long yo, MemorySegment dx, long dxo, long n);

    /**
     * {@link #reluBackward} and {@link #columnSum} of its result in one pass over the columns [fromCol, toCol) of dense
     * matrices of {@code rows} rows and {@code cols} columns; out is not touched if it is null.
     */
    void reluBackwardColumnSum(MemorySegment dy, long dyo, MemorySegment y, long yo, MemorySegment dx, long dxo,
            int rows, int cols, int fromCol, int toCol, MemorySegment out, long oo, boolean accumulate);

    /** Each row of y = softmax of the row of x (the row's greatest element is subtracted first); y may be x. */
    void softmaxRows(MemorySegment x, long xo, MemorySegment y, long yo, int rows, int cols);

    /** Each row of y = log softmax of the row of x; y may be x. */
    void logSoftmaxRows(MemorySegment x, long xo, MemorySegment y, long yo, int rows, int cols);

    /**
     * Softmax of each row of x into p (p may be x), and the sum over the rows of -log p[row, labels[row]], computed from
     * the logits. Labels are int64, already checked to lie in [0, cols) or to equal {@code ignore}; ignored rows add
     * nothing to the sum.
     */
    double crossEntropyRows(MemorySegment x, long xo, MemorySegment labels, long lo, long ignore, MemorySegment p,
            long po, int rows, int cols);

    /**
     * dx[row, j] = scale * (p[row, j] - (j == labels[row] ? 1 : 0)), zero for ignored rows; dx may be p.
     */
    void crossEntropyRowsBackward(MemorySegment p, long po, MemorySegment labels, long lo, long ignore, float scale,
            MemorySegment dx, long dxo, int rows, int cols);

    /** y[i] = scale * (x[i] as an unsigned byte) + shift. */
    void u8ToF32(MemorySegment x, long xo, MemorySegment y, long yo, long n, float scale, float shift);

    /** One pass of {@link AdamStep} over n parameters p, gradients g and moments m and v. */
    void adam(AdamStep step, MemorySegment p, long po, MemorySegment g, long go, MemorySegment m, long mo,
            MemorySegment v, long vo, long n);

    /** One pass of {@link SgdStep} over n parameters p, gradients g and momentum buffer b (null without momentum). */
    void sgd(SgdStep step, MemorySegment p, long po, MemorySegment g, long go, MemorySegment b, long bo, long n);

    /**
     * y[j, i] = x[i, j] for a square of {@value Moves#SIDE} rows of as many elements of 4 bytes of any kind. Rows are dense and
     * follow each other at distances of xs and ys bytes.
     */
    void transposeSquare(MemorySegment x, long xo, long xs, MemorySegment y, long yo, long ys);

    /** {@link #transposeSquare(MemorySegment, long, long, MemorySegment, long, long)} into the first elements of an array. */
    void transposeSquare(MemorySegment x, long xo, long xs, float[] y);

    /**
     * The random numbers of so many counters in a row, four of each, as {@link Philox#block} computes them:
     * to[from] to to[from + 4 * blocks - 1].
     */
    void philox(long counterLow, long counterHigh, long key, int[] to, int from, int blocks);

    /**
     * A mask of one bit an element, in words of 64 that begin with the lowest bit: whether numbers[from + i] is at least another.
     * What is in the last word beyond n is 0.
     */
    void atLeast(int least, int[] numbers, int from, MemorySegment mask, long mo, int n);

    /** y[i] = scale * x[i] + kept where the mask has a bit, 0 * x[i] + dropped elsewhere; y may be x. */
    void masked(MemorySegment mask, long mo, float scale, float kept, float dropped, MemorySegment x, long xo,
            MemorySegment y, long yo, long n);

    /**
     * Weighted sums of the rows of a dense matrix, of {@code inner} columns: y[o - from, :] = the sum over k in
     * [begin[o], begin[o + 1]) of weight[k] * x[index[k], :], for o in [from, to); zeros where there is no k.
     */
    void weightedRows(int[] begin, int[] index, float[] weight, int from, int to, MemorySegment x, long xo, long inner,
            MemorySegment y, long yo);

    /** How many channels of a result {@link #planes} takes together in its weight. */
    int CHANNELS = 6;
    /** So many elements behind a weight of {@link #addWindows} and behind the data of {@link #planes} are read and not used. */
    int SLACK = 128;

    /**
     * Adds products to windows of an image: x[xAt[p] + i] += the sum over c < depth of y[yAt[p] + c] * w[wo + c * run + i], for
     * i < run and p in [from, to), one after the other. There are {@link #SLACK} elements behind the weight.
     */
    void addWindows(float[] y, int[] yAt, float[] w, int wo, int depth, int run, MemorySegment x, long xo, int[] xAt,
            int from, int to);

    /**
     * The windows of an image of one channel: y[row, p, c] = f(the bias of c + the sum over t of w[t, c] * the element of x that
     * lies at[t] bytes, row * stride bytes and p elements behind xo), where f is relu or nothing and y is dense, [rows, width, out].
     * The weight has blocks of {@link #CHANNELS} channels, each of which begins with their biases and then has their elements for
     * each t. There are {@link #SLACK} elements behind the data.
     */
    void planes(MemorySegment x, long xo, long stride, int[] at, float[] w, boolean relu, MemorySegment y, long yo,
            int out, int rows, int width);
}
