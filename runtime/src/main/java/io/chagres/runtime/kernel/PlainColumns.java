package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.PlainReductions.ROWS_PER_BLOCK;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Normalization column by column in plain Java, some columns at a time. */
final class PlainColumns {
    private static final int HALF = Tile.SIZE / 2;

    private PlainColumns() {
    }

    static void columnMoments(MemorySegment x, long xo, int rows, int cols, MemorySegment centre, long co,
            MemorySegment out, long oo) {
        columnMoments(x, xo, rows, cols, 0, centre, co, out, oo);
    }

    /** From one column on. Sums are in the first half of an array, those of squares in the second. */
    static void columnMoments(MemorySegment x, long xo, int rows, int cols, int from, MemorySegment centre, long co,
            MemorySegment out, long oo) {
        Tile tile = Tile.mine();
        for (int col = from; col < cols; col += HALF) {
            int count = Math.min(HALF, cols - col);
            Tile.load(centre, co + 4L * col, tile.b, count);
            Arrays.fill(tile.d, 0);
            for (int row = 0; row < rows;) {
                Arrays.fill(tile.c, 0);
                int end = Math.min(rows, row + ROWS_PER_BLOCK);
                for (; row < end; row++) {
                    Tile.load(x, xo + 4 * ((long) row * cols + col), tile.a, count);
                    for (int i = 0; i < count; i++) {
                        float distance = tile.a[i] - tile.b[i];
                        tile.c[i] += distance;
                        tile.c[HALF + i] += distance * distance;
                    }
                }
                add(tile);
            }
            store(tile, out, oo + 4L * col, cols, count);
        }
    }

    private static void add(Tile tile) {
        for (int i = 0; i < Tile.SIZE; i++) {
            tile.d[i] += tile.c[i];
        }
    }

    private static void store(Tile tile, MemorySegment out, long oo, int cols, int count) {
        Tile.store(tile.d, out, oo, count);
        System.arraycopy(tile.d, HALF, tile.d, 0, count);
        Tile.store(tile.d, out, oo + 4L * cols, count);
    }

    static void columnProducts(MemorySegment dy, long dyo, MemorySegment x, long xo, int rows, int cols,
            MemorySegment centre, long co, MemorySegment out, long oo) {
        columnProducts(dy, dyo, x, xo, rows, cols, 0, centre, co, out, oo);
    }

    /** From one column on. Gradients are in the first half of an array, the other matrix in the second. */
    static void columnProducts(MemorySegment dy, long dyo, MemorySegment x, long xo, int rows, int cols, int from,
            MemorySegment centre, long co, MemorySegment out, long oo) {
        Tile tile = Tile.mine();
        for (int col = from; col < cols; col += HALF) {
            int count = Math.min(HALF, cols - col);
            Tile.load(centre, co + 4L * col, tile.b, count);
            System.arraycopy(tile.b, 0, tile.b, HALF, count);
            Arrays.fill(tile.d, 0);
            for (int row = 0; row < rows;) {
                Arrays.fill(tile.c, 0);
                int end = Math.min(rows, row + ROWS_PER_BLOCK);
                for (; row < end; row++) {
                    long at = 4 * ((long) row * cols + col);
                    Tile.load(dy, dyo + at, tile.a, count);
                    Tile.load(x, xo + at, tile.b, count);
                    for (int i = 0; i < count; i++) {
                        tile.c[i] += tile.a[i];
                        tile.c[HALF + i] += tile.a[i] * (tile.b[i] - tile.b[HALF + i]);
                    }
                }
                add(tile);
            }
            store(tile, out, oo + 4L * col, cols, count);
        }
    }

    static void columnLines(MemorySegment x, long xo, MemorySegment lines, long lo, int gap, MemorySegment y, long yo,
            int rows, int cols) {
        columnLines(x, xo, lines, lo, gap, y, yo, rows, cols, 0);
    }

    /** From one column on. */
    static void columnLines(MemorySegment x, long xo, MemorySegment lines, long lo, int gap, MemorySegment y, long yo,
            int rows, int cols, int from) {
        Tile tile = Tile.mine();
        for (int col = from; col < cols; col += Tile.SIZE) {
            int count = Math.min(Tile.SIZE, cols - col);
            Tile.load(lines, lo + 4L * col, tile.b, count);
            Tile.load(lines, lo + 4L * (gap + col), tile.c, count);
            for (int row = 0; row < rows; row++) {
                long at = 4 * ((long) row * cols + col);
                Tile.load(x, xo + at, tile.a, count);
                for (int i = 0; i < count; i++) {
                    tile.a[i] = tile.a[i] * tile.b[i] + tile.c[i];
                }
                Tile.store(tile.a, y, yo + at, count);
            }
        }
    }

    static void columnCombinations(MemorySegment a, long ao, MemorySegment b, long bo, MemorySegment lines, long lo,
            int gap, MemorySegment y, long yo, int rows, int cols) {
        columnCombinations(a, ao, b, bo, lines, lo, gap, y, yo, rows, cols, 0);
    }

    /** From one column on; the two matrices share an array, as the first two lines do. */
    static void columnCombinations(MemorySegment a, long ao, MemorySegment b, long bo, MemorySegment lines, long lo,
            int gap, MemorySegment y, long yo, int rows, int cols, int from) {
        Tile tile = Tile.mine();
        for (int col = from; col < cols; col += HALF) {
            int count = Math.min(HALF, cols - col);
            Tile.load(lines, lo + 4L * (gap + col), tile.c, count);
            System.arraycopy(tile.c, 0, tile.c, HALF, count);
            Tile.load(lines, lo + 4L * col, tile.c, count);
            Tile.load(lines, lo + 4L * (2L * gap + col), tile.d, count);
            for (int row = 0; row < rows; row++) {
                long at = 4 * ((long) row * cols + col);
                Tile.load(a, ao + at, tile.a, count);
                Tile.load(b, bo + at, tile.b, count);
                for (int i = 0; i < count; i++) {
                    tile.a[i] = tile.a[i] * tile.c[i] + tile.b[i] * tile.c[HALF + i] + tile.d[i];
                }
                Tile.store(tile.a, y, yo + at, count);
            }
        }
    }
}
