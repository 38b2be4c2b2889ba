package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.plan.Plans;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ConvolutionTest extends OpTest {
    private static final long[] ONE = {1};
    private static final long[] NONE = {0};

    @Override
    Stream<Case> cases() {
        return Stream.of(
                conv(1, ONE, NONE, ONE, 1).on(dims(2, 3, 7), dims(4, 3, 3), dims(4)).on(dims(1, 1, 1), dims(1, 1, 1),
                        dims(1)).on(dims(0, 3, 5), dims(2, 3, 2), dims(2)).on(dims(3, 5), dims(2, 3, 2), dims(2)),
                conv(1, longs(3), longs(2), longs(2), 3).on(dims(2, 6, 8), dims(3, 2, 3), dims(3)),
                conv(2, ONE, NONE, ONE, 1).on(dims(2, 3, 5, 4), dims(4, 3, 3, 2), dims(4))
                        .on(dims(1, 1, 1, 1), dims(3, 1, 1, 1), dims(3)).on(dims(0, 2, 4, 4), dims(3, 2, 2, 2), dims(3))
                        .on(dims(2, 1, 6, 6), dims(6, 1, 5, 5), dims(6)).on(dims(3, 4, 4), dims(2, 3, 3, 3), dims(2))
                        .on(dims(1, 17, 3, 3), dims(18, 17, 1, 1), dims(18)),
                conv(2, ONE, ONE, ONE, 1).on(dims(2, 3, 4, 5), dims(2, 3, 3, 3), dims(2))
                        .on(dims(1, 2, 1, 1), dims(3, 2, 3, 3), dims(3)),
                conv(2, longs(3, 2), longs(1, 0), ONE, 1).on(dims(2, 2, 7, 5), dims(3, 2, 2, 1), dims(3)),
                conv(2, longs(2), longs(1, 2, 0, 3), longs(1, 2), 1).on(dims(1, 2, 5, 4), dims(3, 2, 3, 2), dims(3)),
                conv(2, ONE, ONE, ONE, 4).on(dims(2, 4, 5, 5), dims(4, 1, 3, 3), dims(4))
                        .on(dims(1, 4, 3, 2), dims(8, 1, 2, 2), dims(8)),
                conv(2, longs(2), ONE, longs(2), 2).on(dims(2, 6, 7, 6), dims(4, 3, 3, 2), dims(4)),
                conv(2, longs(4), NONE, ONE, 1).on(dims(1, 2, 9, 10), dims(2, 2, 2, 2), dims(2)),
                conv(3, ONE, NONE, ONE, 1).on(dims(2, 2, 3, 4, 3), dims(3, 2, 2, 2, 3), dims(3)).on(dims(2, 2, 3, 2),
                        dims(1, 2, 1, 2, 2), dims(1)),
                conv(3, longs(2), ONE, ONE, 2).on(dims(1, 4, 4, 3, 5), dims(2, 2, 3, 3, 3), dims(2)),
                // few channels: rows of pixels, and rows of windows
                conv(1, ONE, longs(2), longs(2), 1).on(dims(2, 1, 25), dims(5, 1, 3), dims(5)),
                conv(2, longs(2, 1), longs(1, 0, 2, 3), longs(2, 1), 1).on(dims(2, 1, 4, 21), dims(3, 1, 2, 2),
                        dims(3)),
                conv(2, longs(1, 2), longs(2, 0, 1, 3), longs(2, 1), 1).on(dims(2, 4, 3, 5), dims(8, 4, 2, 5), dims(8)),
                plain(1).on(dims(2, 3, 7), dims(4, 3, 3), dims(4)),
                plain(2).on(dims(2, 3, 5, 4), dims(4, 3, 3, 2), dims(4)),
                plain(3).on(dims(2, 2, 3, 4, 3), dims(3, 2, 2, 2, 3), dims(3)),
                transposed(1, ONE, NONE, NONE, 1, ONE).on(dims(2, 3, 5), dims(3, 2, 3), dims(2)).on(dims(3, 4),
                        dims(3, 2, 2), dims(2)).on(dims(0, 1, 2), dims(1, 1, 1), dims(1)),
                transposed(1, longs(3), ONE, longs(2), 3, longs(2)).on(dims(2, 6, 4), dims(6, 1, 3), dims(3)),
                transposed(2, ONE, NONE, NONE, 1, ONE).on(dims(2, 3, 3, 4), dims(3, 2, 2, 3), dims(2))
                        .on(dims(1, 1, 1, 1), dims(1, 1, 1, 1), dims(1)).on(dims(2, 2, 3), dims(2, 3, 2, 2), dims(3)),
                transposed(2, longs(2), ONE, ONE, 1, ONE).on(dims(1, 2, 3, 4), dims(2, 3, 3, 3), dims(3)),
                transposed(2, longs(2, 1), longs(0, 1, 2, 0), longs(1, 0), 2, longs(1, 2)).on(dims(2, 4, 3, 4),
                        dims(4, 1, 3, 2), dims(2)),
                // the result goes on where no window reaches
                transposed(2, longs(1), NONE, longs(2), 1, longs(3)).on(dims(1, 2, 2, 2), dims(2, 2, 2, 2), dims(2)),
                transposed(3, longs(2), ONE, longs(1), 1, ONE).on(dims(1, 2, 2, 3, 2), dims(2, 2, 3, 2, 3), dims(2)),
                withoutBias());
    }

    private static long[] longs(long... values) {
        return values;
    }

    private static Case conv(int spatial, long[] stride, long[] padding, long[] dilation, long groups) {
        return Case.op("Convolution.conv" + spatial
                + "d(Tensor, Tensor, Tensor, long[], long[], long[], long)", setting(stride, padding, dilation, groups),
                in -> switch (spatial) {
                    case 1 -> Convolution.conv1d(in[0], in[1], in[2], stride, padding, dilation, groups);
                    case 2 -> Convolution.conv2d(in[0], in[1], in[2], stride, padding, dilation, groups);
                    default -> Convolution.conv3d(in[0], in[1], in[2], stride, padding, dilation, groups);
                }).expects(in -> PlainWindows.conv(in[0], in[1], in[2], stride, padding, dilation, groups)).optional(2);
    }

    private static Case plain(int spatial) {
        return Case.op("Convolution.conv" + spatial + "d(Tensor, Tensor, Tensor)", in -> switch (spatial) {
            case 1 -> Convolution.conv1d(in[0], in[1], in[2]);
            case 2 -> Convolution.conv2d(in[0], in[1], in[2]);
            default -> Convolution.conv3d(in[0], in[1], in[2]);
        }).expects(in -> PlainWindows.conv(in[0], in[1], in[2], ONE, NONE, ONE, 1)).optional(2);
    }

    private static Case withoutBias() {
        return Case.op("Convolution.conv2d(Tensor, Tensor, Tensor)", "no bias",
                in -> Convolution.conv2d(in[0], in[1], null))
                .expects(in -> PlainWindows.conv(in[0], in[1], null, ONE, NONE, ONE, 1))
                .on(dims(2, 3, 5, 4), dims(4, 3, 3, 2));
    }

    private static Case transposed(int spatial, long[] stride, long[] padding, long[] more, long groups,
            long[] dilation) {
        return Case.op("Convolution.convTranspose" + spatial
                + "d(Tensor, Tensor, Tensor, long[], long[], long[], long, long[])",
                setting(stride, padding, dilation, groups) + " " + Arrays.toString(more), in -> switch (spatial) {
                    case 1 ->
                        Convolution.convTranspose1d(in[0], in[1], in[2], stride, padding, more, groups, dilation);
                    case 2 ->
                        Convolution.convTranspose2d(in[0], in[1], in[2], stride, padding, more, groups, dilation);
                    default ->
                        Convolution.convTranspose3d(in[0], in[1], in[2], stride, padding, more, groups, dilation);
                }).expects(in -> PlainWindows.transposed(in[0], in[1], in[2], stride, padding, more, groups, dilation))
                .optional(2);
    }

    private static String setting(long[] stride, long[] padding, long[] dilation, long groups) {
        return Arrays.toString(stride) + " " + Arrays.toString(padding) + " " + Arrays.toString(dilation) + " "
                + groups;
    }

    // ---- Numbers by hand

    @Test
    void numbersByHand() {
        var x = Tensor.of(new double[]{1, 2, 3, 4, 5, 6, 7, 8, 9}).view(1, 1, 3, 3);
        var w = Tensor.of(new double[]{1, 0, 0, -1}).view(1, 1, 2, 2);
        Checks.values(Convolution.conv2d(x, w, null), -4, -4, -4, -4);
        Checks.values(Convolution.conv2d(x, w, Tensor.of(new double[]{10})), 6, 6, 6, 6);
        Checks.values(Convolution.conv2d(x, w, null, ONE, ONE, ONE, 1), -1, -2, -3, 0, -4, -4, -4, 3, -7, -4, -4, 6, 0,
                7, 8, 9);
        Checks.values(
                Convolution.convTranspose2d(x.narrow(2, 0, 2).narrow(3, 0, 2), w, null, ONE, NONE, NONE, 1, ONE), 1, 2,
                0, 4, 4, -2, 0, -4, -5);
    }

    @Test
    void sameKeepsTheSize() {
        assertArrayEquals(new long[]{1, 1, 0, 1, 3, 3},
                Convolution.same(new long[]{3, 2, 4}, 1, 1, 2));
        for (long k = 1; k < 6; k++) {
            for (long d = 1; d < 3; d++) {
                long[] kernel = {k, k + 1};
                var y = Convolution.conv2d(Tensor.ones(1, 2, 5, 7), Tensor.ones(3, 2, k, k + 1), null, ONE,
                        Convolution.same(kernel, d), longs(d), 1);
                Checks.shape(y, 1, 3, 5, 7);
            }
        }
    }

    // ---- Layouts

    @Test
    @Covers("Convert.channelsLast(Tensor)")
    void channelsLast() {
        var x = Tensor.randn(Generator.seed(1), 2, 3, 4, 5);
        var y = x.channelsLast();
        assertTrue(y.isChannelsLast() && !y.isContiguous() && !x.isChannelsLast());
        assertEquals(y, y.channelsLast());
        assertArrayEquals(x.toFloatArray(), y.toFloatArray());
        assertEquals(List.of(60L, 1L, 15L, 3L), List.of(y.stride(0), y.stride(1), y.stride(2), y.stride(3)));
        assertTrue(Tensor.ones(2, 1, 3, 3).isChannelsLast() && Tensor.ones(2, 3, 1, 1).isChannelsLast());
        assertTrue(Tensor.ones(2, 3).isChannelsLast() && Tensor.ones(0, 3, 2).isChannelsLast());
        var sequence = Tensor.randn(Generator.seed(1), 2, 3, 4).channelsLast();
        assertEquals(List.of(12L, 1L, 3L), List.of(sequence.stride(0), sequence.stride(1), sequence.stride(2)));
        GradCheck.check(in -> in[0].channelsLast().mul(in[0]), x.to(DType.FLOAT64).requiresGrad(true));
        var kept = x.channelsLast();
        try (var _ = Scope.open()) {
            kept = x.channelsLast().keep();
        }
        try (var own = kept) {
            assertTrue(own.isChannelsLast());
            assertArrayEquals(x.toFloatArray(), own.toFloatArray());
        }
    }

    @Test
    void layoutsDoNotChangeResults() {
        var generator = Generator.seed(3);
        var x = Tensor.randn(generator, 4, 6, 9, 8);
        var w = Tensor.randn(generator, 10, 6, 3, 3);
        var b = Tensor.randn(generator, 10);
        var expected = gradients(x, w, b, x.numel() > 0 ? null : x);
        assertArrayEquals(expected, gradients(x.channelsLast(), w, b, null));
        assertArrayEquals(expected, gradients(x.transpose(2, 3).contiguous().transpose(2, 3), w, b, null));
        assertArrayEquals(expected, gradients(x, w.transpose(0, 1).contiguous().transpose(0, 1), b, null));
        assertArrayEquals(expected, gradients(x, w.channelsLast(), b, null));
    }

    private static float[][] gradients(Tensor x, Tensor w, Tensor b, Tensor start) {
        var leaves = new Tensor[]{x.detach(), w.detach(), b.detach()};
        for (var leaf : leaves) {
            leaf.requiresGrad(true);
        }
        var y = Convolution.conv2d(leaves[0], leaves[1], leaves[2], longs(2), ONE, ONE, 1);
        assertTrue(y.isChannelsLast());
        var to = start == null ? y.detach().contiguous().mul(2) : start;
        y.backward(to);
        return new float[][]{y.toFloatArray(), leaves[0].grad().toFloatArray(), leaves[1].grad().toFloatArray(),
                leaves[2].grad().toFloatArray()};
    }

    /** Shapes of real networks, where kernels for whole vectors of channels are picked. */
    @Test
    void largeShapesAgreeWithDoubles() {
        long[][] shapes = {{2, 1, 28, 6, 5, 1, 2, 1}, {2, 6, 14, 16, 5, 1, 0, 1}, {2, 3, 32, 64, 3, 1, 1, 1},
                {2, 64, 16, 64, 3, 1, 1, 1}, {2, 64, 16, 128, 3, 2, 1, 1}, {2, 64, 16, 128, 1, 2, 0, 1},
                {2, 96, 14, 96, 3, 1, 1, 96}, {2, 96, 15, 96, 3, 2, 1, 96}, {2, 96, 8, 24, 1, 1, 0, 1},
                {2, 64, 8, 64, 3, 1, 1, 4}, {2, 3, 48, 64, 7, 2, 3, 1}, {2, 6, 13, 10, 3, 1, 1, 2},
                {1, 15, 9, 15, 3, 1, 1, 15}, {1, 12, 9, 20, 3, 1, 1, 4}, {3, 1, 21, 4, 3, 1, 1, 1},
                {2, 1, 40, 6, 5, 1, 0, 1}, {5, 5, 15, 9, 5, 2, 3, 1}, {7, 3, 16, 12, 7, 2, 3, 1},
                {3, 6, 14, 16, 5, 1, 2, 1}};
        var generator = Generator.seed(5);
        for (var s : shapes) {
            var x = Tensor.randn(generator, s[0], s[1], s[2], s[2]);
            var w = Tensor.randn(generator, s[3], s[1] / s[7], s[4], s[4]);
            var b = Tensor.randn(generator, s[3]);
            var leaves = new Tensor[]{x.requiresGrad(true), w.requiresGrad(true), b.requiresGrad(true)};
            var doubles = Arrays.stream(leaves).map(t -> t.detach().to(DType.FLOAT64).requiresGrad(true))
                    .toArray(Tensor[]::new);
            for (var t : List.of(leaves, doubles)) {
                var y = Convolution.conv2d(t[0], t[1], t[2], longs(s[5]), longs(s[6]), ONE, s[7]);
                y.mul(y).mean().backward();
            }
            for (int i = 0; i < 3; i++) {
                double[] expected = doubles[i].grad().toDoubleArray();
                double most = Arrays.stream(expected).map(Math::abs).max().getAsDouble();
                assertArrayEquals(expected, leaves[i].grad().toDoubleArray(), 1e-5 * most,
                        Arrays.toString(s) + " " + i);
            }
        }
        assertTrue(Plans.kernels().stream().anyMatch(kernel -> kernel.contains("conv")), Plans.kernels().toString());
    }

    @Test
    void typesOf16Bits() {
        var generator = Generator.seed(7);
        var x = Tensor.randn(generator, 2, 3, 6, 6);
        var w = Tensor.randn(generator, 4, 3, 3, 3);
        for (var type : new DType[]{DType.BFLOAT16, DType.FLOAT16}) {
            var expected = Convolution.conv2d(x.to(type).to(DType.FLOAT32), w.to(type).to(DType.FLOAT32), null)
                    .to(type);
            var leaf = w.to(type).requiresGrad(true);
            var y = Convolution.conv2d(x.to(type), leaf, null);
            Checks.type(type, y);
            assertArrayEquals(expected.toFloatArray(), y.toFloatArray());
            y.sum().backward();
            Checks.type(type, leaf.grad());
        }
    }

    /** Layers of LeNet-5 have kernels of their own. */
    @Test
    void fewChannelsGiveTheSameWhateverTheNumberOfThreads() {
        var generator = Generator.seed(8);
        for (long[] s : new long[][]{{19, 1, 28, 6, 2}, {19, 6, 14, 16, 0}, {19, 5, 13, 8, 3}}) {
            var x = Tensor.randn(generator, s[0], s[1], s[2], s[2]);
            var w = Tensor.randn(generator, s[3], s[1], 5, 5);
            var b = Tensor.randn(generator, s[3]);
            float[][] expected;
            try (var _ = Threads.share(1)) {
                expected = resultAndGradient(x, w, b, s[4]);
            }
            float[][] actual = resultAndGradient(x, w, b, s[4]);
            assertArrayEquals(expected[0], actual[0]);
            assertArrayEquals(expected[1], actual[1]);
            // and each image by itself
            float[][] alone = resultAndGradient(x.narrow(0, 7, 1), w, b, s[4]);
            for (int i = 0; i < 2; i++) {
                int n = alone[i].length;
                float[] within = Arrays.copyOfRange(expected[i], 7 * n, 8 * n);
                assertArrayEquals(within, alone[i], i == 0 && s[1] > 1 ? 1e-4f : 0);
            }
        }
    }

    private static float[][] resultAndGradient(Tensor x, Tensor w, Tensor b, long padding) {
        var leaf = x.detach().requiresGrad(true);
        var y = Convolution.conv2dRelu(leaf, w, b, null, ONE, longs(padding), ONE, 1);
        y.sum().backward();
        return new float[][]{y.toFloatArray(), leaf.grad().toFloatArray()};
    }

    @Test
    void notANumberOfFewChannelsStaysWhereItIs() {
        var y = Convolution.conv2d(Tensor.ones(1, 1, 28, 28), nan(6, 1, 5, 5), null);
        assertEquals(24 * 24, Arrays.stream(y.toDoubleArray()).filter(Double::isNaN).count());
        var x = Tensor.zeros(1, 6, 14, 14).requiresGrad(true);
        Convolution.conv2d(x, Tensor.ones(16, 6, 5, 5), null).backward(nan(1, 16, 10, 10));
        assertEquals(6 * 25, Arrays.stream(x.grad().toDoubleArray()).filter(Double::isNaN).count());
    }

    /** Zeros, and NaN as the first. */
    private static Tensor nan(long... dims) {
        var zeros = Tensor.zeros(dims);
        try (var _ = Autograd.noGrad()) {
            zeros.view(-1).narrow(0, 0, 1).fill(Double.NaN);
        }
        return zeros;
    }

    @Test
    void notANumberStaysWhereItIs() {
        var x = Tensor.zeros(1, 1, 5, 5);
        try (var _ = Autograd.noGrad()) {
            x.narrow(2, 0, 1).narrow(3, 0, 1).fill(Double.NaN);
        }
        var y = Convolution.conv2d(x, Tensor.ones(2, 1, 2, 2), null);
        assertEquals(2, Arrays.stream(y.toDoubleArray()).filter(Double::isNaN).count());
    }

    // ---- Borders

    @Test
    void noImages() {
        var w = Tensor.ones(4, 2, 3, 3).requiresGrad(true);
        var b = Tensor.ones(4).requiresGrad(true);
        var y = Convolution.conv2d(Tensor.zeros(0, 2, 5, 5), w, b);
        Checks.shape(y, 0, 4, 3, 3);
        y.sum().backward();
        assertEquals(0, w.grad().sum().item());
        assertEquals(0, b.grad().sum().item());
    }

    @Test
    void noChannels() {
        var y = Convolution.conv2d(Tensor.zeros(2, 0, 5, 5), Tensor.zeros(2, 0, 3, 3), Tensor.of(new float[]{1, 2}));
        Checks.shape(y, 2, 2, 3, 3);
        assertEquals(2 * 9 * 3, y.sum().item());
    }

    @Test
    void errorsNameTheFacts() {
        var x = Tensor.ones(8, 1, 28, 28);
        var w = Tensor.ones(16, 3, 5, 5);
        message(() -> Convolution.conv2d(x, w, null), "conv2d",
                "input [8, 1, 28, 28] has 1 channel, expected 3 (weight [16, 3, 5, 5], groups 1)");
        message(() -> Convolution.conv2d(Tensor.ones(2, 3, 4, 9), w, null), "conv2d", "[2, 3, 4, 9]", "[5, 5]",
                "[0, 5]", "too small");
        message(() -> Convolution.conv2d(Tensor.ones(28, 28), w, null), "conv2d", "[28, 28] has 2 dimensions",
                "[N, C, H, W]");
        message(() -> Convolution.conv1d(x, w, null), "conv1d", "[8, 1, 28, 28]", "[C, L]");
        message(() -> Convolution.conv2d(Tensor.ones(1, 3, 9, 9), Tensor.ones(2, 3, 3), null), "conv2d", "[2, 3, 3]");
        message(() -> conv(Tensor.ones(1, 3, 9, 9), w, NONE, NONE, ONE, 1), "conv2d", "stride [0]");
        message(() -> conv(Tensor.ones(1, 3, 9, 9), w, ONE, longs(-1), ONE, 1), "conv2d", "padding [-1]");
        message(() -> conv(Tensor.ones(1, 3, 9, 9), w, ONE, longs(1, 2, 3), ONE, 1), "conv2d", "padding [1, 2, 3]");
        message(() -> conv(Tensor.ones(1, 3, 9, 9), w, ONE, NONE, longs(0), 1), "conv2d", "dilation [0]");
        message(() -> conv(Tensor.ones(1, 9, 9, 9), w, ONE, NONE, ONE, 3), "conv2d", "groups 3", "16");
        message(() -> conv(Tensor.ones(1, 3, 9, 9), w, ONE, NONE, ONE, 0), "conv2d", "groups 0");
        message(() -> conv(Tensor.ones(1, 3, 9, 9), Tensor.ones(2, 3, 0, 1), ONE, NONE, ONE, 1), "conv2d", "empty");
        message(() -> conv(Tensor.ones(1, 3, 9, 9), w, ONE, longs(1L << 40), ONE, 1), "conv2d", "2^30");
        message(() -> Convolution.conv2d(Tensor.ones(1, 3, 9, 9), w, Tensor.ones(3)), "conv2d", "bias [3]", "[16]");
        message(() -> Convolution.convTranspose2d(x, w, null, ONE, NONE, NONE, 1, ONE), "convTranspose2d",
                "has 1 channel, expected 16");
        message(() -> Convolution.convTranspose2d(Tensor.ones(1, 16, 2, 2), w, null, ONE, NONE, ONE, 1, ONE),
                "convTranspose2d", "output padding [1, 1]");
        message(() -> Convolution.convTranspose2d(Tensor.ones(1, 16, 1, 1), w, null, ONE, longs(3), NONE, 1, ONE),
                "convTranspose2d", "[-1, -1]");
    }

    private static Tensor conv(Tensor x, Tensor w, long[] stride, long[] padding, long[] dilation, long groups) {
        return Convolution.conv2d(x, w, null, stride, padding, dilation, groups);
    }

    private static void message(Executable call, String operation, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class, call), operation, facts);
    }

    // ---- Steps

    @Test
    void aSteadyStepAllocatesNothing() throws InterruptedException {
        var generator = Generator.seed(1);
        var x = Tensor.randn(generator, 4, 3, 12, 12);
        var w = Tensor.randn(generator, 16, 3, 3, 3).requiresGrad(true);
        var b = Tensor.randn(generator, 16).requiresGrad(true);
        var v = Tensor.randn(generator, 16, 8, 2, 2).requiresGrad(true);
        Steady.check(() -> {
            try (var _ = Scope.open()) {
                var y = Convolution.conv2d(x, w, b, longs(2), ONE, ONE, 1).relu();
                Convolution.convTranspose2d(y, v, null, longs(2), NONE, NONE, 1, ONE).sum().backward();
            }
        });
    }

    /** Weights that are kept in a kernel's layout follow what happens to the weights, and go with them. */
    @Test
    void keptWeightsAreNeverOld() {
        var generator = Generator.seed(6);
        var x = Tensor.randn(generator, 2, 16, 6, 6);
        long before = Memory.liveBytes(Owner.PLANS);
        try (var w = Tensor.owned(Owner.PARAMETERS, DType.FLOAT32, Shape.of(32, 16, 3, 3), "a weight")) {
            w.copyFrom(Tensor.randn(generator, 32, 16, 3, 3));
            for (int i = 0; i < 4; i++) {
                agrees(x, w);
                w.copyFrom(w.mul(-0.5));
            }
            agrees(x, w);
            long kept = Memory.liveBytes(Owner.PLANS);
            assertTrue(kept - before >= w.numel() * Float.BYTES, kept + " " + before);
            for (int i = 0; i < 10; i++) {
                agrees(x.narrow(0, i % 2, 1), w);
                agrees(x, w);
            }
            w.segment().fill((byte) 0);
            agrees(x, w);
            w.segment().set(ValueLayout.JAVA_FLOAT, 0, 3);
            agrees(x, w);
        }
        Plans.clear();
        long after = Memory.liveBytes(Owner.PLANS);
        assertTrue(after <= before, after + " " + before);
    }

    private static void agrees(Tensor x, Tensor w) {
        try (var _ = Autograd.noGrad()) {
            double[] expected = Convolution.conv2d(x.to(DType.FLOAT64), w.to(DType.FLOAT64), null).toDoubleArray();
            for (int i = 0; i < 2; i++) {
                assertArrayEquals(expected, Convolution.conv2d(x, w, null).toDoubleArray(), 1e-4);
            }
        }
    }

    /** ‖∂y/∂x‖² as a penalty, whose gradient in the weight needs second derivatives; natively and by plain loops. */
    @Test
    void gradientPenalty() {
        double[][] gradients = new double[2][];
        for (int i = 0; i < 2; i++) {
            var generator = Generator.seed(2);
            var type = i == 0 ? DType.FLOAT32 : DType.FLOAT64;
            var x = Tensor.randn(generator, 2, 3, 6, 6).to(type).requiresGrad(true);
            var w = Tensor.randn(generator, 4, 3, 3, 3).to(type).requiresGrad(true);
            var y = Convolution.conv2d(x, w, null, ONE, ONE, ONE, 1).tanh().sum();
            var dx = Autograd.grad(List.of(y), List.of(x), null, true, true, false).getFirst();
            dx.mul(dx).sum().backward();
            gradients[i] = w.grad().toDoubleArray();
        }
        assertArrayEquals(gradients[1], gradients[0],
                2e-4 * Arrays.stream(gradients[1]).map(Math::abs).max().getAsDouble());
    }
}
