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
                    .expects(in -> expected(in[0])).drawn(APART).noSecondGradient();
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
        return Stream.of(
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
                        .on(dims(1, 2, 7, 8)));
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
        refused(Tensor.ones(3, 4, 5), two, null, NONE, ONES, "[3, 4, 5]", "3 dimensions, 4 are needed");
        refused(x, new long[]{5, 2}, null, NONE, ONES, "[2, 3, 4, 5]", "kernel [5, 2]", "height would be 0");
        refused(x, new long[]{2, 9}, ONES, NONE, ONES, "kernel [2, 9]", "width would be 0");
        refused(x, two, null, NONE, new long[]{4, 1}, "height would be 0");
        refused(Tensor.ones(2, 3, 0, 5), two, null, ONES, ONES, "[2, 3, 0, 5]", "too small");
        refused(x, two, null, new long[]{2, 0}, ONES, "padding 2", "at most half a window, 1");
        refused(x, two, new long[]{0, 1}, NONE, ONES, "stride [0, 1]", "at least 1");
        refused(x, new long[]{2}, null, NONE, ONES, "kernel [2]", "height and width");
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
