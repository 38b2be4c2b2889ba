package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AveragePoolingTest extends OpTest {

    /** Windows of one form in each dimension. */
    private record Form(int kernel, int stride, int padding, boolean ceil, boolean counts, int divisor) {
        int size(int size) {
            double room = size + 2 * padding - kernel;
            int windows = (int) (ceil ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
            return (windows - 1) * stride >= size + padding ? windows - 1 : windows;
        }

        Tensor pool(Tensor x) {
            return pool(x, x.rank() - 2);
        }

        Tensor pool(Tensor x, int spatial) {
            long[] k = {kernel};
            long[] s = {stride};
            long[] p = {padding};
            return switch (spatial) {
                case 1 -> AveragePooling.avgPool1d(x, k, s, p, ceil, counts);
                case 2 -> AveragePooling.avgPool2d(x, k, s, p, ceil, counts, divisor);
                default -> AveragePooling.avgPool3d(x, k, s, p, ceil, counts, divisor);
            };
        }

        Array expected(Array x) {
            var dims = x.dims().clone();
            for (int d = 2; d < dims.length; d++) {
                dims[d] = size(dims[d]);
            }
            return Array.generate(dims, at -> {
                double[] sumAndCount = {0, 1};
                var place = at.clone();
                add(x, at, place, 2, sumAndCount);
                double count = 1;
                for (int d = 2; d < dims.length; d++) {
                    int begin = at[d] * stride - padding;
                    int size = x.dims()[d];
                    count *= counts
                            ? Math.min(begin + kernel, size + padding) - begin
                            : Math.min(begin + kernel, size) - Math.max(begin, 0);
                }
                return sumAndCount[0] / (divisor != 0 ? divisor : count);
            });
        }

        private void add(Array x, int[] at, int[] place, int d, double[] sum) {
            if (d == at.length) {
                sum[0] += x.at(place);
                return;
            }
            for (int i = 0; i < kernel; i++) {
                place[d] = at[d] * stride - padding + i;
                if (place[d] >= 0 && place[d] < x.dims()[d]) {
                    add(x, at, place, d + 1, sum);
                }
            }
        }

        Case on(int[]... shapes) {
            int spatial = shapes[0].length - 2;
            var operation = Case.op("AveragePooling.avgPool" + spatial + "d(Tensor, long[], long[], long[], boolean, "
                    + "boolean" + (spatial > 1 ? ", long)" : ")"), toString(), in -> pool(in[0], spatial))
                    .expects(in -> expected(in[0]));
            for (var shape : shapes) {
                operation.on(new int[][]{shape});
            }
            return operation;
        }
    }

    private static Case toSizes(BiFunction<Tensor, long[], Tensor> pool, int[] sizes, int[]... shapes) {
        var operation = Case.op("AveragePooling.adaptiveAvgPool" + sizes.length + "d(Tensor, long[])",
                Arrays.toString(sizes), in -> pool.apply(in[0], Arrays.stream(sizes).asLongStream().toArray()))
                .expects(in -> averages(in[0], sizes, 0));
        for (var shape : shapes) {
            operation.on(new int[][]{shape});
        }
        return operation;
    }

    /** Dimension by dimension, as averages of windows of equal sizes in each dimension may be taken. */
    private static Array averages(Array x, int[] sizes, int d) {
        if (d == sizes.length) {
            return x;
        }
        var dims = x.dims().clone();
        int size = dims[2 + d];
        int out = sizes[d];
        dims[2 + d] = out;
        return averages(Array.generate(dims, at -> {
            int from = (int) Math.floor(at[2 + d] * (double) size / out);
            int end = (int) Math.ceil((at[2 + d] + 1) * (double) size / out);
            double sum = 0;
            var place = at.clone();
            for (int i = from; i < end; i++) {
                place[2 + d] = i;
                sum += x.at(place);
            }
            return sum / (end - from);
        }), sizes, d + 1);
    }

    @Override
    Stream<Case> cases() {
        return Stream.of(
                new Form(2, 2, 0, false, true, 0).on(dims(2, 3, 6), dims(0, 2, 4), dims(1, 1, 3)),
                new Form(3, 2, 1, true, false, 0).on(dims(2, 2, 6)),
                new Form(2, 2, 0, false, true, 0).on(dims(2, 3, 4, 6), dims(1, 17, 5, 4), dims(3, 0, 4, 4)),
                new Form(3, 2, 1, false, true, 0).on(dims(2, 2, 5, 6), dims(1, 1, 1, 1)),
                new Form(3, 2, 1, false, false, 0).on(dims(2, 2, 5, 6)),
                new Form(3, 2, 1, true, true, 0).on(dims(1, 2, 6, 4)),
                new Form(3, 2, 1, true, false, 0).on(dims(1, 2, 6, 4)),
                new Form(2, 3, 0, false, true, 0).on(dims(2, 2, 6, 5)),
                new Form(2, 1, 1, false, true, 3).on(dims(2, 2, 3, 4)),
                new Form(2, 2, 0, false, true, -2).on(dims(1, 2, 4, 4)),
                new Form(2, 2, 1, false, true, 0).on(dims(2, 2, 4, 3, 2)),
                new Form(3, 1, 1, false, false, 0).on(dims(1, 2, 3, 2, 4)),
                toSizes(AveragePooling::adaptiveAvgPool1d, new int[]{3}, dims(2, 2, 7), dims(1, 3, 2)),
                toSizes(AveragePooling::adaptiveAvgPool2d, new int[]{2, 3}, dims(2, 2, 4, 6), dims(1, 2, 5, 7),
                        dims(0, 2, 3, 3)),
                toSizes(AveragePooling::adaptiveAvgPool2d, new int[]{1, 1}, dims(2, 3, 4, 5)),
                toSizes(AveragePooling::adaptiveAvgPool3d, new int[]{2, 1, 3}, dims(2, 2, 3, 2, 4)),
                toSizes(AveragePooling::adaptiveAvgPool3d, new int[]{1, 1, 1}, dims(2, 2, 3, 2, 4)));
    }

    /** From PyTorch: of 0 to 15, with three windows in each dimension. */
    @Test
    void adaptiveWindowsOverlapAsInPyTorch() {
        var x = Tensor.arange(16).to(DType.FLOAT32).view(1, 1, 4, 4);
        Checks.values(x.adaptiveAvgPool2d(3), 2.5, 3.5, 4.5, 6.5, 7.5, 8.5, 10.5, 11.5, 12.5);
        assertArrayEquals(new long[]{1, 1, 4, 2}, x.adaptiveAvgPool2d(-1, 2).shape().toArray());
        assertArrayEquals(new long[]{1, 2, 2}, x.view(1, 4, 4).adaptiveAvgPool2d(2, 2).shape().toArray());
    }

    @Test
    void channelsInnermostStayThere() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            for (var form : new Form[]{new Form(3, 2, 1, false, true, 0), new Form(3, 2, 1, true, true, 0)}) {
                var x = Tensor.randn(dtype, new Generator(3), 3, 18, 8, 6);
                var plain = x.clone().requiresGrad(true);
                var last = x.channelsLast().requiresGrad(true);
                var weights = Tensor.randn(dtype, new Generator(4), form.pool(x).shape().toArray());
                var expected = form.pool(plain);
                expected.mul(weights).sum().backward();
                var y = form.pool(last);
                assertTrue(y.isChannelsLast() && !y.isContiguous());
                assertArrayEquals(expected.toDoubleArray(), y.toDoubleArray(), 1e-6);
                y.mul(weights).sum().backward();
                assertArrayEquals(plain.grad().toDoubleArray(), last.grad().toDoubleArray(), 1e-6);
            }
        }
    }

    @Test
    void aRepeatedStepAllocatesNothing() throws InterruptedException {
        var x = Tensor.ones(2, 3, 8, 8).requiresGrad(true);
        long[] three = {3};
        long[] one = {1};
        Steady.check(() -> {
            try (var _ = Scope.open()) {
                x.zeroGrad();
                x.mul(2).avgPool2d(three, null, one, false, true, 0).adaptiveAvgPool2d(2).sum().backward();
            }
        });
    }

    @Test
    void whatDoesNotFitIsNamed() {
        var x = Tensor.ones(2, 3, 4, 5);
        long[] none = {0};
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> x.avgPool2d(new long[]{5}, null, none, false, true, 0)), "avgPool2d", "[2, 3, 4, 5]",
                "kernel [5, 5]", "size would be [0, 1]");
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> x.avgPool2d(new long[]{2}, null, none, false, true, 1L << 40)), "avgPool2d", "divisor");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.avgPool1d(new long[]{2}, null, none,
                false, true)), "avgPool1d", "4 dimensions", "[N, C, L] or [C, L]");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.adaptiveAvgPool2d(1, 2, 3)),
                "adaptiveAvgPool2d", "[1, 2, 3]", "one number or 2 are");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.adaptiveAvgPool2d(2, 0)),
                "adaptiveAvgPool2d", "positive");
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> Tensor.ones(1, 2, 0, 3).adaptiveMaxPool2d(2)), "adaptiveMaxPool2d", "[1, 2, 0, 3]",
                "only the batch may be empty");
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> Tensor.ones(DType.INT64, 1, 2, 3, 3).adaptiveMaxPool2d(2)), "adaptiveMaxPool2d", "INT64");
    }
}
