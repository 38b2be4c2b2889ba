package io.chagres.bench.kernel;

import io.chagres.bench.Product;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Matrix products in Java, in blocks: of the inner dimension, {@value #DEPTH} deep; then of columns, a panel of B that the
 * second cache holds, copied so that it is read in order; then tiles of a few rows of A by the panel's width, which a
 * subclass multiplies. Operands may be on the heap or off it. A must not be transposed.
 */
abstract class TiledGemm {
    static final int DEPTH = 256;
    /** Rows end in zeros, so that a loop over the depth may take this many at a time. */
    static final int STEP = 4;

    private final int height;
    private final int width;
    private final float[][][] blocks;
    private final float[][] lines;

    /**
     * @param mostRows how many rows of A a part gets at most
     * @param mostParts how many parts there are at most
     * @param height rows of a tile
     * @param width columns of a tile
     */
    TiledGemm(int mostRows, int mostParts, int height, int width) {
        int rows = (mostRows + height - 1) / height * height;
        this.height = height;
        this.width = width;
        this.blocks = new float[mostParts][rows][DEPTH];
        this.lines = new float[mostParts][DEPTH];
    }

    /** Puts a row of a panel's columns into the part's panel. */
    abstract void packRow(int part, int inner, MemorySegment b, long index, int columns);

    /** Puts the first elements of a line into a column of the part's panel. */
    abstract void packColumn(int part, int column, float[] line, int depth);

    /**
     * C = A · panel, or C += A · panel unless first.
     *
     * @param a a tile's rows from an index on, of which so many count
     * @param index where the tile's first element is in C
     */
    abstract void multiply(int part, float[][] a, int from, int rows, int depth, MemorySegment c, long index,
            long stride, int columns, boolean first);

    /** Computes the rows [from, to) of C. */
    final void run(Product product, int part, int from, int to) {
        int k = product.k();
        int n = product.n();
        float[][] block = blocks[part];
        for (int start = 0; start < k; start += DEPTH) {
            int depth = Math.min(DEPTH, k - start);
            for (int row = from; row < to; row++) {
                copy(product.a(), (long) row * k + start, block[row - from], depth);
                Arrays.fill(block[row - from], depth, (depth + STEP - 1) / STEP * STEP, 0);
            }
            for (int column = 0; column < n; column += width) {
                int columns = Math.min(width, n - column);
                packPanel(product, part, start, depth, column, columns);
                for (int row = from; row < to; row += height) {
                    multiply(part, block, row - from, Math.min(height, to - row), depth, product.c(),
                            (long) row * n + column, n, columns, start == 0);
                }
            }
        }
    }

    /** Where there are fewer columns than the panel has room for, old ones stay behind them; their results are not used. */
    private void packPanel(Product product, int part, int start, int depth, int column, int columns) {
        if (product.transB()) {
            float[] line = lines[part];
            for (int j = 0; j < columns; j++) {
                copy(product.b(), (long) (column + j) * product.k() + start, line, depth);
                packColumn(part, j, line, depth);
            }
        } else {
            for (int inner = 0; inner < depth; inner++) {
                packRow(part, inner, product.b(), (long) (start + inner) * product.n() + column, columns);
            }
        }
    }

    static void copy(MemorySegment from, long index, float[] to, int count) {
        MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, 4 * index, to, 0, count);
    }
}
