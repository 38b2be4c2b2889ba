package io.chagres.bench;

import io.chagres.runtime.team.Part;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A product in tiles of {@value #ROWS} rows by {@link #width} columns. The columns of B that a tile needs are first copied
 * into arrays, which all tiles below each other share, and so are the rows of A; a subclass multiplies arrays. Parts are
 * ranges of rows. A must not be transposed.
 */
abstract class TiledGemm implements Part {
    static final int ROWS = 4;
    /** Panels and rows end in zeros, so that a loop over k may take this many at a time. */
    static final int STEP = 4;

    final int width;
    private final Product product;
    private final Scratch[] scratch;

    /** What one part works in. */
    static final class Scratch {
        /** Columns of B: k rows of {@code width} floats. */
        final float[][] panel;
        /** Rows of A: {@value #ROWS} rows of k floats. */
        final float[][] rows;
        /** The tile of C: {@value #ROWS} rows of {@code width} floats. */
        final float[][] tile;
        private final float[] line;

        private Scratch(int k, int width) {
            int padded = (k + STEP - 1) / STEP * STEP;
            panel = new float[padded][width];
            rows = new float[ROWS][padded];
            tile = new float[ROWS][width];
            line = new float[k];
        }
    }

    TiledGemm(Product product, int mostParts, int width) {
        if (product.transA()) {
            throw new IllegalArgumentException("tiled product: A is transposed");
        }
        this.product = product;
        this.width = width;
        this.scratch = new Scratch[mostParts];
        for (int i = 0; i < mostParts; i++) {
            scratch[i] = new Scratch(product.k(), width);
        }
    }

    /** tile = rows · panel, over k. */
    abstract void multiply(Scratch s, int k);

    @Override
    public final void run(int part, int parts) {
        int from = (int) Part.start(part, parts, product.m(), ROWS);
        int to = (int) Part.start(part + 1, parts, product.m(), ROWS);
        var s = scratch[part];
        for (int column = 0; column < product.n(); column += width) {
            int columns = Math.min(width, product.n() - column);
            packPanel(s, column, columns);
            for (int row = from; row < to; row += ROWS) {
                int rows = Math.min(ROWS, to - row);
                for (int r = 0; r < rows; r++) {
                    copy(product.a(), (long) (row + r) * product.k(), s.rows[r], product.k());
                }
                multiply(s, product.k());
                for (int r = 0; r < rows; r++) {
                    MemorySegment.copy(s.tile[r], 0, product.c(), ValueLayout.JAVA_FLOAT,
                            4 * ((long) (row + r) * product.n() + column), columns);
                }
            }
        }
    }

    /** Where there are fewer columns than the panel has room for, old ones stay behind them; their results are not used. */
    private void packPanel(Scratch s, int column, int columns) {
        int k = product.k();
        if (product.transB()) {
            for (int j = 0; j < columns; j++) {
                copy(product.b(), (long) (column + j) * k, s.line, k);
                for (int inner = 0; inner < k; inner++) {
                    s.panel[inner][j] = s.line[inner];
                }
            }
        } else {
            for (int inner = 0; inner < k; inner++) {
                copy(product.b(), (long) inner * product.n() + column, s.panel[inner], columns);
            }
        }
    }

    private static void copy(MemorySegment from, long index, float[] to, int count) {
        MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, 4 * index, to, 0, count);
    }
}
