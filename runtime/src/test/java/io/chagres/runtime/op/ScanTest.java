package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScanTest extends OpTest {
    private static final double NAN = Double.NaN;
    private static final int[][] SHAPES = {{3, 5}, {17}, {2, 1, 3}, {2, 3, 4}, {4, 0}, {1}};
    private static final Values SOME_ZEROS = (random, index) -> Arrays.stream(index).sum() % 4 == 1
            ? 0
            : 0.5 + random.nextDouble();

    private interface Along {
        Tensor of(Tensor x, int dim);
    }

    @Override
    Stream<Case> cases() {
        return Stream.of(cases("cumsum", Scan::cumsum, Double::sum, Values.within(-1, 1)),
                cases("cumprod", Scan::cumprod, (a, b) -> a * b, Values.awayFromZero(0.5)),
                cases("cumprod", Scan::cumprod, (a, b) -> a * b, SOME_ZEROS),
                cases("logcumsumexp", Scan::logcumsumexp, (a, b) -> Math.log(Math.exp(a) + Math.exp(b)),
                        Values.within(-1, 1)))
                .flatMap(c -> c);
    }

    private static Stream<Case> cases(String name, Along scan, DoubleBinaryOperator step, Values values) {
        return Arrays.stream(SHAPES).flatMap(shape -> IntStream.range(0, shape.length).mapToObj(axis -> {
            int counted = axis - (axis % 2 == 0 ? shape.length : 0);
            var made = Case.op("Scan." + name + "(Tensor, int)", "dim " + counted, in -> scan.of(in[0], counted))
                    .expects(in -> plain(in[0], axis, step)).on(shape).drawn(values);
            return name.startsWith("log") ? made : made.anyType();
        }));
    }

    private static Array plain(Array x, int axis, DoubleBinaryOperator step) {
        return Array.generate(x.dims(), at -> {
            double value = x.at(Array.with(at, axis, 0));
            for (int i = 1; i <= at[axis]; i++) {
                value = step.applyAsDouble(value, x.at(Array.with(at, axis, i)));
            }
            return value;
        });
    }

    @Test
    void integersGiveInt64() {
        for (var dtype : new DType[]{DType.UINT8, DType.INT32, DType.INT64, DType.BOOL}) {
            var x = Tensor.full(dtype, 1, 2, 300);
            Checks.type(DType.INT64, x.cumsum(1));
            assertEquals(300, x.cumsum(1).toLongArray()[599]);
            assertEquals(2, x.cumsum(0).toLongArray()[599]);
            assertEquals(1, x.cumprod(0).toLongArray()[599]);
        }
        Checks.type(DType.BFLOAT16, Tensor.full(DType.BFLOAT16, 1, 3).cumsum(0));
    }

    @Test
    void longRowsAreAddedInDoublePrecision() {
        var x = Tensor.full(DType.FLOAT32, 0.1, 100_000);
        assertEquals((double) 0.1f * 100_000, x.cumsum(0).select(0, 99_999).item(), 1e-3);
    }

    @Test
    void theGreatestAndTheLeastSoFar() {
        var x = Tensor.of(new double[]{2, 1, 3, 3, 0, NAN, 5}).requiresGrad(true);
        var max = x.cummax(0);
        Checks.values(max.values(), 2, 2, 3, 3, 3, NAN, NAN);
        Checks.values(max.indices(), 0, 0, 2, 3, 3, 5, 5);
        var min = x.cummin(0);
        Checks.values(min.values(), 2, 1, 1, 1, 0, NAN, NAN);
        Checks.values(min.indices(), 0, 1, 1, 1, 4, 5, 5);
        max.values().sum().backward();
        Checks.values(x.grad(), 2, 0, 1, 2, 0, 2, 0);
        var whole = Tensor.of(new long[]{1L << 60, (1L << 60) + 1, Long.MIN_VALUE}).view(3, 1);
        assertArrayEquals(new long[]{0, 1, 1}, whole.cummax(0).indices().toLongArray());
        assertArrayEquals(new long[]{0, 0, 2}, whole.cummin(0).indices().toLongArray());
        Checks.type(DType.UINT8, Tensor.full(DType.UINT8, 1, 2, 3).cummax(1).values());
        Checks.shape(Tensor.ones(2, 0).cummax(1).values(), 2, 0);
    }

    @Test
    void valuesSoFarHaveGradientsOfBothOrders() {
        var x = Tensor.randn(new Generator(5), 4, 6).to(DType.FLOAT64).requiresGrad(true);
        for (int dim = 0; dim < 2; dim++) {
            int axis = dim;
            GradCheck.check(in -> in[0].cummax(axis).values(), x);
            GradCheck.checkSecond(in -> in[0].cummin(axis).values(), x);
        }
    }

    @Test
    void logarithmsDoNotOverflow() {
        double low = Double.NEGATIVE_INFINITY;
        var x = Tensor.of(new double[]{low, 1000, 1000, -1000});
        assertArrayEquals(new double[]{low, 1000, 1000 + Math.log(2), 1000 + Math.log(2)},
                x.logcumsumexp(0).toDoubleArray(), 1e-12);
        var high = Tensor.of(new double[]{1000, 1000}).requiresGrad(true);
        high.logcumsumexp(0).sum().backward();
        assertArrayEquals(new double[]{1.5, 0.5}, high.grad().toDoubleArray(), 1e-12);
        GradCheck.checkSecond(in -> in[0].add(1000).logcumsumexp(0), Tensor.of(new double[]{0.5, 0.25, 1})
                .requiresGrad(true));
    }

    @Test
    void resultsDoNotDependOnTheNumberOfThreads() {
        var x = Tensor.randn(new Generator(6), 300, 20, 30);
        float[][] alone = null;
        for (int threads = 1; threads <= Math.min(2, Threads.limit()); threads++) {
            try (var _ = Threads.share(threads)) {
                var results = new float[][]{x.cumsum(0).toFloatArray(), x.cumsum(1).toFloatArray(),
                        x.cumprod(2).toFloatArray(), x.cummax(1).values().toFloatArray()};
                alone = alone == null ? results : alone;
                assertArrayEquals(alone, results);
            }
        }
    }

    @Test
    void refusals() {
        var x = Tensor.ones(2, 3);
        Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> x.cumsum(2)), "cumsum", "dimension 2",
                "[2, 3]");
        Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> x.cummax(-3)), "cummax", "dimension -3");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.to(DType.INT64).logcumsumexp(0)),
                "logcumsumexp", "INT64");
        Checks.message(assertThrows(NullPointerException.class, () -> Scan.cummin(null, 0)), "cummin", "null");
    }
}
