package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ReduceTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(
                Reductions.cases("Reduce.sum", Reduce::sum, Reduce::sum, Reduce::sum, Reductions::sum, Case::anyType),
                Reductions.cases("Reduce.mean", Reduce::mean, Reduce::mean, Reduce::mean,
                        all -> Reductions.sum(all) / all.length, c -> c),
                Reductions.cases("Reduce.nansum", Reduce::nansum, Reduce::nansum, Reduce::nansum, Reductions::sum,
                        Case::anyType),
                Reductions.casesOfSome("Reduce.nanmean", Reduce::nanmean, Reduce::nanmean, Reduce::nanmean,
                        all -> Reductions.sum(all) / all.length, c -> c))
                .flatMap(cases -> cases);
    }

    @ParameterizedTest
    @EnumSource
    void sumsInEveryTypeOverAnyDimensions(DType dtype) {
        var whole = dtype.isFloatingPoint() ? dtype : DType.INT64;
        for (int[] dims : new int[][]{{2, 3}, {100}, {3, 1, 40, 2}, {5, 70}, {70, 5}, {2, 600, 3}, {2, 3, 1100}}) {
            for (var arrangement : Arrangement.values()) {
                var x = arrangement.settle(Array.generate(dims, at -> (at[0] + 2 * at[at.length - 1]) % 2));
                var tensor = arrangement.view(arrangement.leaf(x, dtype), dims);
                for (int mask = 0; mask < 1 << dims.length; mask++) {
                    var chosen = mask;
                    int[] axes = IntStream.range(0, dims.length).filter(d -> (chosen >> d & 1) != 0).toArray();
                    var expected = Reductions.plain(x, axes, true, Reductions::sum);
                    var sum = tensor.sum(axes, true);
                    Checks.type(whole, sum);
                    Checks.shape(sum, Array.longs(expected.dims()));
                    assertArrayEquals(expected.map(v -> rounded(dtype, v)).values(), sum.toDoubleArray());
                    assertArrayEquals(sum.toDoubleArray(), tensor.nansum(axes, false).toDoubleArray());
                }
            }
        }
    }

    private static double rounded(DType dtype, double value) {
        return Tensor.of(new double[]{value}).to(dtype.isFloatingPoint() ? dtype : DType.INT64).item();
    }

    @Test
    void integersWrapAroundAndAreExact() {
        long large = (1L << 53) + 1;
        assertEquals(large + 1, Tensor.of(new long[]{large, 1}).sum().toLongArray()[0]);
        assertEquals(Long.MIN_VALUE, Tensor.of(new long[]{Long.MAX_VALUE, 1}).sum().toLongArray()[0]);
        var bytes = Tensor.full(DType.UINT8, 200, 3, 1000);
        assertEquals(600_000, bytes.sum().toLongArray()[0]);
        assertEquals(600, bytes.sum(0, false).toLongArray()[999]);
        assertEquals(4, Tensor.full(DType.BOOL, 1, 4).sum().toLongArray()[0]);
    }

    @Test
    void shortTypesAddUpInDoublePrecision() {
        assertEquals(4096, Tensor.full(DType.BFLOAT16, 1, 4096).sum().item());
        assertEquals(4096, Tensor.full(DType.FLOAT16, 1, 4096, 2).sum(0, false).select(0, 1).item());
        assertEquals(1, Tensor.full(DType.FLOAT16, 1, 100_000).mean().item());
    }

    @Test
    void meansOfIntegersAreRefused() {
        for (var dtype : new DType[]{DType.INT64, DType.UINT8, DType.BOOL}) {
            var x = Tensor.full(dtype, 1, 2, 3);
            Checks.message(assertThrows(IllegalArgumentException.class, x::mean), "mean", dtype.toString(), "[2, 3]",
                    "to(DType.FLOAT32)");
            Checks.message(assertThrows(IllegalArgumentException.class, () -> x.mean(0, false)), "mean",
                    dtype.toString());
            Checks.message(assertThrows(IllegalArgumentException.class, () -> x.mean(new int[]{0, 1}, false)), "mean",
                    dtype.toString());
            Checks.message(assertThrows(IllegalArgumentException.class, x::nanmean), "nanmean", dtype.toString());
        }
    }

    @Test
    void notNumbersAreLeftOutOrSpread() {
        double nan = Double.NaN;
        var x = Tensor.of(new double[]{1, nan, 3, nan, nan, nan}).view(2, 3).requiresGrad(true);
        Checks.values(x.sum(1, false), nan, nan);
        Checks.values(x.nansum(1, false), 4, 0);
        Checks.values(x.nanmean(1, false), 2, nan);
        Checks.values(x.nanmean(0, true), 1, nan, 3);
        Checks.values(x.nansum(), 4);
        Checks.values(x.nanmean(), 2);
        x.nanmean().backward();
        Checks.values(x.grad(), 0.5, 0, 0.5, 0, 0, 0);
        Checks.values(Tensor.of(new double[]{Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}).sum(), nan);
    }

    @Test
    void dimensionsAreNamedOnceAndMayCountFromTheEnd() {
        var x = Tensor.ones(2, 3, 4);
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.sum(new int[]{1, -2}, false)), "sum",
                "dimension -2", "[2, 3, 4]", "twice", "[1, -2]");
        Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> x.mean(new int[]{0, 3}, false)), "mean",
                "dimension 3", "[2, 3, 4]", "-3 to 2");
        Checks.message(assertThrows(NullPointerException.class, () -> x.sum((int[]) null, false)), "sum", "null");
        Checks.values(x.sum(new int[]{-1, 0}, false), 8, 8, 8);
        Checks.shape(x.sum(new int[]{-1, 0}, true), 1, 3, 1);
        Checks.shape(x.sum(new int[0], true), 1, 1, 1);
        Checks.values(x.sum(new int[0], false), 24);
    }

    @ParameterizedTest
    @CsvSource({"600, 300, 1", "2, 400, 300", "300, 20, 30", "1, 70000, 3", "3000, 40, 1", "1, 2, 70000",
            "2, 3, 70000"})
    void resultsDoNotDependOnTheNumberOfThreads(int outer, int count, int inner) {
        var x = Tensor.randn(new Generator(outer), outer, count, inner).to(DType.FLOAT64);
        double[][] alone = null;
        for (int threads = 1; threads <= Math.min(2, Threads.limit()); threads++) {
            try (var _ = Threads.share(threads)) {
                var results = new double[][]{x.sum().toDoubleArray(), x.sum(0, false).toDoubleArray(),
                        x.sum(1, false).toDoubleArray(), x.sum(2, false).toDoubleArray(),
                        x.sum(new int[]{0, 2}, false).toDoubleArray(), x.mean(new int[]{0, 1}, false).toDoubleArray(),
                        x.transpose(0, 2).sum(new int[]{1, 2}, false).toDoubleArray()};
                alone = alone == null ? results : alone;
                assertArrayEquals(alone, results);
            }
        }
        var plain = new Array(new int[]{outer, count, inner}, x.toDoubleArray());
        assertArrayEquals(Reductions.plain(plain, new int[]{0, 2}, false, Reductions::sum).values(), alone[4], 1e-9);
    }

    @Test
    void manySmallNumbersAddUpExactly() {
        int n = 1 << 20;
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var tenths = Tensor.full(dtype, 0.1, n);
            double tenth = dtype == DType.FLOAT32 ? 0.1f : 0.1;
            assertEquals(tenth * n, tenths.sum().item(), 1e-7 * tenth * n);
            assertEquals(tenth, tenths.mean().item(), 1e-7 * tenth);
            assertEquals(tenth * n / 2, tenths.view(n / 2, 2).sum(0, false).select(0, 1).item(), 1e-5 * tenth * n);
        }
    }

    @Test
    void meansOfNothingAreNoNumbers() {
        Checks.values(Tensor.zeros(0).mean(), Double.NaN);
        Checks.values(Tensor.zeros(2, 0).mean(1, false), Double.NaN, Double.NaN);
        Checks.values(Tensor.zeros(2, 0).sum(1, true), 0, 0);
    }

    @Test
    void dimensionsThatAreNotThereAreNamed() {
        var x = Tensor.ones(2, 3);
        for (int dim : new int[]{2, -3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> x.sum(dim, false)), "sum",
                    "dimension " + dim, "[2, 3]", "-2 to 1");
            Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> x.mean(dim, true)), "mean",
                    "dimension " + dim, "[2, 3]");
        }
        Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> Tensor.scalar(1).sum(0, false)), "sum",
                "[]");
    }
}
