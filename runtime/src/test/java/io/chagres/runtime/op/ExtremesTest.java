package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ExtremesTest extends OpTest {
    private static final double NAN = Double.NaN;
    private static final int[][] SHAPES = {{3, 5}, {1}, {17}, {2, 1, 3}, {2, 3, 4}, {2, 3, 2, 3}, {0, 3}, {70, 3},
            {3, 70}};

    /** All different, and further apart than the steps of differences. */
    private static final Values APART = (random, index) -> {
        int mixed = 0;
        for (int i : index) {
            mixed = mixed * 7 + i;
        }
        return mixed * 371 % 1009 / 100.0;
    };

    @Override
    Stream<Case> cases() {
        return Stream.of(
                Reductions.casesOfSome("Extremes.amax", Extremes::amax, Extremes::amax, Extremes::amax,
                        v -> Arrays.stream(v).max().orElseThrow(), ExtremesTest::drawn),
                Reductions.casesOfSome("Extremes.amin", Extremes::amin, Extremes::amin, Extremes::amin,
                        v -> Arrays.stream(v).min().orElseThrow(), ExtremesTest::drawn),
                Stream.of(drawn(Case.op("Extremes.max(Tensor)", in -> Extremes.max(in[0]))
                        .expects(in -> Array.scalar(Arrays.stream(in[0].values()).max().orElseThrow())).on(new int[0])
                        .on(new int[]{3, 5}).on(new int[]{2, 3, 4})),
                        drawn(Case.op("Extremes.min(Tensor)", in -> Extremes.min(in[0]))
                                .expects(in -> Array.scalar(Arrays.stream(in[0].values()).min().orElseThrow()))
                                .on(new int[0]).on(new int[]{3, 5}).on(new int[]{2, 3, 4}))))
                .flatMap(c -> c);
    }

    private static Case drawn(Case operation) {
        return operation.drawn(APART).anyType();
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"Extremes.argmax(Tensor)", "Extremes.argmax(Tensor, int, boolean)", "Extremes.argmin(Tensor)",
            "Extremes.argmin(Tensor, int, boolean)"})
    void ofEachDimensionInEachTypeAndArrangement(DType dtype) {
        for (int[] dims : SHAPES) {
            for (int axis = 0; axis < dims.length; axis++) {
                if (dims[axis] > 0) {
                    everywhere(dims, axis, dtype);
                }
            }
        }
    }

    private static void everywhere(int[] dims, int axis, DType dtype) {
        var random = new Random(11);
        var drawn = Array.generate(dims, _ -> random.nextInt(dtype == DType.BOOL ? 2 : 4)); // with ties
        for (var arrangement : Arrangement.values()) {
            var x = arrangement.settle(drawn);
            var view = arrangement.view(arrangement.leaf(x, dtype), dims);
            var greatest = places(x, axis, 1);
            var least = places(x, axis, -1);
            for (int dim : new int[]{axis, axis - dims.length}) {
                same(greatest, DType.INT64, view.argmax(dim));
                same(least, DType.INT64, view.argmin(dim));
                same(greatest, DType.INT64, view.max(dim, false).indices());
                same(least, DType.INT64, view.min(dim, false).indices());
                same(at(x, axis, greatest), dtype, view.max(dim, false).values());
                same(at(x, axis, least), dtype, view.min(dim, false).values());
                same(at(x, axis, greatest), dtype, view.amax(dim, false));
                same(at(x, axis, least), dtype, view.aminmax(dim, false).min());
                assertEquals(1, view.argmax(dim, true).size(dim));
                assertEquals(1, view.min(dim, true).values().size(dim));
            }
            if (x.values().length > 0) {
                same(places(new Array(new int[]{x.values().length}, x.values()), 0, 1), DType.INT64, view.argmax());
                same(places(new Array(new int[]{x.values().length}, x.values()), 0, -1), DType.INT64, view.argmin());
                assertEquals(Arrays.stream(x.values()).max().orElseThrow(), view.max().item());
                assertEquals(Arrays.stream(x.values()).min().orElseThrow(), view.aminmax().min().item());
            }
        }
    }

    private static Array places(Array x, int axis, int sign) {
        return Array.generate(Array.remove(x.dims(), axis), at -> {
            int best = 0;
            for (int i = 1; i < x.dims()[axis]; i++) {
                best = sign * x.at(Array.insert(at, axis, i)) > sign * x.at(Array.insert(at, axis, best)) ? i : best;
            }
            return best;
        });
    }

    private static Array at(Array x, int axis, Array places) {
        return Array.generate(places.dims(), at -> x.at(Array.insert(at, axis, (int) places.at(at))));
    }

    private static void same(Array expected, DType type, Tensor actual) {
        Checks.type(type, actual);
        Checks.shape(actual, Array.longs(expected.dims()));
        assertArrayEquals(expected.values(), actual.toDoubleArray());
        assertFalse(actual.requiresGrad());
    }

    @Test
    void aNotNumberIsTheGreatestAndTheLeast() {
        for (int n : new int[]{4, 3000, 200_000}) {
            double[] values = IntStream.range(0, n).mapToDouble(i -> i % 7).toArray();
            values[n - 3] = NAN;
            values[n - 1] = NAN;
            for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16}) {
                var x = Tensor.of(values).to(dtype);
                Checks.values(x.argmax(), n - 3);
                Checks.values(x.argmin(0), n - 3);
                Checks.values(x.max(), NAN);
                Checks.values(x.amin(), NAN);
                Checks.values(x.min(0, false).values(), NAN);
                Checks.values(x.view(n, 1).expand(n, 2).argmin(0), n - 3, n - 3);
            }
        }
        double low = Double.NEGATIVE_INFINITY;
        Checks.values(Tensor.of(new double[]{low, low}).argmax(0), 0);
        Checks.values(Tensor.of(new double[]{low, low}).max(), low);
    }

    @Test
    void integersAreComparedExactly() {
        long large = 1L << 60;
        var x = Tensor.of(new long[]{large, large + 1, large + 1, Long.MIN_VALUE, Long.MIN_VALUE + 1});
        Checks.values(x.argmax(), 1);
        Checks.values(x.argmin(0), 3);
        assertEquals(large + 1, x.max().toLongArray()[0]);
        assertEquals(Long.MIN_VALUE, x.amin(0, false).toLongArray()[0]);
        assertEquals(large + 1, x.view(5, 1).max(0, false).values().toLongArray()[0]);
    }

    @Test
    void tiesShareEvenlyUnlessAnIndexIsReturned() {
        var x = Tensor.of(new double[]{3, 1, 3, 1, 2, 3}).view(2, 3).requiresGrad(true);
        gradient(x, x.max(), 1 / 3.0, 0, 1 / 3.0, 0, 0, 1 / 3.0);
        gradient(x, x.min(), 0, 0.5, 0, 0.5, 0, 0);
        gradient(x, x.amax(1, false).sum(), 0.5, 0, 0.5, 0, 0, 1);
        gradient(x, x.amin(new int[]{0, 1}, true).sum(), 0, 0.5, 0, 0.5, 0, 0);
        gradient(x, x.max(1, false).values().sum(), 1, 0, 0, 0, 0, 1);
        gradient(x, x.min(0, true).values().mul(Tensor.of(new double[]{1, 2, 3})).sum(), 0, 2, 3, 1, 0, 0);
        gradient(x, x.aminmax(0, false).max().sum(), 1, 0, 0.5, 0, 1, 0.5);
        var nan = Tensor.of(new double[]{1, NAN, NAN}).requiresGrad(true);
        gradient(nan, nan.max(), 0, 0.5, 0.5);
        var high = Tensor.of(new double[]{1, Double.POSITIVE_INFINITY}).requiresGrad(true);
        gradient(high, high.max(), 0, 1);
        assertFalse(x.argmax(0).requiresGrad());
        assertFalse(x.max(0, false).indices().requiresGrad());
    }

    private static void gradient(Tensor x, Tensor y, double... expected) {
        x.zeroGrad();
        y.backward();
        assertArrayEquals(expected, x.grad().toDoubleArray(), 1e-15);
    }

    @Test
    void valuesHaveGradientsOfBothOrders() {
        var x = Tensor.randn(new Generator(3), 3, 5, 2).to(DType.FLOAT64).requiresGrad(true);
        for (int dim = 0; dim < 3; dim++) {
            int axis = dim;
            GradCheck.check(in -> in[0].max(axis, false).values(), x);
            GradCheck.checkSecond(in -> in[0].min(axis, true).values(), x);
        }
    }

    @ParameterizedTest
    @CsvSource({"600, 300, 1", "2, 400, 300", "1, 70000, 3", "3000, 40, 1", "1, 2, 70000", "1, 300000, 1"})
    void resultsDoNotDependOnTheNumberOfThreads(int outer, int count, int inner) {
        var x = Tensor.randn(new Generator(outer), outer, count, inner);
        var plain = new Array(new int[]{outer, count, inner}, x.toDoubleArray());
        for (int threads = 1; threads <= Math.min(2, Threads.limit()); threads++) {
            try (var _ = Threads.share(threads)) {
                assertArrayEquals(places(plain, 1, 1).values(), x.argmax(1).toDoubleArray());
                assertArrayEquals(places(plain, 1, -1).values(), x.min(1, false).indices().toDoubleArray());
                assertArrayEquals(at(plain, 1, places(plain, 1, 1)).values(), x.amax(1, false).toDoubleArray());
                assertEquals(Arrays.stream(plain.values()).min().orElseThrow(), x.min().item());
            }
        }
    }

    @Test
    void ofNothingThereIsNone() {
        var empty = Tensor.ones(2, 0);
        message(IllegalArgumentException.class, empty::max, "max", "dimension 1", "[2, 0]", "empty");
        message(IllegalArgumentException.class, empty::argmin, "argmin", "[2, 0]", "empty");
        message(IllegalArgumentException.class, () -> empty.max(1, false), "max", "[2, 0]", "empty");
        message(IllegalArgumentException.class, () -> empty.amin(-1, false), "amin", "[2, 0]", "empty");
        message(IllegalArgumentException.class, () -> empty.argmax(1), "argmax", "[2, 0]", "empty");
        message(IllegalArgumentException.class, empty::aminmax, "aminmax", "[2, 0]", "empty");
        Checks.shape(empty.argmax(0), 0);
        Checks.shape(empty.max(0, true).values(), 1, 0);
        Checks.shape(empty.amax(0, false), 0);
    }

    @Test
    void refusals() {
        var x = Tensor.ones(2, 3);
        message(IndexOutOfBoundsException.class, () -> x.argmax(2), "argmax", "dimension 2", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.min(-3, false), "min", "dimension -3", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.amax(new int[]{1, 1}, false), "amax", "twice");
        message(NullPointerException.class, () -> Extremes.argmax(null, 0, false), "argmax", "null");
        message(NullPointerException.class, () -> Extremes.max(null, 0, false), "max", "null");
        var closed = Checks.closed(2);
        message(IllegalStateException.class, () -> closed.argmax(0), "argmax", "closed");
    }

    private static void message(Class<? extends Exception> type, org.junit.jupiter.api.function.Executable call,
            String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
