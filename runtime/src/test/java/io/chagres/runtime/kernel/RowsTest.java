package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Close.assertClose;
import static io.chagres.runtime.kernel.Close.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@MethodSource("io.chagres.runtime.kernel.Cases#kernels")
class RowsTest {
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float NAN = Float.NaN;
    private static final long IGNORE = -100;

    @Parameter
    Kernels kernels;

    /** The logarithm of the softmax of one row. */
    private static double[] logSoftmax(Floats x, int row, int cols) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < cols; j++) {
            max = Math.max(max, x.get(row * cols + j));
        }
        double sum = 0;
        for (int j = 0; j < cols; j++) {
            sum += Math.exp(x.get(row * cols + j) - max);
        }
        double[] logs = new double[cols];
        for (int j = 0; j < cols; j++) {
            logs[j] = x.get(row * cols + j) - max - Math.log(sum);
        }
        return logs;
    }

    private static Floats logits(int rows, int cols) {
        Floats x = Floats.random(rows * cols, 31L * rows + cols);
        PlainKernels.INSTANCE.scale(5, x.segment, x.offset, x.segment, x.offset, x.n);
        return x;
    }

    /** Every third row is ignored, from the second on. */
    private static MemorySegment labels(int rows, int cols) {
        var random = new Random(rows);
        MemorySegment labels = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, rows + 1L);
        for (int row = 0; row < rows; row++) {
            labels.setAtIndex(ValueLayout.JAVA_LONG, row + 1L, row % 3 == 1 ? IGNORE : random.nextInt(cols));
        }
        return labels;
    }

    private static long label(MemorySegment labels, int row) {
        return labels.getAtIndex(ValueLayout.JAVA_LONG, row + 1L);
    }

    @ParameterizedTest
    @CsvSource({"0, 7", "3, 0", "1, 1", "5, 2", "64, 10", "7, 63", "7, 127", "7, 128", "7, 129", "130, 17", "3, 1024",
            "3, 1025",
            "2, 4097"})
    void softmaxAndItsLogarithm(int rows, int cols) {
        Floats x = logits(rows, cols);
        Floats y = Floats.zeros(rows * cols);
        Floats logs = Floats.zeros(rows * cols);
        kernels.softmaxRows(x.segment, x.offset, y.segment, y.offset, rows, cols);
        kernels.logSoftmaxRows(x.segment, x.offset, logs.segment, logs.offset, rows, cols);
        for (int row = 0; row < rows; row++) {
            double[] expected = logSoftmax(x, row, cols);
            for (int j = 0; j < cols; j++) {
                assertClose(Math.exp(expected[j]), y.get(row * cols + j), 3e-6, 1e-30, "softmax");
                assertClose(expected[j], logs.get(row * cols + j), 5e-7, 1e-7, "log softmax");
            }
        }
        logs.assertFencesStand();
        Floats copy = x.copy();
        kernels.softmaxRows(copy.segment, copy.offset, copy.segment, copy.offset, rows, cols);
        assertSameBits(y, copy, "softmax in place");
        copy = x.copy();
        kernels.logSoftmaxRows(copy.segment, copy.offset, copy.segment, copy.offset, rows, cols);
        assertSameBits(logs, copy, "log softmax in place");
    }

    @ParameterizedTest
    @CsvSource({"0, 7", "1, 1", "5, 2", "64, 10", "7, 63", "7, 128", "7, 131", "130, 17", "3, 1024", "3, 1025",
            "2, 32000"})
    void crossEntropyAndItsGradient(int rows, int cols) {
        Floats x = logits(rows, cols);
        MemorySegment labels = labels(rows, cols);
        Floats p = Floats.zeros(rows * cols);
        double loss = kernels.crossEntropyRows(x.segment, x.offset, labels, 8, IGNORE, p.segment, p.offset, rows, cols);
        Floats dx = Floats.zeros(rows * cols);
        float scale = 0.3f;
        kernels.crossEntropyRowsBackward(p.segment, p.offset, labels, 8, IGNORE, scale, dx.segment, dx.offset, rows,
                cols);
        double expected = 0;
        for (int row = 0; row < rows; row++) {
            double[] logs = logSoftmax(x, row, cols);
            long label = label(labels, row);
            expected -= label == IGNORE ? 0 : logs[(int) label];
            for (int j = 0; j < cols; j++) {
                double probability = Math.exp(logs[j]);
                double gradient = label == IGNORE ? 0 : scale * (probability - (j == label ? 1 : 0));
                assertClose(probability, p.get(row * cols + j), 3e-6, 1e-30, "p");
                assertClose(gradient, dx.get(row * cols + j), 3e-6, 3e-7, "dx");
            }
        }
        assertClose(expected, loss, 1e-6, 1e-6, "loss");
        Floats copy = x.copy();
        assertEquals(loss, kernels.crossEntropyRows(copy.segment, copy.offset, labels, 8, IGNORE, copy.segment,
                copy.offset, rows, cols), "loss in place");
        assertSameBits(p, copy, "p in place");
        kernels.crossEntropyRowsBackward(p.segment, p.offset, labels, 8, IGNORE, scale, p.segment, p.offset, rows,
                cols);
        assertSameBits(dx, p, "dx in place");
    }

    /** As PyTorch: minus infinity has no share, plus infinity and NaN spoil their row and no other. */
    @ParameterizedTest
    @ValueSource(ints = {3, 70, 1030})
    void infinitiesAndNaN(int cols) {
        checkSpecial(cols, -INF, 0, -INF);
        checkSpecial(cols, INF, NAN, NAN);
        checkSpecial(cols, NAN, NAN, NAN);
    }

    private void checkSpecial(int cols, float special, float share, float log) {
        float[] values = new float[2 * cols];
        values[1] = special;
        Floats x = Floats.of(values);
        Floats y = Floats.zeros(2 * cols);
        kernels.softmaxRows(x.segment, x.offset, y.segment, y.offset, 2, cols);
        assertEquals(share, y.get(1), "softmax of " + special);
        double others = Float.isNaN(share) ? NAN : 1.0 / (cols - 1);
        assertClose(others, y.get(0), 1e-6, 0, "beside it");
        assertClose(1.0 / cols, y.get(cols), 1e-6, 0, "in the next row");
        kernels.logSoftmaxRows(x.segment, x.offset, y.segment, y.offset, 2, cols);
        assertEquals(log, y.get(1), "log softmax of " + special);
        assertClose(Math.log(others), y.get(0), 1e-6, 0, "log beside it");
        MemorySegment labels = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, 2);
        labels.setAtIndex(ValueLayout.JAVA_LONG, 0, 1);
        double loss = kernels.crossEntropyRows(x.segment, x.offset, labels, 0, IGNORE, y.segment, y.offset, 2, cols);
        assertEquals(-log, loss, "loss where the label has " + special);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 70, 1030})
    void rowOfMinusInfinitiesHasNoSoftmax(int cols) {
        Floats x = Floats.zeros(cols);
        kernels.fill(-INF, x.segment, x.offset, cols);
        kernels.softmaxRows(x.segment, x.offset, x.segment, x.offset, 1, cols);
        for (int j = 0; j < cols; j++) {
            assertEquals(NAN, x.get(j));
        }
    }

    @Test
    void hugeLogitsDoNotOverflow() {
        Floats x = Floats.of(3e38f, -3e38f, 1000, 1001);
        Floats y = Floats.zeros(4);
        kernels.softmaxRows(x.segment, x.offset, y.segment, y.offset, 2, 2);
        assertEquals(1, y.get(0));
        assertEquals(0, y.get(1));
        assertClose(1 / (1 + Math.E), y.get(2), 1e-6, 0, "first of the second row");
    }
}
