package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RmsNormTest extends OpTest {
    private static final String SIGNATURE = "RmsNorm.rmsNorm(Tensor, long[], Tensor, double)";
    private static final double EPSILON = 1e-5;

    @Override
    Stream<Case> cases() {
        return Stream.of(
                Case.op(SIGNATURE, in -> RmsNorm.rmsNorm(in[0], in[1].shape().toArray(), in[1], EPSILON))
                        .expects(in -> rmsNorm(in[0], in[1].dims().length, in[1], EPSILON))
                        .on(dims(3, 5), dims(5)).on(dims(1, 1), dims(1)).on(dims(2, 3, 7), dims(7))
                        .on(dims(2, 3, 7), dims(3, 7)).on(dims(17, 33), dims(33)).on(dims(0, 5), dims(5))
                        .on(dims(3, 0), dims(0)).on(dims(2, 2, 3, 3), dims(2, 3, 3)).on(dims(40, 16), dims(16))
                        .on(dims(19), dims(19)),
                Case.op(SIGNATURE, "no weight", in -> RmsNorm.rmsNorm(in[0], last(in[0]), null, 0.5))
                        .expects(in -> rmsNorm(in[0], 1, Array.scalar(1), 0.5)).on(dims(3, 5)).on(dims(9))
                        .on(dims(1)).on(dims(0, 3)).on(dims(2, 3, 17)),
                Case.op("RmsNorm.rmsNorm(Tensor, long[], Tensor)",
                        in -> RmsNorm.rmsNorm(in[0], in[1].shape().toArray(), in[1]))
                        .expects(in -> rmsNorm(in[0], in[1].dims().length, in[1], 0)).on(dims(3, 5), dims(5))
                        .on(dims(2, 3, 20), dims(20)))
                .map(operation -> operation.drawn(Values.awayFromZero(0.2)));
    }

    /** A weight that is null is none, except where it says the shape. */
    @Override
    void refusesNull(Case operation) {
        if (operation.sample().shapes().length == 1) {
            super.refusesNull(operation);
        }
    }

    private static long[] last(Tensor x) {
        return x == null ? new long[1] : new long[]{x.size(-1)};
    }

    private static Array rmsNorm(Array x, int last, Array weight, double epsilon) {
        int first = x.dims().length - last;
        int cols = Arrays.stream(x.dims(), first, x.dims().length).reduce(1, (a, b) -> a * b);
        return Array.generate(x.dims(), at -> {
            int row = 0;
            for (int d = 0; d < first; d++) {
                row = row * x.dims()[d] + at[d];
            }
            double square = Arrays.stream(x.values(), row * cols, row * cols + cols).map(v -> v * v).average()
                    .orElseThrow();
            return x.at(at) / Math.sqrt(square + epsilon) * weight.at(at);
        });
    }

    /** Of {3, 4}: mean square 12.5. */
    @Test
    void numbersByHand() {
        double r = 1 / Math.sqrt(12.5);
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.of(new double[]{3, 4}).to(dtype).requiresGrad(true);
            var weight = Tensor.of(new double[]{1, 2}).to(dtype).requiresGrad(true);
            var y = x.rmsNorm(new long[]{2}, weight);
            assertArrayEquals(new double[]{3 * r, 8 * r}, y.toDoubleArray(), 1e-6);
            y.sum().backward();
            assertArrayEquals(new double[]{3 * r, 4 * r}, weight.grad().toDoubleArray(), 1e-6);
            // g = {1, 2}: g - x (g · x) / (2 · 12.5), where g · x = 11
            assertArrayEquals(new double[]{(1 - 33 / 25.0) * r, (2 - 44 / 25.0) * r}, x.grad().toDoubleArray(), 1e-6);
            assertArrayEquals(new double[]{0, 0}, Tensor.zeros(2).to(dtype).rmsNorm(new long[]{2}, null)
                    .toDoubleArray());
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 5000", "3, 784", "129, 48", "2500, 100", "20000, 17", "700, 16", "5000, 3"})
    void typesAgreeAndThreadsDoNotMatter(int rows, int cols) {
        var x = Tensor.randn(DType.FLOAT64, new Generator(1), rows, cols).add(0.5);
        var weight = Tensor.randn(DType.FLOAT64, new Generator(2), cols);
        var start = Tensor.randn(DType.FLOAT64, new Generator(3), rows, cols);
        var exact = results(DType.FLOAT64, x, weight, start);
        var single = results(DType.FLOAT32, x, weight, start);
        for (int i = 0; i < exact.length; i++) {
            assertArrayEquals(exact[i], single[i], i == 1 ? 1e-5 * Math.sqrt(rows) : 2e-5);
        }
        try (var _ = Threads.share(1)) {
            assertArrayEquals(single, results(DType.FLOAT32, x, weight, start));
        }
    }

    private static double[][] results(DType dtype, Tensor x, Tensor weight, Tensor start) {
        try (var _ = Scope.open()) {
            var leaf = x.to(dtype).detach().requiresGrad(true);
            var w = weight.to(dtype).detach().requiresGrad(true);
            var plain = x.to(dtype).detach().requiresGrad(true);
            var y = leaf.rmsNorm(w.shape().toArray(), w, EPSILON);
            y.backward(start.to(dtype));
            plain.rmsNorm(w.shape().toArray(), null, EPSILON).backward(start.to(dtype));
            return new double[][]{y.toDoubleArray(), w.grad().toDoubleArray(), leaf.grad().toDoubleArray(),
                    plain.grad().toDoubleArray()};
        }
    }

    @Test
    void aRepeatedStepAllocatesNothing() throws InterruptedException {
        var x = Tensor.ones(4, 20).requiresGrad(true);
        var weight = Tensor.ones(20).requiresGrad(true);
        Steady.check(() -> {
            try (var _ = Scope.open()) {
                x.zeroGrad();
                weight.zeroGrad();
                x.mul(2).rmsNorm(new long[]{20}, weight, EPSILON).sum().backward();
            }
        });
    }

    @Test
    void whatDoesNotFitIsNamed() {
        var x = Tensor.ones(2, 3, 5);
        refused(x, dims(3), null, EPSILON, "[2, 3, 5]", "[3]", "the last sizes");
        refused(x, dims(), null, EPSILON, "[2, 3, 5]", "[]", "at least one");
        refused(x, dims(1, 2, 3, 5), null, EPSILON, "[2, 3, 5]", "[1, 2, 3, 5]");
        refused(x, dims(5), Tensor.ones(3), EPSILON, "the weight [3]", "[2, 3, 5]", "[5] is needed");
        refused(x, dims(5), null, 0, "epsilon 0.0", "positive");
        refused(x, dims(5), Tensor.ones(5).to(DType.FLOAT64), EPSILON, "FLOAT64 [5]");
        Checks.message(assertThrows(NullPointerException.class, () -> x.rmsNorm(null, null)), "rmsNorm",
                "the normalized shape is null");
    }

    private static void refused(Tensor x, int[] shape, Tensor weight, double epsilon, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> x.rmsNorm(Array.longs(shape), weight, epsilon)), "rmsNorm", facts);
    }
}
