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
import java.util.Comparator;
import java.util.HashMap;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SortingTest extends OpTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final int[][] SHAPES = {{3, 5}, {1}, {17}, {2, 1, 3}, {2, 3, 4}, {0, 3}, {3, 0}, {3, 70}, {40, 2}};
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
                Case.op("Sorting.median(Tensor)", in -> Sorting.median(in[0]))
                        .expects(in -> Array.scalar(middle(in[0].values()))).anyType(),
                Case.op("Sorting.nanmedian(Tensor)", in -> Sorting.nanmedian(in[0]))
                        .expects(in -> Array.scalar(middle(in[0].values()))).anyType(),
                Case.op("Sorting.quantile(Tensor, double)", in -> Sorting.quantile(in[0], 0.3))
                        .expects(in -> Array.scalar(quantile(in[0].values(), 0.3))),
                Case.op("Sorting.quantile(Tensor, double, int, boolean)", "dim 1",
                        in -> Sorting.quantile(in[0], 0.8, 1, false))
                        .expects(in -> Reductions.plain(in[0], new int[]{1}, false, v -> quantile(v, 0.8))),
                Case.op("Sorting.quantile(Tensor, double, int, boolean)", "dim 0, kept",
                        in -> Sorting.quantile(in[0], 0.5, 0, true))
                        .expects(in -> Reductions.plain(in[0], new int[]{0}, true, v -> quantile(v, 0.5))))
                .map(c -> c.drawn(APART).on(new int[]{3, 5}).on(new int[]{2, 3, 4}));
    }

    private static double middle(double[] values) {
        return Arrays.stream(values).sorted().toArray()[(values.length - 1) / 2];
    }

    private static double quantile(double[] values, double q) {
        double[] sorted = Arrays.stream(values).sorted().toArray();
        double place = q * (sorted.length - 1);
        int low = (int) place;
        return sorted[low] + (place - low) * (low + 1 < sorted.length ? sorted[low + 1] - sorted[low] : 0);
    }

    /** Stable, NaN last. */
    private static Integer[] order(double[] values, boolean descending) {
        var order = IntStream.range(0, values.length).boxed().toArray(Integer[]::new);
        Comparator<Integer> byValue = (a, b) -> Double.compare(values[a] + 0.0, values[b] + 0.0);
        Arrays.sort(order, descending ? byValue.reversed() : byValue);
        return order;
    }

    private static Array places(Array x, int axis, int k, boolean descending) {
        var orders = new HashMap<String, Integer[]>();
        return Array.generate(Array.with(x.dims(), axis, k), at -> orders
                .computeIfAbsent(Arrays.toString(Array.with(at, axis, 0)),
                        _ -> order(row(x, axis, at), descending))[at[axis]]);
    }

    private static double[] row(Array x, int axis, int[] at) {
        return IntStream.range(0, x.dims()[axis]).mapToDouble(i -> x.at(Array.with(at, axis, i))).toArray();
    }

    private static Array at(Array x, int axis, Array places) {
        return Array.generate(places.dims(), at -> x.at(Array.with(at, axis, (int) places.at(at))));
    }

    private static void same(Array expected, DType type, Tensor actual) {
        Checks.type(type, actual);
        Checks.shape(actual, Array.longs(expected.dims()));
        assertArrayEquals(expected.values(), actual.toDoubleArray());
    }

    @ParameterizedTest
    @EnumSource
    @Covers("Sorting.argsort(Tensor, int, boolean)")
    void inEveryTypeAndArrangement(DType dtype) {
        var random = new Random(3);
        for (int[] dims : SHAPES) {
            for (var arrangement : Arrangement.values()) {
                var x = arrangement.settle(Array.generate(dims, _ -> random.nextInt(dtype == DType.BOOL ? 2 : 5)
                        - (dtype.isSigned() ? 2 : 0)));
                var t = arrangement.view(arrangement.leaf(x, dtype), dims);
                for (int axis = 0; axis < dims.length; axis++) {
                    for (boolean descending : new boolean[]{false, true}) {
                        var places = places(x, axis, dims[axis], descending);
                        same(places, DType.INT64, t.argsort(axis - dims.length, descending));
                        same(places, DType.INT64, t.sort(axis, descending).indices());
                        same(at(x, axis, places), dtype, t.sort(axis, descending, true).values());
                        for (int k : new int[]{0, dims[axis] / 5, dims[axis]}) {
                            var first = places(x, axis, k, descending);
                            same(first, DType.INT64, t.topk(k, axis, descending, true).indices());
                            same(at(x, axis, first), dtype, t.topk(k, axis, descending, true).values());
                        }
                    }
                    if (dims[axis] > 0) {
                        kth(x, t, axis);
                    }
                }
            }
        }
    }

    private static void kth(Array x, Tensor t, int axis) {
        for (int k = 1; k <= x.dims()[axis]; k += 3) {
            int place = k - 1;
            var expected = Array.generate(Array.with(x.dims(), axis, 1),
                    at -> order(row(x, axis, at), false)[place]);
            same(at(x, axis, expected), t.dtype(), t.kthvalue(k, axis, true).values());
            same(expected, DType.INT64, t.kthvalue(k, axis, true).indices());
        }
        var middle = Reductions.plain(x, new int[]{axis}, false, SortingTest::middle);
        same(middle, t.dtype(), t.median(axis, false).values());
        same(middle, t.dtype(), t.nanmedian(axis, false).values());
    }

    /** Rows that are sorted by digits, merged, selected. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64", "INT32", "INT64", "BFLOAT16"})
    void longRows(DType dtype) {
        for (int n : new int[]{1000, 4096, 30_011}) {
            var x = Tensor.randn(new Generator(n), 2, n).mul(1000).to(dtype);
            var plain = new Array(new int[]{2, n}, x.toDoubleArray());
            var sorted = order(row(plain, 1, new int[]{1, 0}), true);
            double[] expected = Arrays.stream(sorted).mapToDouble(i -> i).toArray();
            assertArrayEquals(expected, x.argsort(1, true).select(0, 1).toDoubleArray());
            assertArrayEquals(Arrays.copyOf(expected, 10), x.topk(10).indices().select(0, 1).toDoubleArray());
            assertArrayEquals(Arrays.copyOf(expected, n / 5),
                    x.topk(n / 5, 1, true, true).indices().select(0, 1).toDoubleArray());
            double[] ascending = Arrays.stream(row(plain, 1, new int[]{1, 0})).sorted().toArray();
            assertArrayEquals(ascending, x.sort().values().select(0, 1).toDoubleArray());
            assertEquals(ascending[n / 3], x.kthvalue(n / 3 + 1, 1, false).values().select(0, 1).item());
            assertEquals(ascending[(n - 1) / 2], x.median(1, false).values().select(0, 1).item());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 5000})
    void notNumbersInfinitiesAndZeros(int n) {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64, DType.FLOAT16}) {
            var x = Tensor.full(dtype, 1, n);
            x.narrow(0, 0, 6).copyFrom(Tensor.of(new double[]{NAN, 0.0, -INF, -0.0, INF, -NAN}).to(dtype));
            Checks.values(x.sort(0, false).indices().narrow(0, 0, 3), 2, 1, 3);
            Checks.values(x.sort(0, false).indices().narrow(0, n - 3, 3), 4, 0, 5);
            Checks.values(x.sort(0, true).indices().narrow(0, 0, 3), 0, 5, 4);
            Checks.values(x.topk(2).values(), NAN, NAN);
            Checks.values(x.median(), NAN);
            Checks.values(x.median(0, false).indices(), 0);
            Checks.values(x.nanmedian(), n == 6 ? 0 : 1);
            Checks.values(x.kthvalue(n, 0, false).indices(), 5);
        }
        Checks.values(Tensor.of(new double[]{NAN, NAN}).nanmedian(0, false).values(), NAN);
        Checks.values(Tensor.of(new double[]{1, NAN, 3, 4}).view(2, 2).quantile(0.5, 1, false), NAN, 3.5);
    }

    @Test
    void integersAreComparedExactly() {
        long large = 1L << 60;
        var x = Tensor.of(new long[]{large + 1, Long.MAX_VALUE, large, Long.MIN_VALUE, -1});
        Checks.values(x.argsort(0, false), 3, 4, 2, 0, 1);
        Checks.values(x.argsort(0, true), 1, 0, 2, 4, 3);
        Checks.values(x.topk(2, 0, false, false).indices(), 3, 4);
        Checks.values(x.median(0, false).indices(), 2);
    }

    @Test
    void gradientsGoToWhereValuesCameFrom() {
        var x = Tensor.of(new double[]{3, 1, 2, 2}).requiresGrad(true);
        gradient(x, x.sort(0, false).values(), 4, 1, 2, 3);
        gradient(x, x.topk(2).values().mul(Tensor.of(new double[]{1, 10})), 1, 0, 10, 0);
        gradient(x, x.kthvalue(1, 0, false).values(), 0, 1, 0, 0);
        gradient(x, x.median(0, true).values(), 0, 0, 1, 0);
        gradient(x, x.median(), 0, 0, 0.5, 0.5);
        gradient(x, x.quantile(0.5), 0, 0, 0.5, 0.5);
        assertFalse(x.argsort(0, false).requiresGrad());
        var y = Tensor.randn(new Generator(7), 4, 6).to(DType.FLOAT64).requiresGrad(true);
        GradCheck.check(in -> in[0].sort(0, true).values(), y);
        GradCheck.checkSecond(in -> in[0].topk(3, 1, false, true).values(), y);
        GradCheck.checkSecond(in -> in[0].nanmedian(1, false).values(), y);
    }

    private static void gradient(Tensor x, Tensor y, double... expected) {
        x.zeroGrad();
        var weights = y.rank() == 1 && y.size(0) == 4
                ? Tensor.of(new double[]{1, 2, 3, 4})
                : Tensor.of(new double[]{1});
        y.mul(weights).sum().backward();
        assertArrayEquals(expected, x.grad().toDoubleArray(), 1e-15);
    }

    @Test
    void resultsDoNotDependOnTheNumberOfThreads() {
        var x = Tensor.randn(new Generator(8), 50, 300, 3);
        long[][] alone = null;
        for (int threads = 1; threads <= Math.min(2, Threads.limit()); threads++) {
            try (var _ = Threads.share(threads)) {
                var results = new long[][]{x.argsort(1, true).toLongArray(), x.argsort(0, false).toLongArray(),
                        x.topk(7, 1, true, true).indices().toLongArray(),
                        x.median(1, false).indices().toLongArray()};
                alone = alone == null ? results : alone;
                assertArrayEquals(alone, results);
            }
        }
    }

    @Test
    void refusals() {
        var x = Tensor.ones(2, 3);
        message(IndexOutOfBoundsException.class, () -> x.sort(2, false), "sort", "dimension 2", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.topk(4), "topk", "k is 4", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.topk(-1, 0, true, true), "topk", "k is -1");
        message(IllegalArgumentException.class, () -> x.kthvalue(0, 1, false), "kthvalue", "k is 0", "[2, 3]");
        message(IllegalArgumentException.class, () -> Tensor.ones(2, 0).median(1, false), "median", "[2, 0]", "empty");
        message(IllegalArgumentException.class, () -> Tensor.ones(0).median(), "median", "[0]", "empty");
        message(IllegalArgumentException.class, () -> x.quantile(1.5), "quantile", "1.5");
        message(IllegalArgumentException.class, () -> x.to(DType.INT64).quantile(0.5), "quantile", "INT64");
        message(IllegalArgumentException.class, () -> Tensor.ones(1).expand(1L << 40).sort(), "sort", "2^31");
        message(NullPointerException.class, () -> Sorting.sort(null), "sort", "null");
        var closed = Checks.closed(2);
        message(IllegalStateException.class, () -> closed.topk(1), "topk", "closed");
    }

    private static void message(Class<? extends Exception> type, org.junit.jupiter.api.function.Executable call,
            String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
