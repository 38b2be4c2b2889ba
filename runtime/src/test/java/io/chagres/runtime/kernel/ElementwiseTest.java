package io.chagres.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static io.chagres.runtime.kernel.Close.assertSameBits;
import static io.chagres.runtime.kernel.Close.assertUlps;

import io.chagres.runtime.kernel.Kernels.Binary;
import io.chagres.runtime.kernel.Kernels.Unary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.chagres.runtime.kernel.Cases#kernels")
class ElementwiseTest {
    /** Many where the result nearly vanishes: the exponent is off by half a unit in its last place. */
    private static final double GELU_ULPS = 64;

    @Parameter
    Kernels kernels;

    private static double reference(Unary f, double x) {
        return switch (f) {
            case NEG -> -x;
            case ABS -> Math.abs(x);
            case RELU -> Math.max(x, 0);
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case SQRT -> Math.sqrt(x);
            case RECIPROCAL -> 1 / x;
            case SIGMOID -> x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
            case TANH -> Math.tanh(x);
            case GELU_TANH -> x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        };
    }

    private static double ulps(Unary f) {
        return switch (f) {
            case NEG, ABS, RELU, SQRT, RECIPROCAL -> 0;
            case EXP, LOG -> 1;
            case TANH -> 2;
            case GELU_TANH -> GELU_ULPS;
            case SIGMOID -> 3;
        };
    }

    private static double reference(Binary f, double a, double b) {
        return switch (f) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
        };
    }

    @ParameterizedTest
    @MethodSource("io.chagres.runtime.kernel.Cases#sizes")
    void unaryOfManySizes(int n) {
        for (Unary f : Unary.values()) {
            check(f, Floats.random(n, n));
        }
    }

    @ParameterizedTest
    @EnumSource
    void unaryOfSpecialValues(Unary f) {
        check(f, Floats.of(Cases.specials()));
    }

    private void check(Unary f, Floats x) {
        Floats before = x.copy();
        Floats y = Floats.zeros(x.n);
        kernels.unary(f, x.segment, x.offset, y.segment, y.offset, x.n);
        for (int i = 0; i < x.n; i++) {
            assertUlps(reference(f, x.get(i)), y.get(i), ulps(f), k -> f + "(" + x.get(k) + ")", i);
        }
        assertSameBits(before, x, "x");
        kernels.unary(f, x.segment, x.offset, x.segment, x.offset, x.n);
        assertSameBits(y, x, f + " in place");
        y.assertFencesStand();
    }

    @ParameterizedTest
    @MethodSource("io.chagres.runtime.kernel.Cases#sizes")
    void binaryOfManySizes(int n) {
        for (Binary f : Binary.values()) {
            check(f, Floats.random(n, 1), Floats.random(n, 2));
        }
    }

    @ParameterizedTest
    @EnumSource
    void binaryOfAllPairsOfSpecialValues(Binary f) {
        float[] specials = Cases.specials();
        int n = specials.length;
        float[] a = new float[n * n];
        float[] b = new float[n * n];
        for (int i = 0; i < n * n; i++) {
            a[i] = specials[i / n];
            b[i] = specials[i % n];
        }
        check(f, Floats.of(a), Floats.of(b));
    }

    private void check(Binary f, Floats a, Floats b) {
        int n = a.n;
        for (int strides = 0; strides < 4; strides++) {
            int as = strides / 2;
            int bs = strides % 2;
            Floats y = Floats.zeros(n);
            kernels.binary(f, a.segment, a.offset, as, b.segment, b.offset, bs, y.segment, y.offset, n);
            for (int i = 0; i < n; i++) {
                float left = a.get(i * as);
                float right = b.get(i * bs);
                assertUlps(reference(f, left, right), y.get(i), 0, k -> left + " " + f + " " + right, i);
            }
            y.assertFencesStand();
            if (as == 1) {
                Floats copy = a.copy();
                kernels.binary(f, copy.segment, copy.offset, 1, b.segment, b.offset, bs, copy.segment, copy.offset, n);
                assertSameBits(y, copy, f + " into its left operand");
            }
            if (bs == 1) {
                Floats copy = b.copy();
                kernels.binary(f, a.segment, a.offset, as, copy.segment, copy.offset, 1, copy.segment, copy.offset, n);
                assertSameBits(y, copy, f + " into its right operand");
            }
        }
    }

    @Test
    void piecesAreLinesByWhereAnotherNumberLies() {
        float inf = Float.POSITIVE_INFINITY;
        float nan = Float.NaN;
        var x = Floats.of(-2, -1, -0.5f, 0, 0.5f, 1, 2, nan, 2, -2);
        var g = Floats.of(1, 2, 3, 4, 5, 6, 7, 8, inf, nan);
        float[][] expected = {{0.01f, 0.02f, 0.03f, 0.04f, 5, 6, 7, 8, inf, nan}, {-1, 2, 3, 4, 5, 6, 1, 8, 1, -1},
                {0, 0, 3, 4, 5, 0, 0, 8, 0, 0}, {1.5f, 2.5f, 0, 0, 0, 5.5f, 6.5f, 8, inf, nan},
                {2, 4, 6, 8, 15, 18, 21, 8, inf, nan}};
        for (int i = 0; i < expected.length; i++) {
            var y = Floats.zeros(x.n);
            kernels.pieces(Steps.LINES.get(i), x.segment, x.offset, 1, g.segment, g.offset, 1, y.segment, y.offset,
                    x.n);
            assertSameBits(Floats.of(expected[i]), y, Steps.LINES.get(i).toString());
            double[] doubles = new double[x.n];
            Steps.LINES.get(i).run(doubles(x), doubles(g), doubles, x.n);
            for (int j = 0; j < x.n; j++) {
                assertUlps(doubles[j], y.get(j), 1, k -> "in double " + k, j);
            }
        }
        var zero = Floats.of(-0.0f, 0.0f);
        kernels.pieces(Steps.LINES.get(1), zero.segment, zero.offset, 1, zero.segment, zero.offset, 1, zero.segment,
                zero.offset, 2);
        assertSameBits(Floats.of(-0.0f, 0.0f), zero, "zeros keep their sign");
    }

    private static double[] doubles(Floats x) {
        double[] all = new double[x.n];
        for (int i = 0; i < x.n; i++) {
            all[i] = x.get(i);
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("io.chagres.runtime.kernel.Cases#sizes")
    void gradientsOfSoftmaxRows(int cols) {
        for (int rows = 1; rows <= 300; rows += 299) {
            boolean long300 = rows > 1 && cols > 100;
            int count = long300 ? 3 : rows;
            Floats y = Floats.random(count * cols, 1);
            Floats dy = Floats.random(count * cols, 2);
            for (boolean log : new boolean[]{false, true}) {
                Floats dx = Floats.zeros(count * cols);
                SoftmaxGradients.rows(log, y.segment, y.offset, dy.segment, dy.offset, dx.segment, dx.offset, count,
                        cols);
                for (int row = 0; row < count; row++) {
                    double sum = 0;
                    for (int i = row * cols; i < (row + 1) * cols; i++) {
                        sum += log ? dy.get(i) : (double) dy.get(i) * y.get(i);
                    }
                    for (int i = row * cols; i < (row + 1) * cols; i++) {
                        double expected = log
                                ? dy.get(i) - Math.exp(y.get(i)) * sum
                                : y.get(i) * (dy.get(i) - sum);
                        Close.assertClose(expected, dx.get(i), 1e-5, 1e-5, "gradient");
                    }
                }
                dx.assertFencesStand();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.chagres.runtime.kernel.Cases#sizes")
    void axpyScaleAndFill(int n) {
        Floats x = Floats.random(n, 1);
        Floats sum = Floats.random(n, 2);
        Floats before = sum.copy();
        kernels.axpy(0.3f, x.segment, x.offset, sum.segment, sum.offset, n);
        Floats scaled = x.copy();
        kernels.scale(-1.7f, x.segment, x.offset, scaled.segment, scaled.offset, n);
        Floats filled = x.copy();
        kernels.fill(2.5f, filled.segment, filled.offset, n);
        for (int i = 0; i < n; i++) {
            assertUlps(before.get(i) + 0.3f * x.get(i), sum.get(i), 0, k -> "axpy " + k, i);
            assertUlps(-1.7f * x.get(i), scaled.get(i), 0, k -> "scale " + k, i);
            assertUlps(2.5, filled.get(i), 0, k -> "fill " + k, i);
        }
        kernels.scale(-1.7f, x.segment, x.offset, x.segment, x.offset, n);
        assertSameBits(scaled, x, "scale in place");
        sum.assertFencesStand();
        scaled.assertFencesStand();
        filled.assertFencesStand();
    }

    @ParameterizedTest
    @MethodSource("io.chagres.runtime.kernel.Cases#sizes")
    void scaledShiftedAndCombined(int n) {
        Floats a = Floats.random(n, 1);
        Floats b = Floats.random(n, 2);
        Floats shifted = Floats.zeros(n);
        kernels.scaleShift(-1.7f, 0.3f, a.segment, a.offset, shifted.segment, shifted.offset, n);
        Floats combined = Floats.zeros(n);
        kernels.combine(-1.7f, a.segment, a.offset, 0.6f, b.segment, b.offset, 0.3f, combined.segment, combined.offset,
                n);
        for (int i = 0; i < n; i++) {
            assertUlps(-1.7f * a.get(i) + 0.3f, shifted.get(i), 0, k -> "scaleShift " + k, i);
            assertUlps(-1.7f * a.get(i) + 0.6f * b.get(i) + 0.3f, combined.get(i), 0, k -> "combine " + k, i);
        }
        shifted.assertFencesStand();
        combined.assertFencesStand();
        Floats copy = a.copy();
        kernels.combine(-1.7f, copy.segment, copy.offset, 0.6f, b.segment, b.offset, 0.3f, copy.segment, copy.offset,
                n);
        assertSameBits(combined, copy, "combine into its left operand");
        kernels.combine(-1.7f, a.segment, a.offset, 0.6f, b.segment, b.offset, 0.3f, b.segment, b.offset, n);
        assertSameBits(combined, b, "combine into its right operand");
        kernels.scaleShift(-1.7f, 0.3f, a.segment, a.offset, a.segment, a.offset, n);
        assertSameBits(shifted, a, "scaleShift in place");
    }

    @Test
    void squaresTurnOverBitByBit() {
        int side = Moves.SIDE;
        int gap = side + 5;
        var random = new Random(1);
        Floats x = Floats.zeros(side * gap);
        for (int i = 0; i < x.n; i++) {
            x.segment.set(ValueLayout.JAVA_INT_UNALIGNED, x.offset + 4L * i, random.nextInt());
        }
        Floats y = Floats.zeros(side * gap);
        float[] array = new float[Moves.BLOCK];
        for (int round = 0; round < 200; round++) {
            kernels.transposeSquare(x.segment, x.offset, 4L * gap, y.segment, y.offset, 4L * gap);
            kernels.transposeSquare(x.segment, x.offset, 4L * gap, array);
            for (int i = 0; i < side; i++) {
                for (int j = 0; j < gap; j++) {
                    int expected = j < side
                            ? x.segment.get(ValueLayout.JAVA_INT_UNALIGNED, x.offset + 4L * (j * gap + i))
                            : 0;
                    assertEquals(expected,
                            y.segment.get(ValueLayout.JAVA_INT_UNALIGNED, y.offset + 4L * (i * gap + j)));
                    if (j < side) {
                        assertEquals(expected, Float.floatToRawIntBits(array[i * side + j]));
                    }
                }
            }
        }
        y.assertFencesStand();
    }

    @ParameterizedTest
    @MethodSource("io.chagres.runtime.kernel.Cases#sizes")
    void theGreatestOfSquares(int n) {
        for (int rows = 1; rows < 4; rows++) {
            checkSquares(Floats.random(2 * rows * 2 * n, n), rows, 2 * n, n);
            checkSquares(Floats.random(2 * rows * (2 * n + 1), n), rows, 2 * n + 1, n);
        }
    }

    @Test
    void theGreatestOfSquaresOfSpecialValues() {
        float[] specials = Cases.specials();
        int n = specials.length * specials.length;
        for (int column = 0; column < 2; column++) {
            float[] values = new float[4 * n];
            for (int i = 0; i < n; i++) {
                values[2 * i + column] = specials[i / specials.length];
                values[2 * n + 2 * i] = specials[i % specials.length];
                values[2 * n + 2 * i + 1] = specials[(i + 3) % specials.length];
            }
            checkSquares(Floats.of(values), 1, 2 * n, n);
        }
    }

    private void checkSquares(Floats x, int rows, int cols, int half) {
        Floats y = Floats.zeros(rows * half);
        kernels.maxOfSquares(x.segment, x.offset, cols, y.segment, y.offset, rows, half);
        for (int i = 0; i < rows * half; i++) {
            int upper = i / half * 2 * cols + i % half * 2;
            int lower = upper + cols;
            float greatest = Math.max(Math.max(x.get(upper), x.get(upper + 1)),
                    Math.max(x.get(lower), x.get(lower + 1)));
            assertUlps(greatest, y.get(i), 0, k -> "square " + k, i);
        }
        y.assertFencesStand();
    }

    @ParameterizedTest
    @MethodSource("io.chagres.runtime.kernel.Cases#sizes")
    void reluBackwardPassesWhereTheOutputIsPositive(int n) {
        checkReluBackward(Floats.random(n, 1), Floats.random(n, 2));
    }

    @Test
    void reluBackwardOfSpecialValues() {
        Floats specials = Floats.of(Cases.specials());
        Floats infinite = specials.copy();
        kernels.fill(Float.NEGATIVE_INFINITY, infinite.segment, infinite.offset, infinite.n);
        checkReluBackward(specials, specials);
        checkReluBackward(infinite, specials);
    }

    private void checkReluBackward(Floats dy, Floats y) {
        Floats dx = Floats.zeros(y.n);
        kernels.reluBackward(dy.segment, dy.offset, y.segment, y.offset, dx.segment, dx.offset, y.n);
        for (int i = 0; i < y.n; i++) {
            assertUlps(y.get(i) <= 0 ? 0 : dy.get(i), dx.get(i), 0, k -> "where y is " + y.get(k), i);
        }
        Floats copy = dy.copy();
        kernels.reluBackward(copy.segment, copy.offset, y.segment, y.offset, copy.segment, copy.offset, y.n);
        assertSameBits(dx, copy, "in place");
        dx.assertFencesStand();
    }

    @ParameterizedTest
    @MethodSource("io.chagres.runtime.kernel.Cases#sizes")
    void bytesBecomeFloats(int n) {
        byte[] bytes = new byte[n + 3];
        new Random(n).nextBytes(bytes);
        MemorySegment x = Arena.ofAuto().allocate(bytes.length);
        MemorySegment.copy(bytes, 0, x, ValueLayout.JAVA_BYTE, 0, bytes.length);
        Floats y = Floats.zeros(n);
        kernels.u8ToF32(x, 3, y.segment, y.offset, n, 1 / 255f, -0.5f);
        for (int i = 0; i < n; i++) {
            float product = 1 / 255f * Byte.toUnsignedInt(bytes[i + 3]);
            assertUlps(product - 0.5f, y.get(i), 0, k -> "byte " + k, i);
        }
        y.assertFencesStand();
    }
}
