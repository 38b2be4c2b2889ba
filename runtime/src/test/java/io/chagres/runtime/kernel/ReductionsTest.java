package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Close.assertClose;
import static io.chagres.runtime.kernel.Close.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.chagres.runtime.kernel.Cases#kernels")
class ReductionsTest {
    @Parameter
    Kernels kernels;

    @ParameterizedTest
    @MethodSource("io.chagres.runtime.kernel.Cases#sizes")
    void sumAndMax(int n) {
        Floats x = Floats.random(n, n);
        double sum = 0;
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            sum += x.get(i);
            max = Math.max(max, x.get(i));
        }
        assertClose(sum, kernels.sum(x.segment, x.offset, n), 1e-6, 1e-7 * n, "sum");
        assertEquals(max, kernels.max(x.segment, x.offset, n));
    }

    @Test
    void sumStaysExactWhereFloatsWouldStall() {
        int n = 17_000_000;
        Floats ones = Floats.zeros(n);
        kernels.fill(1, ones.segment, ones.offset, n);
        assertEquals(n, kernels.sum(ones.segment, ones.offset, n));
    }

    @ParameterizedTest
    @MethodSource("io.chagres.runtime.kernel.Cases#sizes")
    void oneNumberDecidesMaxAndSumWhereverItStands(int n) {
        for (int i = 0; i < n; i += Math.max(1, n / 20)) {
            for (float special : new float[]{Float.NaN, Float.POSITIVE_INFINITY, 100}) {
                float[] values = new float[n];
                values[i] = special;
                Floats x = Floats.of(values);
                assertEquals(special, kernels.max(x.segment, x.offset, n), "max with " + special + " at " + i);
                assertEquals(special, kernels.sum(x.segment, x.offset, n), "sum with " + special + " at " + i);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "1, 1", "1, 100", "3, 17", "64, 10", "64, 128", "64, 64", "300, 75", "513, 200", "2, 1500"})
    void columnSums(int rows, int cols) {
        Floats dy = Floats.random(rows * cols, 1);
        Floats y = Floats.random(rows * cols, 2);
        int to = Math.max(1, cols - 3);
        for (int from : new int[]{0, Math.min(7, to)}) {
            for (boolean accumulate : new boolean[]{false, true}) {
                checkColumnSum(dy, rows, cols, from, to, accumulate);
                checkReluBackwardColumnSum(dy, y, rows, cols, from, to, accumulate);
            }
        }
    }

    private void checkColumnSum(Floats x, int rows, int cols, int from, int to, boolean accumulate) {
        Floats out = Floats.random(cols, 3);
        double[] expected = columnSums(x, out, rows, cols, from, to, accumulate);
        kernels.columnSum(x.segment, x.offset, rows, cols, from, to, out.segment, out.offset, accumulate);
        assertClose(expected, out, 1e-6, 1e-4, "columnSum");
    }

    private static double[] columnSums(Floats x, Floats out, int rows, int cols, int from, int to,
            boolean accumulate) {
        double[] sums = new double[cols];
        for (int j = 0; j < cols; j++) {
            sums[j] = j < from || j >= to || accumulate ? out.get(j) : 0;
            for (int i = 0; i < rows && j >= from && j < to; i++) {
                sums[j] += x.get(i * cols + j);
            }
        }
        return sums;
    }

    private void checkReluBackwardColumnSum(Floats dy, Floats y, int rows, int cols, int from, int to,
            boolean accumulate) {
        Floats expected = Floats.zeros(rows * cols);
        Floats inPlace = dy.copy();
        for (int i = 0; i < rows * cols; i++) {
            if (i % cols >= from && i % cols < to) {
                float gradient = y.get(i) <= 0 ? 0 : dy.get(i);
                expected.segment.set(ValueLayout.JAVA_FLOAT, expected.offset + 4L * i, gradient);
                inPlace.segment.set(ValueLayout.JAVA_FLOAT, inPlace.offset + 4L * i, gradient);
            }
        }
        Floats out = Floats.random(cols, 3);
        double[] sums = columnSums(expected, out, rows, cols, from, to, accumulate);
        Floats dx = Floats.zeros(rows * cols);
        kernels.reluBackwardColumnSum(dy.segment, dy.offset, y.segment, y.offset, dx.segment, dx.offset, rows, cols,
                from, to, out.segment, out.offset, accumulate);
        assertSameBits(expected, dx, "dx");
        assertClose(sums, out, 1e-6, 1e-4, "sums");
        Floats copy = dy.copy();
        kernels.reluBackwardColumnSum(copy.segment, copy.offset, y.segment, y.offset, copy.segment, copy.offset, rows,
                cols, from, to, null, 0, accumulate);
        assertSameBits(inPlace, copy, "dx in place of dy, without sums");
    }

    @ParameterizedTest
    @MethodSource("io.chagres.runtime.kernel.Cases#sizes")
    void squaresAreDistancesFromACentre(int n) {
        Floats x = Floats.random(n, n);
        for (double centre : new double[]{0, 0.7, -1000}) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                double distance = x.get(i) - (float) centre;
                sum += distance * distance;
            }
            assertClose(sum, kernels.squares(x.segment, x.offset, n, centre), 1e-6, 1e-12, "squares");
        }
    }

    @ParameterizedTest
    @MethodSource("io.chagres.runtime.kernel.Cases#sizes")
    void productsWithDistancesFromACentre(int n) {
        Floats a = Floats.random(n, n);
        Floats b = Floats.random(n, n + 1);
        for (double centre : new double[]{0, 0.7, -1000}) {
            double sum = 0;
            double size = 0;
            for (int i = 0; i < n; i++) {
                double product = a.get(i) * (double) (b.get(i) - (float) centre);
                sum += product;
                size += Math.abs(product);
            }
            double found = kernels.products(a.segment, a.offset, b.segment, b.offset, n, centre);
            assertClose(sum, found, 0, 1e-6 * size, "products");
        }
    }

    /** Centres that are off by up to 1 do no harm. */
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 100", "3, 17", "64, 10", "64, 128", "300, 75", "513, 200", "2, 1500"})
    void columnSquares(int rows, int cols) {
        Floats x = Floats.random(rows * cols, 1);
        Floats centre = Floats.random(cols, 2);
        int to = Math.max(1, cols - 3);
        for (int from : new int[]{0, Math.min(7, to)}) {
            Floats out = Floats.random(cols, 3);
            double[] expected = new double[cols];
            for (int j = 0; j < cols; j++) {
                double mean = 0;
                for (int i = 0; i < rows; i++) {
                    mean += x.get(i * cols + j) / (double) rows;
                }
                for (int i = 0; i < rows; i++) {
                    expected[j] += Math.pow(x.get(i * cols + j) - mean, 2);
                }
                expected[j] = j < from || j >= to ? out.get(j) : expected[j];
            }
            kernels.columnSquares(x.segment, x.offset, rows, cols, from, to, centre.segment, centre.offset,
                    out.segment, out.offset);
            assertClose(expected, out, 1e-5, 3e-5, "columnSquares");
        }
    }

    @Test
    void columnSumsOfManyRowsKeepTheirDigits() {
        int rows = 1_000_000;
        int cols = 17;
        Floats x = Floats.zeros(rows * cols);
        kernels.fill(0.1f, x.segment, x.offset, (long) rows * cols);
        Floats out = Floats.zeros(cols);
        kernels.columnSum(x.segment, x.offset, rows, cols, 0, cols, out.segment, out.offset, false);
        for (int j = 0; j < cols; j++) {
            assertClose(rows * (double) 0.1f, out.get(j), 2e-4, 0, "column " + j);
        }
    }
}
