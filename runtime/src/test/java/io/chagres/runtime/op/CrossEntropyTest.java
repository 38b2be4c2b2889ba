package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CrossEntropyTest extends OpTest {
    private static final String SIGNATURE = "CrossEntropy.crossEntropy(Tensor, Tensor, long, boolean)";
    private static final long[][] LABELS = {{2, 0, 4}, {0}, {-100, 3}, {1, -100, 1, -100, 0, 4, 2}};

    @Override
    Stream<Case> cases() {
        return Arrays.stream(LABELS).flatMap(labels -> Stream.of(true, false).map(
                mean -> Case.op(SIGNATURE, (mean ? "mean of " : "sum of ") + Arrays.toString(labels),
                        in -> CrossEntropy.crossEntropy(in[0], Tensor.of(labels), -100, mean))
                        .expects(in -> Array.scalar(loss(in[0], labels, -100, mean))).drawn(Values.within(-3, 3))
                        .on(dims(labels.length, 5)).on(dims(labels.length, 17))));
    }

    /** Σ log Σ e^(x - x[label]), over the rows that count. */
    private static double loss(Array x, long[] labels, long ignore, boolean mean) {
        double sum = 0;
        int counted = 0;
        for (int row = 0; row < labels.length; row++) {
            if (labels[row] != ignore) {
                double others = 0;
                for (int col = 0; col < x.dims()[1]; col++) {
                    others += Math.exp(x.at(row, col) - x.at(row, (int) labels[row]));
                }
                sum += Math.log(others);
                counted++;
            }
        }
        return mean ? sum / counted : sum;
    }

    @Test
    void equalLogitsCostTheLogarithmOfTheirNumber() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            for (int classes : new int[]{1, 2, 10, 1000, 5000}) {
                var loss = CrossEntropy.crossEntropy(Tensor.full(dtype, 3, 4, classes), Tensor.of(new long[4]), -100,
                        true);
                assertEquals(Math.log(classes), loss.item(), 1e-6);
            }
        }
    }

    @Test
    void aSureAndRightAnswerCostsNothingAndAWrongOneItsDistance() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var logits = Tensor.of(new double[]{1000, 0, 0}, 1, 3).to(dtype);
            assertEquals(0, CrossEntropy.crossEntropy(logits, Tensor.of(new long[]{0}), -100, true).item());
            assertEquals(1000, CrossEntropy.crossEntropy(logits, Tensor.of(new long[]{2}), -100, true).item());
        }
    }

    @Test
    void anyLabelCanBeTheOneToIgnore() {
        var x = Array.generate(dims(3, 4), at -> at[0] - at[1]);
        long[] labels = {1, 2, 1};
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var logits = x.toTensor(dtype).requiresGrad(true);
            var loss = CrossEntropy.crossEntropy(logits, Tensor.of(labels), 1, true);
            assertEquals(loss(x, labels, 1, true), loss.item(), 1e-6);
            loss.backward();
            assertArrayEquals(new double[4], logits.grad().select(0, 0).toDoubleArray());
            assertArrayEquals(new double[4], logits.grad().select(0, 2).toDoubleArray());
        }
    }

    @Test
    void withoutRowsThatCountTheMeanIsNoNumberAndTheSumZero() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            for (var labels : new long[][]{{}, {-100, -100}}) {
                var logits = Tensor.full(dtype, 1, labels.length, 3).requiresGrad(true);
                var given = Tensor.of(labels);
                assertEquals(Double.NaN, CrossEntropy.crossEntropy(logits, given, -100, true).item());
                var sum = CrossEntropy.crossEntropy(logits, given, -100, false);
                assertEquals(0, sum.item());
                sum.backward();
                assertArrayEquals(new double[3 * labels.length], logits.grad().toDoubleArray());
            }
        }
    }

    @Test
    void stridedLabelsAreRead() {
        var labels = Tensor.of(new long[]{0, 9, 2, 9, 1, 9}, 3, 2).select(1, 0);
        var logits = Array.generate(dims(3, 3), at -> 2 * at[0] - at[1]);
        assertEquals(loss(logits, new long[]{0, 2, 1}, -100, true),
                CrossEntropy.crossEntropy(logits.toTensor(DType.FLOAT32), labels, -100, true).item(), 1e-6);
    }

    @Test
    void notNumbersAmongTheLogitsShowInLossAndGradient() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var logits = Tensor.of(new double[]{1, Double.NaN, 3, 1, 2, 3}, 2, 3).to(dtype).requiresGrad(true);
            var loss = CrossEntropy.crossEntropy(logits, Tensor.of(new long[]{0, 1}), -100, false);
            assertEquals(Double.NaN, loss.item());
            loss.backward();
            assertArrayEquals(new double[]{Double.NaN, Double.NaN, Double.NaN},
                    logits.grad().select(0, 0).toDoubleArray());
        }
    }

    @Test
    void labelsThatAreNoClassesAreNamed() {
        refused(IndexOutOfBoundsException.class, Tensor.of(new long[]{0, 3}), "label 3", "row 1", "0 to 2",
                "do the labels start at 1?");
        refused(IndexOutOfBoundsException.class, Tensor.of(new long[]{-1, 0}), "label -1", "row 0", "0 to 2");
        refused(IndexOutOfBoundsException.class, Tensor.of(new long[]{0, Long.MAX_VALUE}), "label " + Long.MAX_VALUE);
        refused(IndexOutOfBoundsException.class, Tensor.of(new long[]{1L << 32, 0}), "label 4294967296");
        refused(IllegalArgumentException.class, Tensor.of(new long[]{0, 1, 2}), "labels [3]", "logits [2, 3]", "[2]");
        refused(IllegalArgumentException.class, Tensor.of(new long[]{0, 1}, 2, 1), "labels [2, 1]");
        refused(IllegalArgumentException.class, Tensor.of(new float[]{0, 1}), "labels [2]", "FLOAT32", "INT64");
        refused(IllegalArgumentException.class, Tensor.of(new long[]{0, 1}).to(DType.INT32), "INT32", "INT64");
    }

    private static void refused(Class<? extends Exception> type, Tensor labels, String... facts) {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var logits = Tensor.full(dtype, 1, 2, 3);
            Checks.message(assertThrows(type, () -> CrossEntropy.crossEntropy(logits, labels, -100, true)),
                    "crossEntropy", facts);
        }
    }

    @Test
    void logitsMustBeAMatrixAndLabelsPresent() {
        var labels = Tensor.of(new long[]{0});
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> CrossEntropy.crossEntropy(Tensor.ones(3), labels, -100, true)), "crossEntropy", "[3]",
                "2 are needed");
        Checks.message(assertThrows(NullPointerException.class,
                () -> CrossEntropy.crossEntropy(Tensor.ones(1, 3), null, -100, true)), "crossEntropy",
                "the labels is null");
    }

    @Test
    void labelsChangedBeforeBackwardAreNoticed() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var logits = Tensor.full(dtype, 1, 2, 3).requiresGrad(true);
            var labels = Tensor.of(new long[]{0, 1});
            var loss = CrossEntropy.crossEntropy(logits, labels, -100, true);
            labels.fill(1000);
            Checks.message(assertThrows(IllegalStateException.class, loss::backward), "backward", "crossEntropy",
                    "changed in place");
        }
    }
}
