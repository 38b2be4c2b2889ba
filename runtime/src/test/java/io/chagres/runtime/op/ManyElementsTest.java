package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors so large that work is cut into parts: no element is left out, none is done twice. */
class ManyElementsTest {
    private static final int N = 100_003;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void elementByElement(int threads) {
        check(threads, x -> x.tanh(), (v, _) -> Math.tanh(v), (v, _) -> 1 - Math.tanh(v) * Math.tanh(v));
        check(threads, x -> x.relu(), (v, _) -> Math.max(v, 0), (v, _) -> v > 0 ? 1 : 0);
        check(threads, x -> x.geluTanh(), (v, _) -> 0.5 * v * (1 + Math.tanh(cubic(v))),
                (v, _) -> 0.5 * (1 + Math.tanh(cubic(v))) + 0.5 * v * (1 - Math.pow(Math.tanh(cubic(v)), 2))
                        * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * v * v));
        check(threads, x -> x.add(x), (v, _) -> 2 * v, (_, _) -> 2);
        check(threads, x -> x.mul(2).relu().add(x.relu()), (v, _) -> 3 * Math.max(v, 0), (v, _) -> v > 0 ? 3 : 0);
        check(threads, x -> x.mul(indices()), (v, i) -> v * i, (_, i) -> i);
        check(threads, x -> x.div(indices().add(1)), (v, i) -> v / (i + 1), (_, i) -> 1 / (i + 1));
    }

    private static double cubic(double v) {
        return Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v);
    }

    private static Tensor indices() {
        return Convert.fill(Tensor.zeros(N), i -> i);
    }

    private static void check(int threads, Function<Tensor, Tensor> function, DoubleBinaryOperator plain,
            DoubleBinaryOperator slope) {
        try (var _ = Threads.share(Math.min(threads, Threads.limit())); var _ = Scope.open()) {
            var x = Tensor.randn(new Generator(51), N).requiresGrad(true);
            var y = function.apply(x);
            y.backward(Tensor.ones(N));
            double[] values = x.toDoubleArray();
            assertArrayEquals(expected(values, plain), y.toFloatArray(), 2e-6f);
            assertArrayEquals(expected(values, slope), x.grad().toFloatArray(), 2e-6f);
        }
    }

    private static float[] expected(double[] values, DoubleBinaryOperator plain) {
        var expected = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            expected[i] = (float) plain.applyAsDouble(values[i], i);
        }
        return expected;
    }

    /** 300 rows of 130 columns: two parts of different width. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void biasGradientsAreSumsOverManyRows(int threads) {
        try (var _ = Threads.share(Math.min(threads, Threads.limit())); var _ = Scope.open()) {
            var generator = new Generator(52);
            var x = Tensor.randn(generator, 300, 70);
            var w = Tensor.randn(generator, 130, 70);
            var b = Tensor.randn(generator, 130).requiresGrad(true);
            var dy = Tensor.randn(generator, 300, 130);
            var y = Affine.linearRelu(x, w, b);
            y.backward(dy);
            assertArrayEquals(columnSums(dy, y), b.grad().toDoubleArray(), 1e-4);
            b.zeroGrad();
            Affine.linear(x, w, b).backward(dy);
            assertArrayEquals(columnSums(dy, Tensor.ones(300, 130)), b.grad().toDoubleArray(), 1e-4);
        }
    }

    /** Σ over the rows of dy where y is positive. */
    private static double[] columnSums(Tensor dy, Tensor y) {
        var gradients = new Array(dims(300, 130), dy.toDoubleArray());
        var results = new Array(dims(300, 130), y.toDoubleArray());
        return Array.generate(dims(130), at -> {
            double sum = 0;
            for (int row = 0; row < 300; row++) {
                sum += results.at(row, at[0]) > 0 ? gradients.at(row, at[0]) : 0;
            }
            return sum;
        }).values();
    }
}
