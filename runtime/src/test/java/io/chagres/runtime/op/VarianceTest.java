package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.reliability.Garbage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VarianceTest extends OpTest {
    private static final int[][] SHAPES = {{3, 5}, {17}, {2, 4, 3}, {33, 2}, {2, 3, 20}, {2, 0, 3}};
    private static final double NAN = Double.NaN;
    /** So that the roots' slopes stay small. */
    private static final Values SPREAD = (random, index) -> Arrays.stream(index).sum() % 3 + random.nextDouble();

    @Override
    Stream<Case> cases() {
        return Stream.of(true, false)
                .flatMap(root -> Stream.concat(Stream.concat(Stream.of(total(root)), several(root)),
                        Arrays.stream(SHAPES).flatMap(shape -> IntStream.range(0, shape.length).boxed()
                                .filter(axis -> shape[axis] > 1).flatMap(axis -> IntStream.range(0, 2)
                                        .mapToObj(correction -> along(root, shape, axis, correction))))));
    }

    private static Case total(boolean root) {
        return Case.op("Variance." + (root ? "std" : "var") + "(Tensor)",
                in -> root ? Variance.std(in[0]) : Variance.var(in[0]))
                .expects(in -> Array.scalar(plain(in[0].values(), 1, root))).drawn(SPREAD).on(dims(3, 5))
                .on(dims(17)).on(dims(2, 1, 3)).on(dims(40));
    }

    private static Stream<Case> several(boolean root) {
        return Stream.of(new int[]{0, 2}, new int[]{-1, 1}, new int[]{0, 1}, new int[]{}).map(axes -> {
            boolean keep = axes.length == 0 || axes[0] < 0;
            return Case.op("Variance." + (root ? "std" : "var") + "(Tensor, int[], int, boolean)",
                    "dims " + Arrays.toString(axes), in -> root
                            ? Variance.std(in[0], axes, 1, keep)
                            : Variance.var(in[0], axes, 1, keep))
                    .expects(in -> Reductions.plain(in[0], axes, keep, v -> plain(v, 1, root))).drawn(SPREAD)
                    .on(dims(2, 3, 4)).on(dims(3, 2, 2, 5));
        });
    }

    private static Case along(boolean root, int[] shape, int axis, int correction) {
        boolean keep = correction == 0;
        int counted = axis - (keep ? shape.length : 0); // from the end as well
        return Case.op("Variance." + (root ? "std" : "var") + "(Tensor, int, int, boolean)",
                "dim " + counted + ", correction " + correction, in -> root
                        ? Variance.std(in[0], counted, correction, keep)
                        : Variance.var(in[0], counted, correction, keep))
                .expects(in -> Array.generate(
                        keep ? Array.with(shape, axis, 1) : Array.remove(shape, axis),
                        at -> plain(IntStream.range(0, shape[axis])
                                .mapToDouble(i -> in[0].at(keep
                                        ? Array.with(at, axis, i)
                                        : Array.insert(at, axis, i)))
                                .toArray(), correction, root)))
                .drawn(SPREAD).on(shape);
    }

    private static double plain(double[] values, int correction, boolean root) {
        double mean = Arrays.stream(values).sum() / values.length;
        double variance = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum()
                / Math.max(0, values.length - correction);
        return root ? Math.sqrt(variance) : variance;
    }

    @Test
    void withTooFewElementsThereIsNone() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var one = Tensor.full(dtype, 3, 1, 2);
            Checks.values(one.var(0, 1, false), NAN, NAN);
            Checks.values(one.std(0, 1, false), NAN, NAN);
            Checks.values(one.var(0, 0, false), 0, 0);
            Checks.values(one.select(1, 0).var(), NAN);
            Checks.values(Tensor.full(dtype, 1, 0).var(), NAN);
            Checks.values(Tensor.full(dtype, 1, 0, 2).var(0, 0, false), NAN, NAN);
            Checks.values(Tensor.full(dtype, 1, 2, 0).std(1, 1, true), NAN, NAN);
            Checks.values(Tensor.of(new double[]{1, 3}).to(dtype).var(0, 2, true), Double.POSITIVE_INFINITY);
        }
    }

    @Test
    void equalElementsHaveNoneAndTheRootNoSlope() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            for (int count : new int[]{3, 100, 1000}) {
                var x = Tensor.full(dtype, 0.1, count, 40).requiresGrad(true);
                assertArrayEquals(new double[40], x.var(0, 1, false).toDoubleArray(), 1e-15);
                assertArrayEquals(new double[count], x.std(1, 1, false).toDoubleArray(), 1e-8);
            }
            var x = Tensor.full(dtype, 0.5, 4, 40).requiresGrad(true);
            x.std(0, 1, false).sum().add(x.std(1, 1, false).sum()).add(x.std()).backward();
            assertArrayEquals(new double[160], x.grad().toDoubleArray());
        }
    }

    /** A spread of 1 around 10,000, where the squares of the elements have lost it. */
    @ParameterizedTest
    @CsvSource({"20000, 1", "1000, 33", "1, 20000"})
    void aLargeMeanCostsNoDigits(int rows, int cols) {
        var offsets = Tensor.randn(new Generator(1), rows, cols);
        var x = offsets.add(10_000);
        for (int axis = 0; axis < 2; axis++) {
            var exact = x.to(DType.FLOAT64).var(axis, 0, false).toDoubleArray();
            assertArrayEquals(exact, x.var(axis, 0, false).toDoubleArray(), 2e-5);
        }
        double[] values = x.toDoubleArray();
        assertEquals(plain(values, 1, false), x.var().item(), 1e-6);
        assertEquals(plain(values, 1, true), x.std().item(), 1e-6);
    }

    @ParameterizedTest
    @CsvSource({"600, 300, 1", "2, 400, 300", "300, 20, 30", "1, 70000, 3", "3000, 40, 1", "1, 2, 70000"})
    void resultsDoNotDependOnTheNumberOfThreads(int outer, int count, int inner) {
        var x = Tensor.randn(new Generator(outer), outer, count, inner);
        var expected = x.to(DType.FLOAT64).var(1, 1, false).toDoubleArray();
        float[][] alone = null;
        for (int threads = 1; threads <= Math.min(2, Threads.limit()); threads++) {
            try (var _ = Threads.share(threads)) {
                var results = new float[][]{x.var(1, 1, false).toFloatArray(), x.sum(1, false).toFloatArray(),
                        x.std(1, 0, true).toFloatArray(), x.mean(1, true).toFloatArray()};
                alone = alone == null ? results : alone;
                assertArrayEquals(alone, results);
                assertArrayEquals(expected, x.var(1, 1, false).toDoubleArray(), 1e-4);
            }
        }
        assertArrayEquals(x.to(DType.FLOAT64).sum(1, false).toDoubleArray(), x.sum(1, false).toDoubleArray(), 2e-3);
    }

    @Test
    void shortTypesAreComputedInFloat32() {
        var x = Tensor.of(new double[]{1, 2, 3, 4}).to(DType.BFLOAT16);
        Checks.type(DType.BFLOAT16, x.var());
        Checks.values(x.var(0, 0, false), 1.25);
        Checks.values(x.view(2, 2).std(new int[]{0, 1}, 0, true), 1.1171875);
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.to(DType.INT32).var()), "var", "INT32",
                "to(DType.FLOAT32)");
    }

    @Test
    void momentsComeTogether() {
        var x = Tensor.of(new double[]{1, 3, 2, 6}).view(2, 2);
        Checks.values(x.varMean(new int[]{1}, 0, false).spread(), 1, 4);
        Checks.values(x.varMean(new int[]{1}, 0, false).mean(), 2, 4);
        Checks.values(x.stdMean(new int[]{-1}, 0, true).spread(), 1, 2);
        Checks.shape(x.stdMean(new int[0], 1, true).mean(), 1, 1);
    }

    @Test
    void dimensionsThatAreNotThereAreNamed() {
        var x = Tensor.ones(2, 3);
        for (int dim : new int[]{2, -3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> x.var(dim, 1, false)), "var",
                    "dimension " + dim, "[2, 3]", "-2 to 1");
            Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> x.std(dim, 1, true)), "std",
                    "dimension " + dim, "[2, 3]");
        }
    }

    @Test
    void aRepeatedStepAllocatesNothing() throws InterruptedException {
        Garbage.collect();
        var x = Tensor.owned(Owner.DATA, DType.FLOAT32, Shape.of(30, 40), "x").requiresGrad(true);
        try (x) {
            step(x);
            step(x);
            long bytes = Memory.liveBytes();
            for (int i = 0; i < 5; i++) {
                step(x);
            }
            assertEquals(bytes, Memory.liveBytes());
        }
    }

    private static void step(Tensor x) {
        try (var _ = Scope.open()) {
            x.zeroGrad();
            x.var(0, 1, false).sum().add(x.std(1, 0, true).sum()).add(x.var()).backward();
        }
    }
}
