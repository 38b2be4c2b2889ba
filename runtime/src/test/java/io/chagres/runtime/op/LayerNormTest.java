package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LayerNormTest extends OpTest {
    private static final String SIGNATURE = "LayerNorm.layerNorm(Tensor, long[], Tensor, Tensor, double)";
    private static final double EPSILON = 1e-5;

    @Override
    Stream<Case> cases() {
        return Stream.of(
                Case.op(SIGNATURE, in -> LayerNorm.layerNorm(in[0], shape(in[1], in[2]), in[1], in[2], EPSILON))
                        .expects(in -> layerNorm(in[0], in[1].dims().length, in[1], in[2], EPSILON)).optional(1, 2)
                        .on(dims(3, 5), dims(5), dims(5)).on(dims(1, 1), dims(1), dims(1))
                        .on(dims(2, 3, 7), dims(7), dims(7)).on(dims(2, 3, 7), dims(3, 7), dims(3, 7))
                        .on(dims(17, 33), dims(33), dims(33)).on(dims(0, 5), dims(5), dims(5))
                        .on(dims(3, 0), dims(0), dims(0)).on(dims(2, 2, 3, 3), dims(2, 3, 3), dims(2, 3, 3)),
                Case.op(SIGNATURE, "weight", in -> LayerNorm.layerNorm(in[0], shape(in[1]), in[1], null, EPSILON))
                        .expects(in -> layerNorm(in[0], in[1].dims().length, in[1], Array.scalar(0), EPSILON))
                        .optional(1)
                        .on(dims(3, 5), dims(5)).on(dims(2, 3, 7), dims(3, 7)).on(dims(0, 5), dims(5)),
                Case.op(SIGNATURE, "bias", in -> LayerNorm.layerNorm(in[0], shape(in[1]), null, in[1], EPSILON))
                        .expects(in -> layerNorm(in[0], in[1].dims().length, Array.scalar(1), in[1], EPSILON))
                        .optional(1)
                        .on(dims(3, 5), dims(5)).on(dims(2, 3, 7), dims(3, 7)).on(dims(0, 5), dims(5)),
                Case.op(SIGNATURE, "epsilon 0.5",
                        in -> LayerNorm.layerNorm(in[0], last(in[0]), null, null, 0.5))
                        .expects(in -> layerNorm(in[0], 1, Array.scalar(1), Array.scalar(0), 0.5)).on(dims(3, 5))
                        .on(dims(9)).on(dims(1)).on(dims(0, 3)).on(dims(2, 3, 5)))
                .map(operation -> operation.drawn(Values.within(-3, 3)));
    }

    private static long[] last(Tensor x) {
        return x == null ? new long[1] : new long[]{x.size(-1)};
    }

    private static long[] shape(Tensor... parameters) {
        return Arrays.stream(parameters).filter(parameter -> parameter != null).findFirst().orElseThrow().shape()
                .toArray();
    }

    /** By the formula, for each element anew. */
    private static Array layerNorm(Array x, int last, Array weight, Array bias, double epsilon) {
        int first = x.dims().length - last;
        int cols = Arrays.stream(x.dims(), first, x.dims().length).reduce(1, (a, b) -> a * b);
        return Array.generate(x.dims(), at -> {
            int row = 0;
            for (int d = 0; d < first; d++) {
                row = row * x.dims()[d] + at[d];
            }
            double[] values = Arrays.copyOfRange(x.values(), row * cols, row * cols + cols);
            double mean = Arrays.stream(values).average().orElseThrow();
            double variance = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
            return (x.at(at) - mean) / Math.sqrt(variance + epsilon) * weight.at(at) + bias.at(at);
        });
    }

    @Test
    void numbersAreThoseOfPyTorch() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.of(new double[]{1, 2, 4, -1, 0.5, 3}, 2, 3).to(dtype).requiresGrad(true);
            var weight = Tensor.of(new double[]{1, 2, 3}).to(dtype).requiresGrad(true);
            var bias = Tensor.of(new double[]{0.1, 0.2, 0.3}).to(dtype).requiresGrad(true);
            var y = x.layerNorm(new long[]{3}, weight, bias, 1e-5);
            y.backward(Tensor.of(new double[]{1, -2, 0.5, 0.25, 3, -1}, 2, 3).to(dtype));
            close(y, -0.969041531, -0.334520766, 4.30890574, -1.01116576, -0.204060276, 4.23958769);
            close(x.grad(), 1.77536886, -2.66305974, 0.887690874, -1.72395167, 2.75833066, -1.03437898);
            close(weight.grad(), -1.34683297, -0.0715696478, -0.645044939);
            close(bias.grad(), 1.25, 1, -0.5);
        }
    }

    private static void close(Tensor actual, double... expected) {
        assertArrayEquals(expected, actual.toDoubleArray(), actual.dtype() == DType.FLOAT64 ? 1e-8 : 5e-6);
    }

    @Test
    void greatMeansAndLongRowsCostLittleAccuracy() {
        int n = 3000;
        var x = Array.generate(dims(5, n), at -> 100 + Math.sin(at[0] + 0.37 * at[1]));
        var exact = x.map(v -> (float) v);
        var expected = layerNorm(exact, 1, Array.scalar(1), Array.scalar(0), EPSILON);
        var shape = new long[]{n};
        assertArrayEquals(layerNorm(x, 1, Array.scalar(1), Array.scalar(0), EPSILON).values(),
                x.toTensor(DType.FLOAT64).layerNorm(shape, null, null, EPSILON).toDoubleArray(), 1e-11);
        assertArrayEquals(expected.values(),
                x.toTensor(DType.FLOAT32).layerNorm(shape, null, null, EPSILON).toDoubleArray(), 2e-4);
    }

    @Test
    void notNumbersStayInTheirRow() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var y = Tensor.of(new double[]{1, Double.NaN, -1, 1}, 2, 2).to(dtype).layerNorm(new long[]{2}, null, null,
                    EPSILON);
            assertArrayEquals(new double[]{Double.NaN, Double.NaN}, y.select(0, 0).toDoubleArray());
            assertArrayEquals(new double[]{-1, 1}, y.select(0, 1).toDoubleArray(), 1e-5);
        }
    }

    @Test
    void oneTensorMayBeAllOperands() {
        var x = Tensor.of(new double[]{1, -2, 0.5}).requiresGrad(true);
        GradCheck.check(in -> in[0].layerNorm(new long[]{3}, in[0], in[0], EPSILON), x);
        var single = Tensor.of(new float[]{1, -2, 0.5f}).requiresGrad(true);
        GradCheck.check(in -> in[0].layerNorm(new long[]{3}, in[0], in[0], EPSILON), single);
    }

    @Test
    void aRepeatedStepAllocatesNothing() throws InterruptedException {
        var x = Tensor.ones(4, 6).requiresGrad(true);
        var weight = Tensor.ones(6).requiresGrad(true);
        Runnable step = () -> {
            try (var _ = Scope.open()) {
                x.zeroGrad();
                weight.zeroGrad();
                x.mul(2).layerNorm(new long[]{6}, weight, null, EPSILON).sum().backward();
            }
        };
        Steady.check(step);
    }

    @Test
    void whatDoesNotFitIsNamed() {
        var x = Tensor.ones(2, 3, 5);
        refused(x, dims(3), null, null, EPSILON, "[2, 3, 5]", "[3]", "the last sizes");
        refused(x, dims(), null, null, EPSILON, "[2, 3, 5]", "[]", "at least one");
        refused(x, dims(1, 2, 3, 5), null, null, EPSILON, "[2, 3, 5]", "[1, 2, 3, 5]");
        refused(x, dims(2, 3), null, null, EPSILON, "[2, 3, 5]", "[2, 3]");
        refused(Tensor.scalar(1), dims(1), null, null, EPSILON, "[]", "[1]");
        refused(x, dims(5), Tensor.ones(3), null, EPSILON, "the weight [3]", "[2, 3, 5]", "[5] is needed");
        refused(x, dims(5), Tensor.ones(5), Tensor.ones(1, 5), EPSILON, "the bias [1, 5]", "[5] is needed");
        refused(x, dims(5), null, null, 0, "epsilon 0.0", "positive");
        refused(x, dims(5), null, null, Double.NaN, "epsilon NaN", "positive");
        Checks.message(assertThrows(NullPointerException.class, () -> x.layerNorm(null, null, null, EPSILON)),
                "layerNorm", "the normalized shape is null");
    }

    private static void refused(Tensor x, int[] shape, Tensor weight, Tensor bias, double epsilon, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> x.layerNorm(Array.longs(shape), weight, bias, epsilon)), "layerNorm", facts);
    }
}
