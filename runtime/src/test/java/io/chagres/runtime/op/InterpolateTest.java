package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Interpolate.Mode;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InterpolateTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(sized(Mode.NEAREST, false, 7).on(dims(2, 3, 5)).on(dims(1, 1, 1)).on(dims(0, 2, 3)),
                sized(Mode.NEAREST, false, 3, 4).on(dims(2, 3, 4, 2)).on(dims(1, 2, 7, 9)),
                sized(Mode.NEAREST_EXACT, false, 5, 2).on(dims(1, 20, 4, 3)),
                sized(Mode.NEAREST, false, 2, 4, 3).on(dims(1, 2, 1, 3, 5)),
                sized(Mode.LINEAR, false, 7).on(dims(2, 3, 5)).on(dims(2, 3, 7)).on(dims(1, 1, 1)).on(dims(1, 1, 19)),
                sized(Mode.LINEAR, true, 7).on(dims(2, 3, 5)).on(dims(1, 1, 1)).on(dims(2, 0, 1)),
                sized(Mode.LINEAR, true, 1).on(dims(2, 3, 5)),
                sized(Mode.BILINEAR, false, 3, 5).on(dims(2, 1, 4, 2)).on(dims(1, 17, 2, 3)).on(dims(0, 3, 1, 1)),
                sized(Mode.BILINEAR, true, 6).on(dims(1, 2, 4, 2)),
                sized(Mode.BICUBIC, false, 3, 5).on(dims(1, 2, 4, 2)).on(dims(1, 1, 1, 7)),
                sized(Mode.BICUBIC, true, 3, 5).on(dims(1, 2, 2, 4)),
                sized(Mode.TRILINEAR, false, 3, 1, 2).on(dims(1, 2, 2, 3, 4)),
                sized(Mode.TRILINEAR, true, 2).on(dims(1, 1, 3, 1, 4)),
                sized(Mode.AREA, false, 3).on(dims(2, 3, 7)).on(dims(2, 3, 2)),
                sized(Mode.AREA, false, 3, 2).on(dims(1, 2, 4, 5)), sized(Mode.AREA, false, 1).on(dims(1, 2, 3, 2, 1)),
                scaled(Mode.NEAREST, false, false, 1.7).on(dims(2, 3, 5)),
                scaled(Mode.LINEAR, false, false, 1.7).on(dims(2, 3, 5)),
                scaled(Mode.LINEAR, false, true, 0.65).on(dims(2, 3, 5)),
                scaled(Mode.BILINEAR, false, false, 2.5, 0.7).on(dims(2, 3, 2, 5)),
                scaled(Mode.BILINEAR, true, false, 2).on(dims(2, 3, 2, 5)),
                scaled(Mode.BICUBIC, false, false, 1.2, 1.9).on(dims(1, 2, 5, 3)),
                scaled(Mode.AREA, false, false, 0.4).on(dims(1, 2, 5, 6)));
    }

    private static Case sized(Mode mode, boolean corners, long... size) {
        return Case
                .op("Interpolate.interpolate(Tensor, long[], Mode, boolean)",
                        mode + " " + Arrays.toString(size) + corners,
                        in -> Interpolate.interpolate(in[0], size, mode, corners))
                .expects(in -> plain(in[0], d -> (int) size[size.length == 1 ? 0 : d], _ -> 0, mode, corners));
    }

    private static Case scaled(Mode mode, boolean corners, boolean recompute, double... factors) {
        return Case
                .op("Interpolate.interpolate(Tensor, double[], Mode, boolean, boolean)",
                        mode + " " + Arrays.toString(factors) + corners,
                        in -> Interpolate.interpolate(in[0], factors, mode, corners, recompute))
                .expects(in -> plain(in[0],
                        d -> (int) Math.floor(in[0].dims()[2 + d] * factors[factors.length == 1 ? 0 : d]),
                        d -> recompute || mode == Mode.AREA ? 0 : factors[factors.length == 1 ? 0 : d], mode, corners));
    }

    // ---- In plain Java: a sum over all elements, with weights as functions of distance

    private static Array plain(Array x, IntUnaryOperator size,
            IntToDoubleFunction factor, Mode mode, boolean corners) {
        int spatial = x.dims().length - 2;
        var weights = new double[spatial][][];
        var dims = x.dims().clone();
        for (int d = 0; d < spatial; d++) {
            dims[2 + d] = size.applyAsInt(d);
            weights[d] = weights(x.dims()[2 + d], dims[2 + d], factor.applyAsDouble(d), mode, corners);
        }
        return Array.generate(dims, at -> sum(x, at, at.clone(), 0, weights));
    }

    private static double sum(Array x, int[] at, int[] from, int d, double[][]... weights) {
        if (d == weights.length) {
            return x.at(from);
        }
        double sum = 0;
        for (int i = 0; i < x.dims()[2 + d]; i++) {
            from[2 + d] = i;
            sum += weights[d][at[2 + d]][i] * sum(x, at, from, d + 1, weights);
        }
        return sum;
    }

    private static double[][] weights(int in, int out, double factor, Mode mode, boolean corners) {
        double step = corners ? out > 1 ? (in - 1.0) / (out - 1) : 0 : factor > 0 ? 1 / factor : (double) in / out;
        var all = new double[out][in];
        for (int o = 0; o < out; o++) {
            double place = corners ? step * o : step * (o + 0.5) - 0.5;
            switch (mode) {
                case NEAREST -> all[o][Math.min(in - 1, (int) (step * o + 1e-9))] = 1;
                case NEAREST_EXACT -> all[o][Math.min(in - 1, (int) (place + 0.5 + 1e-9))] = 1;
                case AREA -> {
                    int from = o * in / out;
                    int to = (int) Math.ceil((o + 1.0) * in / out - 1e-9);
                    Arrays.fill(all[o], from, to, 1.0 / (to - from));
                }
                case BICUBIC -> {
                    for (int i = -3; i < in + 3; i++) {
                        all[o][Math.clamp(i, 0, in - 1)] += cubic(Math.abs(Math.clamp(place, -1, in) - i));
                    }
                }
                default -> {
                    for (int i = 0; i < in; i++) {
                        all[o][i] = Math.max(0, 1 - Math.abs(Math.clamp(place, 0, in - 1) - i));
                    }
                }
            }
        }
        return all;
    }

    private static double cubic(double x) {
        if (x >= 2) {
            return 0;
        }
        return x <= 1 ? 1.25 * x * x * x - 2.25 * x * x + 1 : -0.75 * (x * x * x - 5 * x * x + 8 * x - 4);
    }

    // ---- Numbers that PyTorch computes

    private static final double[] LINE = {1, 4, 2, 7, -3};

    private static void line(Mode mode, boolean corners, long size, double... expected) {
        var x = Tensor.of(LINE).view(1, 1, 5);
        assertArrayEquals(expected, x.interpolate(new long[]{size}, mode, corners).toDoubleArray(), 1e-11);
        assertArrayEquals(expected, x.to(DType.FLOAT32).interpolate(new long[]{size}, mode, corners).toDoubleArray(),
                1e-6);
    }

    /** PyTorch rounds these factors to float32. */
    private static void scaledLine(Mode mode, double factor, boolean recompute, double... expected) {
        var x = Tensor.of(LINE).view(1, 1, 5);
        assertArrayEquals(expected, x.interpolate(new double[]{factor}, mode, false, recompute).toDoubleArray(), 2e-6);
    }

    @Test
    void linesAsInPyTorch() {
        line(Mode.NEAREST, false, 8, 1, 1, 4, 4, 2, 7, 7, -3);
        line(Mode.NEAREST, false, 3, 1, 4, 7);
        line(Mode.NEAREST_EXACT, false, 8, 1, 1, 4, 2, 2, 7, -3, -3);
        line(Mode.NEAREST_EXACT, false, 3, 1, 2, -3);
        line(Mode.LINEAR, false, 8, 1, 2.3125, 3.875, 2.625, 3.5625, 6.6875, 1.375, -3);
        line(Mode.LINEAR, true, 8, 1, 2.714285714286, 3.714285714286, 2.571428571429, 3.428571428571, 6.285714285714,
                2.714285714286, -3);
        line(Mode.LINEAR, true, 3, 1, 2, -3);
        line(Mode.AREA, false, 8, 1, 2.5, 4, 3, 4.5, 7, 2, -3);
        line(Mode.AREA, false, 3, 2.5, 4.333333333333, 2);
        scaledLine(Mode.NEAREST, 1.7, false, 1, 1, 4, 4, 2, 2, 7, -3);
        scaledLine(Mode.NEAREST, 1.7, true, 1, 1, 4, 4, 2, 7, 7, -3);
        scaledLine(Mode.NEAREST, 0.65, false, 1, 4, 7);
        scaledLine(Mode.NEAREST_EXACT, 1.7, false, 1, 1, 4, 2, 2, 7, 7, -3);
        scaledLine(Mode.NEAREST_EXACT, 0.65, false, 1, 2, 7);
        scaledLine(Mode.LINEAR, 1.7, false, 1, 2.147058963776, 3.911765098572, 2.882352828979, 2.735294818878,
                5.676471710205, 3.764705181122, -2.117648601532);
        scaledLine(Mode.LINEAR, 0.65, false, 1.807692289352, 2.384615421295, 3.538460254669);
        scaledLine(Mode.LINEAR, 1.7, true, 1, 2.3125, 3.875, 2.625, 3.5625, 6.6875, 1.375, -3);
        scaledLine(Mode.AREA, 1.7, false, 1, 2.5, 4, 3, 4.5, 7, 2, -3);
    }

    private static void image(Mode mode, boolean corners, double[] gradient, double... expected) {
        for (boolean last : new boolean[]{false, true}) {
            for (int channels : new int[]{1, 20}) {
                var x = Tensor.of(new double[]{1, 4, 2, 7, -3, 5}).view(1, 1, 2, 3).repeat(1, channels, 1, 1);
                x = (last ? x.channelsLast() : x).requiresGrad(true);
                var y = x.interpolate(new long[]{3, 4}, mode, corners);
                y.mul(Tensor.arange(12).to(DType.FLOAT64).view(3, 4)).sum().backward();
                for (int c = 0; c < channels; c++) {
                    assertArrayEquals(expected, y.select(1, c).toDoubleArray(), 1e-11);
                    assertArrayEquals(gradient, x.grad().select(1, c).toDoubleArray(), 1e-11);
                }
            }
        }
    }

    @Test
    void imagesAsInPyTorch() {
        image(Mode.BILINEAR, false, new double[]{3.3125, 5.3125, 8.375, 14.3125, 15.3125, 19.375}, 1, 2.875, 3.25, 2,
                4, 1.8125, 1.625, 3.5, 7, 0.75, 0, 5);
        image(Mode.BILINEAR, true,
                new double[]{3.166666666667, 5.666666666667, 8.166666666667, 13.833333333333, 16.333333333333,
                        18.833333333333},
                1, 3, 3.333333333333, 2, 4, 1.666666666667, 1.5, 3.5, 7, 0.333333333333, -0.333333333333, 5);
        image(Mode.BICUBIC, false,
                new double[]{1.937228732639, 4.819444444444, 7.465549045139, 14.351833767361, 17.545789930556,
                        19.880154079861},
                0.18283589681, 3.435031467014, 4.02769809299, 1.533721923828, 4.251220703125, 1.431640625,
                1.196533203125, 3.71533203125, 8.31960550944, -0.571750217014, -1.63463168674, 5.896942138672);
        image(Mode.BICUBIC, true,
                new double[]{2.546296296296, 6.768518518519, 7.685185185185, 12.175925925926, 19.509259259259,
                        17.314814814815},
                1, 3.277777777778, 3.703703703704, 2, 4, 1.268518518519, 1.055555555556, 3.5, 7, -0.740740740741,
                -1.592592592593, 5);
    }

    @Test
    void volumesAsInPyTorch() {
        var x = Tensor.arange(8).to(DType.FLOAT64).square().view(1, 1, 2, 2, 2);
        Checks.values(x.interpolate(new long[]{3, 1, 3}, Mode.TRILINEAR, false), 2, 3.5, 5, 14, 17.5, 21, 26, 31.5, 37);
        Checks.values(x.interpolate(new long[]{3, 1, 3}, Mode.TRILINEAR, true), 0, 0.5, 1, 8, 10.5, 13, 16, 20.5, 25);
    }

    /** Sizes for which float64 would choose others than float32, which PyTorch takes. */
    @Test
    void nearestElementsAreChosenInFloat32() {
        chosen(Mode.NEAREST, 3, 123, 41, 0);
        chosen(Mode.NEAREST, 4, 82, 41, 1);
        chosen(Mode.NEAREST, 5, 205, 41, 0);
        chosen(Mode.NEAREST, 6, 74, 37, 2);
        chosen(Mode.NEAREST, 7, 287, 41, 0);
        chosen(Mode.NEAREST, 8, 82, 41, 3);
        chosen(Mode.NEAREST_EXACT, 4, 41, 20, 1);
        chosen(Mode.NEAREST_EXACT, 6, 37, 18, 2);
        chosen(Mode.NEAREST_EXACT, 8, 41, 20, 3);
    }

    private static void chosen(Mode mode, int in, long out, int at, double expected) {
        var x = Tensor.arange(in).to(DType.FLOAT32).view(1, 1, 1, in);
        assertEquals(expected, x.interpolate(new long[]{1, out}, mode, false).view(-1).select(0, at).item(),
                mode + " " + in + " -> " + out);
    }

    // ---- Layouts, types, threads

    @ParameterizedTest
    @EnumSource
    void channelsThatLieInnermostStaySo(Mode mode) {
        int rank = switch (mode) {
            case LINEAR -> 3;
            case TRILINEAR -> 5;
            default -> 4;
        };
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16}) {
            for (long channels : new long[]{3, 16, 37}) {
                var dims = IntStream.range(0, rank).mapToLong(d -> d == 0 ? 2 : d == 1 ? channels : 3 + d).toArray();
                var size = Arrays.copyOf(new long[]{9, 4, 11}, rank - 2);
                var plain = Tensor.randn(dtype, new Generator(1), dims).requiresGrad(true);
                var last = plain.detach().channelsLast().requiresGrad(true);
                var expected = plain.interpolate(size, mode, false);
                var weights = Tensor.randn(dtype, new Generator(2), expected.shape().toArray());
                double near = dtype == DType.BFLOAT16 ? 0.1 : 1e-5;
                for (boolean alike : new boolean[]{true, false}) {
                    plain.zeroGrad();
                    last.zeroGrad();
                    var y = last.interpolate(size, mode, false);
                    assertTrue(y.isChannelsLast() && !y.isContiguous());
                    assertArrayEquals(expected.toDoubleArray(), y.toDoubleArray(), near);
                    plain.interpolate(size, mode, false).backward(weights);
                    y.backward(alike ? weights.channelsLast() : weights);
                    assertArrayEquals(plain.grad().toDoubleArray(), last.grad().toDoubleArray(), near);
                }
            }
        }
    }

    @Test
    void resultsDoNotDependOnTheNumberOfThreads() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.randn(dtype, new Generator(1), 2, 20, 60, 50);
            for (var in : new Tensor[]{x, x.channelsLast()}) {
                float[] expected;
                try (var _ = Threads.share(1)) {
                    expected = in.interpolate(new long[]{77, 111}, Mode.BICUBIC, false).toFloatArray();
                }
                assertArrayEquals(expected, in.interpolate(new long[]{77, 111}, Mode.BICUBIC, false).toFloatArray());
            }
        }
    }

    @Test
    void theSameSizeIsACopy() {
        var x = Tensor.randn(new Generator(1), 2, 3, 4, 5);
        for (var mode : new Mode[]{Mode.NEAREST, Mode.NEAREST_EXACT, Mode.BILINEAR, Mode.BICUBIC, Mode.AREA}) {
            var y = x.interpolate(new long[]{4, 5}, mode, false);
            assertNotSame(x, y);
            assertArrayEquals(x.toFloatArray(), y.toFloatArray());
        }
    }

    @Test
    void longLines() {
        var x = Tensor.arange(300_000).to(DType.FLOAT32).view(1, 1, -1);
        var y = x.interpolate(new double[]{2}, Mode.NEAREST, false, false);
        assertEquals(299_999, y.view(-1).select(0, 599_999).item());
        assertEquals(1234, y.view(-1).select(0, 2469).item());
        assertEquals(4, x.interpolate(new long[]{60_000}, Mode.AREA, false).view(-1).select(0, 1).item() - 3);
    }

    @Test
    void aSteadyStepAllocatesNothing() throws InterruptedException {
        var x = Tensor.randn(new Generator(1), 2, 16, 9, 8).channelsLast().requiresGrad(true);
        Steady.check(() -> {
            try (var _ = Scope.open()) {
                x.zeroGrad();
                x.interpolate(new double[]{2}, Mode.BILINEAR, false, false)
                        .interpolate(new long[]{7, 5}, Mode.NEAREST, false).sum().backward();
            }
        });
    }

    // ---- Mistakes

    private static void refused(Tensor x, long[] size, Mode mode, boolean corners, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.interpolate(size, mode, corners)),
                "interpolate", facts);
    }

    @Test
    void whatDoesNotFit() {
        var x = Tensor.ones(1, 2, 4, 5);
        refused(Tensor.ones(2, 3), new long[]{2}, Mode.NEAREST, false, "[2, 3]", "[N, C, L] or [N, C, H, W]");
        refused(x, new long[]{2}, Mode.LINEAR, false, "[1, 2, 4, 5]", "[N, C, L] is needed for linear");
        refused(Tensor.ones(1, 2, 3), new long[]{2}, Mode.BICUBIC, false, "[N, C, H, W] is needed for bicubic");
        refused(x, new long[]{2, 3, 4}, Mode.NEAREST, false, "size [2, 3, 4]", "[1, 2, 4, 5]");
        refused(x, new long[]{2, 0}, Mode.NEAREST, false, "size [2, 0]");
        refused(x, new long[]{2}, Mode.AREA, true, "no corners");
        refused(Tensor.ones(1, 2, 0, 5), new long[]{2}, Mode.BILINEAR, false, "[1, 2, 0, 5]", "no elements");
        refused(x, new long[]{1L << 33, 1}, Mode.NEAREST, false, "2^31");
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> x.interpolate(new double[]{0.2}, Mode.NEAREST, false, false)), "interpolate", "[0, 1]",
                "[1, 2, 4, 5]");
        for (double factor : new double[]{0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            Checks.message(assertThrows(IllegalArgumentException.class,
                    () -> x.interpolate(new double[]{factor}, Mode.NEAREST, false, false)), "interpolate",
                    "scale factor [" + factor + "]");
        }
    }
}
