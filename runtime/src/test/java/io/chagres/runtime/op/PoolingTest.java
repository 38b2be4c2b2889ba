package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PoolingTest extends OpTest {
    private static final String SIGNATURE = "Pooling.maxPool2d(Tensor, long[], long[], long[], long[], boolean)";
    private static final long[] NONE = {0, 0};
    private static final long[] ONES = {1, 1};
    /** Numbers no two of which are near each other within a window. */
    private static final Values APART = (random, at) -> ((131 * at[0] + 71 * at[1] + 17 * at[2] + 5 * at[3]) * 37 % 97)
            / 10.0 - 5;

    private record Windows(long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceil) {
        Tensor pool(Tensor x) {
            return Pooling.maxPool2d(x, kernel, stride, padding, dilation, ceil);
        }

        Case on(int[]... shapes) {
            var operation = Case
                    .op(SIGNATURE, kernel[0] + " " + padding[1] + " " + dilation[0] + " " + ceil,
                            in -> pool(in[0]))
                    .expects(in -> expected(in[0])).drawn(APART);
            for (var shape : shapes) {
                operation.on(new int[][]{shape});
            }
            return operation;
        }

        private int size(int d, int size) {
            long steps = stride == null ? kernel[d] : stride[d];
            double room = size + 2 * padding[d] - dilation[d] * (kernel[d] - 1) - 1;
            long windows = (long) (ceil ? Math.ceil(room / steps) : Math.floor(room / steps)) + 1;
            return (int) ((windows - 1) * steps >= size + padding[d] ? windows - 1 : windows);
        }

        private Array expected(Array x) {
            int[] in = x.dims();
            long[] steps = stride == null ? kernel : stride;
            return Array.generate(dims(in[0], in[1], size(0, in[2]), size(1, in[3])), at -> {
                double greatest = Double.NEGATIVE_INFINITY;
                for (int i = 0; i < kernel[0]; i++) {
                    for (int j = 0; j < kernel[1]; j++) {
                        long row = at[2] * steps[0] - padding[0] + i * dilation[0];
                        long col = at[3] * steps[1] - padding[1] + j * dilation[1];
                        if (row >= 0 && row < in[2] && col >= 0 && col < in[3]) {
                            greatest = Math.max(greatest, x.at(at[0], at[1], (int) row, (int) col));
                        }
                    }
                }
                return greatest;
            });
        }
    }

    @Override
    Stream<Case> cases() {
        return Stream.concat(others(), Stream.of(
                new Windows(new long[]{2, 2}, null, NONE, ONES, false).on(dims(2, 3, 4, 6), dims(1, 1, 2, 2),
                        dims(2, 1, 5, 7), dims(0, 3, 4, 4), dims(3, 0, 4, 4), dims(1, 17, 4, 4)),
                new Windows(ONES, ONES, NONE, ONES, false).on(dims(1, 1, 1, 1), dims(2, 3, 3, 1)),
                new Windows(new long[]{3, 2}, new long[]{1, 2}, new long[]{1, 0}, ONES, false).on(dims(2, 2, 5, 4),
                        dims(1, 3, 2, 3)),
                new Windows(new long[]{3, 3}, new long[]{2, 2}, new long[]{1, 1}, ONES, true).on(dims(2, 2, 6, 5),
                        dims(1, 1, 1, 1), dims(2, 1, 4, 4)),
                new Windows(new long[]{2, 3}, new long[]{2, 3}, NONE, ONES, true).on(dims(2, 2, 5, 7)),
                new Windows(new long[]{2, 2}, new long[]{1, 3}, new long[]{1, 0}, new long[]{2, 1}, true)
                        .on(dims(2, 2, 5, 6), dims(1, 2, 3, 3)),
                new Windows(new long[]{3, 2}, new long[]{2, 1}, new long[]{2, 1}, new long[]{2, 3}, false)
                        .on(dims(1, 2, 7, 8))));
    }

    // ---- Other numbers of dimensions, adaptive windows, indices: all by one plain reference

    /** The greatest elements, or where they are, of windows given by their first elements and ends in each dimension. */
    private static Array plain(Array x, int[][] from, int[][] end, int step, boolean indices) {
        int spatial = from.length;
        var dims = x.dims().clone();
        for (int d = 0; d < spatial; d++) {
            dims[2 + d] = from[d].length;
        }
        return Array.generate(dims, at -> {
            var place = new int[2 + spatial];
            place[0] = at[0];
            place[1] = at[1];
            double[] best = {Double.NEGATIVE_INFINITY, -1};
            visit(x, at, place, 0, from, end, step, best);
            return best[indices ? 1 : 0];
        });
    }

    private static void visit(Array x, int[] at, int[] place, int d, int[][] from, int[][] end, int step,
            double[] best) {
        if (d == from.length) {
            double value = x.at(place);
            if (value > best[0]) {
                best[0] = value;
                long index = 0;
                for (int e = 0; e < d; e++) {
                    index = index * x.dims()[2 + e] + place[2 + e];
                }
                best[1] = index;
            }
            return;
        }
        for (int i = from[d][at[2 + d]]; i < end[d][at[2 + d]]; i += step) {
            if (i >= 0 && i < x.dims()[2 + d]) {
                place[2 + d] = i;
                visit(x, at, place, d + 1, from, end, step, best);
            }
        }
    }

    private static int[][][] regular(Array x, int kernel, int stride, int padding, int dilation) {
        int spatial = x.dims().length - 2;
        var bounds = new int[2][spatial][];
        for (int d = 0; d < spatial; d++) {
            int out = (x.dims()[2 + d] + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
            bounds[0][d] = IntStream.range(0, out).map(o -> o * stride - padding).toArray();
            bounds[1][d] = Arrays.stream(bounds[0][d]).map(begin -> begin + (kernel - 1) * dilation + 1).toArray();
        }
        return bounds;
    }

    private static int[][][] adaptive(Array x, int... sizes) {
        var bounds = new int[2][sizes.length][];
        for (int d = 0; d < sizes.length; d++) {
            int size = x.dims()[2 + d];
            int out = sizes[d];
            bounds[0][d] = IntStream.range(0, out).map(o -> (int) Math.floor(o * (double) size / out)).toArray();
            bounds[1][d] = IntStream.range(0, out).map(o -> (int) Math.ceil((o + 1) * (double) size / out)).toArray();
        }
        return bounds;
    }

    private static final Values SPREAD = (random, at) -> {
        int hash = 7;
        for (int each : at) {
            hash = hash * 31 + each;
        }
        return (hash * 37 % 89) / 10.0 - 4;
    };

    private interface Pool {
        Tensor of(Tensor x, long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceil);
    }

    private static Case other(String name, Pool pool, int kernel, int stride, int padding, int dilation) {
        return Case.op("Pooling." + name + "(Tensor, long[], long[], long[], long[], boolean)",
                kernel + " " + stride + " " + padding,
                in -> pool.of(in[0], new long[]{kernel}, new long[]{stride}, new long[]{padding},
                        new long[]{dilation}, false))
                .expects(in -> {
                    var bounds = regular(in[0], kernel, stride, padding, dilation);
                    return plain(in[0], bounds[0], bounds[1], dilation, false);
                }).drawn(SPREAD);
    }

    private static Case toSizes(String name, BiFunction<Tensor, long[], Tensor> pool, int... sizes) {
        return Case.op("Pooling." + name + "(Tensor, long[])", Arrays.toString(sizes),
                in -> pool.apply(in[0], Arrays.stream(sizes).asLongStream().toArray())).expects(in -> {
                    var bounds = adaptive(in[0], sizes);
                    return plain(in[0], bounds[0], bounds[1], 1, false);
                }).drawn(SPREAD);
    }

    private static Stream<Case> others() {
        return Stream.of(other("maxPool1d", Pooling::maxPool1d, 3, 2, 1, 1).on(dims(2, 3, 9)).on(dims(0, 2, 4)),
                other("maxPool1d", Pooling::maxPool1d, 2, 1, 0, 3).on(dims(1, 1, 7)),
                other("maxPool3d", Pooling::maxPool3d, 2, 2, 0, 1).on(dims(2, 3, 4, 5, 6)).on(dims(1, 1, 2, 2, 2)),
                other("maxPool3d", Pooling::maxPool3d, 3, 1, 1, 1).on(dims(1, 2, 3, 4, 2)),
                toSizes("adaptiveMaxPool1d", Pooling::adaptiveMaxPool1d, 3).on(dims(2, 3, 7)).on(dims(1, 2, 2)),
                toSizes("adaptiveMaxPool2d", Pooling::adaptiveMaxPool2d, 2, 3).on(dims(2, 3, 4, 6)).on(dims(2, 2, 5, 7))
                        .on(dims(0, 2, 3, 3)),
                toSizes("adaptiveMaxPool2d", Pooling::adaptiveMaxPool2d, 1, 1).on(dims(2, 3, 4, 5)),
                toSizes("adaptiveMaxPool3d", Pooling::adaptiveMaxPool3d, 2, 1, 3).on(dims(2, 2, 3, 2, 4)));
    }

    private interface PoolWithIndices {
        Extremes.Values of(Tensor x, long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceil);
    }

    @Test
    void indicesAreThoseOfTheVolume() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16}) {
            for (boolean last : new boolean[]{false, true}) {
                indices(dtype, last, Pooling::maxPool1dWithIndices, dims(2, 3, 9));
                indices(dtype, last, Pooling::maxPool2dWithIndices, dims(2, 3, 9, 7));
                indices(dtype, last, Pooling::maxPool3dWithIndices, dims(2, 3, 5, 4, 6));
            }
        }
        var single = Tensor.of(new float[]{1, 4, 2, 3}, 1, 2, 2);
        var found = Pooling.maxPool2dWithIndices(single, new long[]{2}, null, new long[]{0}, new long[]{1}, false);
        Checks.values(found.values(), 4);
        Checks.values(found.indices(), 1);
        assertArrayEquals(new long[]{1, 1, 1}, found.indices().shape().toArray());
    }

    private static void indices(DType dtype, boolean last, PoolWithIndices pool, int[] dims) {
        var x = Array.generate(dims, at -> Math.rint(SPREAD.draw(null, at)));
        for (var form : new int[][]{{3, 2, 1, 1}, {2, 2, 0, 1}, {2, 1, 1, 2}}) {
            var tensor = last ? x.toTensor(dtype).channelsLast() : x.toTensor(dtype);
            var found = pool.of(tensor, new long[]{form[0]}, new long[]{form[1]}, new long[]{form[2]},
                    new long[]{form[3]}, false);
            var bounds = regular(x, form[0], form[1], form[2], form[3]);
            assertArrayEquals(plain(x, bounds[0], bounds[1], form[3], false).values(), found.values().toDoubleArray());
            assertArrayEquals(plain(x, bounds[0], bounds[1], form[3], true).values(), found.indices().toDoubleArray());
            assertEquals(DType.INT64, found.indices().dtype());
        }
    }

    /** Channels that lie innermost stay so, in results and gradients, and change nothing. */
    @Test
    void channelsInnermostStayThere() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            for (int channels : new int[]{2, 6, 16, 33}) {
                var x = Tensor.randn(dtype, new Generator(3), 3, channels, 9, 8);
                var windows = new Windows(new long[]{3, 2}, new long[]{2, 2}, new long[]{1, 0}, ONES, false);
                var plain = x.clone().requiresGrad(true);
                var last = x.channelsLast().requiresGrad(true);
                var weights = Tensor.randn(dtype, new Generator(4), windows.pool(x).shape().toArray());
                windows.pool(plain).mul(weights).sum().backward();
                var y = windows.pool(last);
                assertTrue(y.isChannelsLast() && !y.isContiguous());
                assertArrayEquals(windows.pool(plain).toDoubleArray(), y.toDoubleArray());
                y.mul(weights).sum().backward();
                assertArrayEquals(plain.grad().toDoubleArray(), last.grad().toDoubleArray(), 1e-6);
            }
        }
    }

    private static Tensor halve(Tensor x) {
        return x.maxPool2d(new long[]{2, 2}, null, NONE, ONES, false);
    }

    @Test
    void ofEqualNumbersTheFirstGetsTheGradient() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.full(dtype, 3, 1, 1, 2, 4).requiresGrad(true);
            var y = halve(x);
            Checks.values(y, 3, 3);
            y.backward(Tensor.of(new double[]{5, 7}, 1, 1, 1, 2).to(dtype));
            Checks.values(x.grad(), 5, 0, 7, 0, 0, 0, 0, 0);
            var padded = Tensor.full(dtype, -2, 1, 16, 3, 3).requiresGrad(true);
            padded.maxPool2d(new long[]{3, 3}, ONES, ONES, ONES, false).select(1, 15).sum().backward();
            Checks.values(padded.grad().select(1, 15), 4, 2, 0, 2, 1, 0, 0, 0, 0);
        }
    }

    @Test
    void overlappingWindowsAddTheirGradients() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.of(new double[]{0, 0, 0, 0, 9, 0, 0, 0, 0}, 1, 1, 3, 3).to(dtype).requiresGrad(true);
            x.maxPool2d(new long[]{2, 2}, ONES, NONE, ONES, false).sum().backward();
            Checks.values(x.grad(), 0, 0, 0, 0, 4, 0, 0, 0, 0);
        }
    }

    @Test
    void notNumbersAndInfinitiesAreAsInPyTorch() {
        double nan = Double.NaN;
        double least = Double.NEGATIVE_INFINITY;
        double[] numbers = {1, nan, nan, 3, nan, nan, least, least, least, 2, -least, 5};
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.of(numbers, 1, 2, 1, 6).to(dtype).requiresGrad(true);
            var y = x.maxPool2d(new long[]{1, 2}, null, NONE, ONES, false);
            Checks.values(y, nan, nan, nan, least, 2, -least);
            y.sum().backward();
            Checks.values(x.grad(), 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0);
            try (var _ = Autograd.noGrad()) {
                Checks.values(x.maxPool2d(new long[]{1, 2}, null, NONE, ONES, false), nan, nan, nan, least, 2, -least);
            }
        }
    }

    @Test
    void aSingleNotNumberIsFoundInAGreatImage() {
        for (int place : new int[]{0, 1, 70_000, 131_071}) {
            var x = Tensor.zeros(2, 1, 256, 256);
            x.view(131_072).narrow(0, place, 1).fill(Double.NaN);
            double[] y = halve(x).toDoubleArray();
            assertEquals(1, Arrays.stream(y).filter(Double::isNaN).count());
            assertTrue(Double.isNaN(y[place / 512 * 128 + place % 256 / 2]));
        }
    }

    @Test
    void largeImagesAgreeInBothTypes() {
        var x = Array.generate(dims(3, 5, 33, 47),
                at -> (float) Math.sin(1 + at[0] + 2.1 * at[1] + 11.3 * at[2] + 1.7 * at[3]));
        for (boolean ceil : new boolean[]{false, true}) {
            var windows = new Windows(new long[]{3, 3}, new long[]{2, 2}, ONES, ONES, ceil);
            var gradients = new double[2][];
            for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
                var input = x.toTensor(dtype).requiresGrad(true);
                var y = windows.pool(input);
                assertArrayEquals(windows.expected(x).values(), y.toDoubleArray());
                y.sum().backward();
                gradients[dtype == DType.FLOAT32 ? 0 : 1] = input.grad().toDoubleArray();
            }
            assertArrayEquals(gradients[1], gradients[0]);
        }
    }

    @Test
    void backwardMayRunOnAnotherNumberOfThreads() {
        for (int channels : new int[]{3, 32}) {
            var x = Tensor.randn(new Generator(9), 4, channels, 13, 11).requiresGrad(true);
            var windows = new Windows(new long[]{3, 3}, new long[]{2, 2}, ONES, ONES, false);
            windows.pool(x).sum().backward();
            double[] expected = x.grad().toDoubleArray();
            x.zeroGrad();
            var y = windows.pool(x);
            try (var _ = Threads.share(1)) {
                y.sum().backward();
            }
            assertArrayEquals(expected, x.grad().toDoubleArray());
            x.zeroGrad();
            Tensor alone;
            try (var _ = Threads.share(1)) {
                alone = windows.pool(x);
            }
            alone.sum().backward();
            assertArrayEquals(expected, x.grad().toDoubleArray());
        }
    }

    @Test
    void windowsTooLargeForOneDnnArePooledToo() {
        var x = Tensor.of(new float[]{1, 5, 3, 2}, 1, 1, 2, 2).requiresGrad(true);
        var y = x.maxPool2d(new long[]{1 << 20, 1 << 20}, ONES, new long[]{1 << 19, 1 << 19},
                ONES, false).narrow(2, 0, 1);
        assertTrue(y.numel() > 0);
        Checks.values(y.narrow(3, 0, 1), 5);
        y.narrow(3, 0, 1).sum().backward();
        Checks.values(x.grad(), 0, 1, 0, 0);
    }

    @Test
    void aRepeatedStepAllocatesNothing() throws InterruptedException {
        var x = Tensor.ones(2, 3, 8, 8).requiresGrad(true);
        Steady.check(() -> {
            try (var _ = Scope.open()) {
                x.zeroGrad();
                halve(x.mul(2)).sum().backward();
            }
        });
    }

    @Test
    void whatDoesNotFitIsNamed() {
        var x = Tensor.ones(2, 3, 4, 5);
        var two = new long[]{2, 2};
        refused(Tensor.ones(4, 5), two, null, NONE, ONES, "[4, 5]", "2 dimensions", "[N, C, H, W] or [C, H, W]");
        refused(x, new long[]{5, 2}, null, NONE, ONES, "[2, 3, 4, 5]", "kernel [5, 2]", "size would be [0, 2]");
        refused(x, new long[]{2, 9}, ONES, NONE, ONES, "kernel [2, 9]", "size would be [3, 0]");
        refused(x, two, null, NONE, new long[]{4, 1}, "size would be [0, 2]");
        refused(Tensor.ones(2, 3, 0, 5), two, null, ONES, ONES, "[2, 3, 0, 5]", "too small");
        refused(x, two, null, new long[]{2, 0}, ONES, "padding 2", "at most half a window, 1");
        refused(x, two, new long[]{0, 1}, NONE, ONES, "stride [0, 1]", "at least 1");
        refused(x, new long[]{2, 2, 2}, null, NONE, ONES, "kernel [2, 2, 2]", "one number or 2 are");
        refused(x, new long[]{1L << 40, 1}, null, NONE, ONES, "kernel [1099511627776, 1]", "at most 2^30");
        refused(x, two, null, new long[]{-1, 0}, ONES, "padding [-1, 0]", "at least 0");
        refused(x, two, null, NONE, new long[]{1, 0}, "dilation [1, 0]", "at least 1");
        refused(Tensor.ones(1, 1, 1, 1), two, null, new long[]{2, 2}, new long[]{3, 3}, "no element of the input");
        Checks.message(assertThrows(NullPointerException.class, () -> x.maxPool2d(null, null, NONE, ONES, false)),
                "maxPool2d", "the kernel is null");
    }

    private static void refused(Tensor x, long[] kernel, long[] stride, long[] padding, long[] dilation,
            String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> x.maxPool2d(kernel, stride, padding, dilation, false)), "maxPool2d", facts);
    }
}
