package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Close.assertClose;
import static io.chagres.runtime.kernel.Close.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels over the columns of a matrix: sums against double precision, lines to the bit. */
@ParameterizedClass
@MethodSource("io.chagres.runtime.kernel.Cases#kernels")
class ColumnsTest {
    private static final int ROWS = 9;

    @Parameter
    Kernels kernels;

    @ParameterizedTest
    @CsvSource({"0, 5", "0, 64", "1, 1", "1, 100", "3, 17", "64, 10", "64, 128", "300, 75", "513, 48", "2, 1500",
            "257, 33", "7, 513"})
    void momentsAboutCentres(int rows, int cols) {
        Floats x = Floats.random(rows * cols, 1);
        Floats centre = Floats.random(cols, 2);
        Floats out = Floats.random(2 * cols, 3);
        double[] expected = new double[2 * cols];
        for (int i = 0; i < rows * cols; i++) {
            double distance = x.get(i) - centre.get(i % cols);
            expected[i % cols] += distance;
            expected[cols + i % cols] += distance * distance;
        }
        kernels.columnMoments(x.segment, x.offset, rows, cols, centre.segment, centre.offset, out.segment, out.offset);
        assertClose(expected, out, 2e-6, 1e-6 * rows, "columnMoments");
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "0, 64", "1, 1", "1, 100", "3, 17", "64, 10", "64, 128", "300, 75", "513, 48", "2, 1500",
            "257, 33", "7, 513"})
    void sumsAndProducts(int rows, int cols) {
        Floats dy = Floats.random(rows * cols, 1);
        Floats x = Floats.random(rows * cols, 2);
        Floats centre = Floats.random(cols, 3);
        Floats out = Floats.random(2 * cols, 4);
        double[] expected = new double[2 * cols];
        for (int i = 0; i < rows * cols; i++) {
            expected[i % cols] += dy.get(i);
            expected[cols + i % cols] += dy.get(i) * (double) (x.get(i) - centre.get(i % cols));
        }
        kernels.columnProducts(dy.segment, dy.offset, x.segment, x.offset, rows, cols, centre.segment, centre.offset,
                out.segment, out.offset);
        assertClose(expected, out, 2e-6, 1e-6 * rows, "columnProducts");
    }

    @Test
    void sumsOfManyRowsKeepTheirDigits() {
        int rows = 200_000;
        int cols = 19;
        Floats x = Floats.zeros(rows * cols);
        kernels.fill(0.1f, x.segment, x.offset, (long) rows * cols);
        Floats centre = Floats.zeros(cols);
        Floats out = Floats.zeros(2 * cols);
        kernels.columnMoments(x.segment, x.offset, rows, cols, centre.segment, centre.offset, out.segment, out.offset);
        for (int j = 0; j < cols; j++) {
            assertClose(rows * (double) 0.1f, out.get(j), 1e-4, 0, "sum of column " + j);
            assertClose(rows * (double) 0.1f * 0.1f, out.get(cols + j), 1e-4, 0, "squares of column " + j);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16, 37, 48, 600})
    void notANumberStaysInItsColumn(int cols) {
        int odd = cols - 1;
        Floats x = Floats.random(ROWS * cols, 1);
        kernels.fill(Float.NaN, x.segment, x.offset + 4L * (3 * cols + odd), 1);
        Floats none = Floats.zeros(cols);
        Floats moments = Floats.zeros(2 * cols);
        kernels.columnMoments(x.segment, x.offset, ROWS, cols, none.segment, none.offset, moments.segment,
                moments.offset);
        Floats products = Floats.zeros(2 * cols);
        kernels.columnProducts(x.segment, x.offset, x.segment, x.offset, ROWS, cols, none.segment, none.offset,
                products.segment, products.offset);
        for (int j = 0; j < 2 * cols; j++) {
            assertEquals(j % cols == odd, Float.isNaN(moments.get(j)), "moment " + j);
            assertEquals(j % cols == odd, Float.isNaN(products.get(j)), "product " + j);
        }
    }

    /** Each number as single precision gives it without fused operations, wherever rows are cut, and in place. */
    @ParameterizedTest
    @CsvSource({"0, 5, 5", "1, 1, 1", "1, 100, 100", "3, 17, 20", "9, 16, 16", "5, 1025, 1025", "64, 129, 200",
            "2, 48, 50", "6, 2048, 2048"})
    void linesAndCombinations(int rows, int cols, int gap) {
        int n = rows * cols;
        Floats a = Floats.random(n, 1);
        Floats b = Floats.random(n, 2);
        Floats lines = Floats.random(3 * gap, 3);
        float[] line = new float[n];
        float[] combination = new float[n];
        for (int i = 0; i < n; i++) {
            int j = i % cols;
            line[i] = a.get(i) * lines.get(j) + lines.get(gap + j);
            combination[i] = a.get(i) * lines.get(j) + b.get(i) * lines.get(gap + j) + lines.get(2 * gap + j);
        }
        for (int cut : new int[]{0, rows / 3, rows}) {
            Floats y = Floats.zeros(n);
            Floats z = Floats.zeros(n);
            parts(rows, cut, (from, count) -> {
                long at = 4L * from * cols;
                kernels.columnLines(a.segment, a.offset + at, lines.segment, lines.offset, gap, y.segment,
                        y.offset + at, count, cols);
                kernels.columnCombinations(a.segment, a.offset + at, b.segment, b.offset + at, lines.segment,
                        lines.offset, gap, z.segment, z.offset + at, count, cols);
            });
            assertSameBits(Floats.of(line), y, "lines, cut at " + cut);
            assertSameBits(Floats.of(combination), z, "combinations, cut at " + cut);
        }
        Floats y = a.copy();
        kernels.columnLines(y.segment, y.offset, lines.segment, lines.offset, gap, y.segment, y.offset, rows, cols);
        assertSameBits(Floats.of(line), y, "lines in place");
        Floats first = a.copy();
        kernels.columnCombinations(first.segment, first.offset, b.segment, b.offset, lines.segment, lines.offset, gap,
                first.segment, first.offset, rows, cols);
        assertSameBits(Floats.of(combination), first, "combinations in place of the first");
        Floats second = b.copy();
        kernels.columnCombinations(a.segment, a.offset, second.segment, second.offset, lines.segment, lines.offset,
                gap, second.segment, second.offset, rows, cols);
        assertSameBits(Floats.of(combination), second, "combinations in place of the second");
    }

    private interface Rows {
        void run(int from, int count);
    }

    private static void parts(int rows, int cut, Rows part) {
        part.run(0, cut);
        part.run(cut, rows - cut);
    }

    // ---- Bounds

    private static MemorySegment floats(int n) {
        return Arena.ofAuto().allocate(4L * n, 4);
    }

    /** Operands that end where their segments end do, and each of them a little shorter. */
    private static void bounds(Consumer<MemorySegment[]> call, int... sizes) {
        var exact = new MemorySegment[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            exact[i] = floats(sizes[i]);
        }
        call.accept(exact);
        for (int i = 0; i < sizes.length; i++) {
            var little = exact.clone();
            for (int missing : new int[]{1, Math.min(2, sizes[i]), sizes[i]}) {
                little[i] = floats(sizes[i] - missing);
                assertThrows(IndexOutOfBoundsException.class, () -> call.accept(little), "operand " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 32, 45, 64, 513, 1024, 1030})
    void nothingBeyondTheEnd(int cols) {
        int n = ROWS * cols;
        bounds(s -> kernels.columnMoments(s[0], 0, ROWS, cols, s[1], 0, s[2], 0), n, cols, 2 * cols);
        bounds(s -> kernels.columnProducts(s[0], 0, s[1], 0, ROWS, cols, s[2], 0, s[3], 0), n, n, cols, 2 * cols);
        bounds(s -> kernels.columnLines(s[0], 0, s[1], 0, cols, s[2], 0, ROWS, cols), n, 2 * cols, n);
        bounds(s -> kernels.columnCombinations(s[0], 0, s[1], 0, s[2], 0, cols, s[3], 0, ROWS, cols), n, n, 3 * cols,
                n);
        MemorySegment x = floats(n + 3 * cols);
        assertThrows(IndexOutOfBoundsException.class,
                () -> kernels.columnMoments(x, -4, ROWS, cols, x, 0, floats(2 * cols), 0));
        assertThrows(IndexOutOfBoundsException.class, () -> kernels.columnLines(x, 0, x, -4, cols, x, 0, ROWS, cols));
    }

    @Test
    void nothingIsReadOfNothing() {
        MemorySegment none = MemorySegment.NULL;
        kernels.columnMoments(none, 0, 5, 0, none, 0, none, 0);
        kernels.columnProducts(none, 0, none, 0, 5, 0, none, 0, none, 0);
        kernels.columnLines(none, 0, none, 0, 0, none, 0, 5, 0);
        kernels.columnCombinations(none, 0, none, 0, none, 0, 0, none, 0, 5, 0);
    }

    @Test
    void afterClose() {
        MemorySegment live = floats(64);
        MemorySegment closed;
        try (Arena arena = Arena.ofShared()) {
            closed = arena.allocate(4 * 64, 4);
        }
        for (int cols : new int[]{3, 16}) {
            assertThrows(IllegalStateException.class,
                    () -> kernels.columnMoments(closed, 0, 2, cols, live, 0, live, 0));
            assertThrows(IllegalStateException.class,
                    () -> kernels.columnProducts(live, 0, closed, 0, 2, cols, live, 0, live, 0));
            assertThrows(IllegalStateException.class,
                    () -> kernels.columnLines(live, 0, live, 0, cols, closed, 0, 2, cols));
            assertThrows(IllegalStateException.class,
                    () -> kernels.columnCombinations(live, 0, live, 0, closed, 0, cols, live, 0, 2, cols));
        }
        assertTrue(live.scope().isAlive());
    }
}
