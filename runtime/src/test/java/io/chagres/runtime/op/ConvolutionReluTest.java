package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.autograd.Profile;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A convolution with relu behind it; what is drawn keeps away from the kink. */
class ConvolutionReluTest extends OpTest {
    private static final long[] ONE = {1};
    private static final long[] TWO = {2};
    private static final long[] NONE = {0};

    @Override
    Stream<Case> cases() {
        return Stream.of(
                with(1).on(dims(2, 2, 5), dims(3, 2, 3), dims(3), dims(2, 3, 3)).on(dims(2, 4), dims(1, 2, 2), dims(1),
                        dims(1, 3)),
                with(2).on(dims(2, 2, 4, 3), dims(3, 2, 2, 2), dims(3), dims(2, 3, 3, 2))
                        .on(dims(1, 1, 1, 1), dims(17, 1, 1, 1), dims(17), dims(1, 17, 1, 1))
                        .on(dims(0, 1, 3, 3), dims(2, 1, 2, 2), dims(2), dims(0, 2, 2, 2)),
                with(3).on(dims(1, 1, 2, 3, 2), dims(2, 1, 2, 2, 1), dims(2), dims(1, 2, 1, 2, 2)),
                without(1, NONE, ONE).on(dims(2, 2, 5), dims(3, 2, 3), dims(3)),
                without(2, NONE, ONE).on(dims(2, 2, 4, 3), dims(4, 1, 2, 2), dims(4)),
                without(2, ONE, TWO).on(dims(2, 1, 5, 6), dims(2, 1, 3, 2), dims(2)),
                without(3, NONE, ONE).on(dims(1, 1, 2, 3, 2), dims(2, 1, 2, 2, 1), dims(2)),
                scaled(1, true).on(dims(2, 2, 5), dims(3, 2, 3), dims(3), dims(3), dims(2, 3, 3)).on(dims(2, 4),
                        dims(1, 2, 2), dims(1), dims(1), dims(1, 3)),
                scaled(2, false).on(dims(2, 2, 4, 3), dims(3, 2, 2, 2), dims(3), dims(3), dims(2, 3, 3, 2)),
                scaled(2, true).on(dims(1, 1, 1, 1), dims(17, 1, 1, 1), dims(17), dims(17), dims(1, 17, 1, 1))
                        .on(dims(0, 1, 3, 3), dims(2, 1, 2, 2), dims(2), dims(2), dims(0, 2, 2, 2)),
                scaled(3, true).on(dims(1, 1, 2, 3, 2), dims(2, 1, 2, 2, 1), dims(2), dims(2), dims(1, 2, 1, 2, 2)));
    }

    private static Tensor call(int spatial, Tensor x, Tensor w, Tensor b, Tensor shortcut, long[] padding,
            long[] stride) {
        long groups = x == null || w == null || !x.isOpen() || !w.isOpen()
                ? 1
                : x.size(x.rank() - spatial - 1) / Math.max(1, w.size(1));
        return switch (spatial) {
            case 1 -> Convolution.conv1dRelu(x, w, b, shortcut, stride, padding, ONE, groups);
            case 2 -> Convolution.conv2dRelu(x, w, b, shortcut, stride, padding, ONE, groups);
            default -> Convolution.conv3dRelu(x, w, b, shortcut, stride, padding, ONE, groups);
        };
    }

    private static String signature(int spatial) {
        return "Convolution.conv" + spatial
                + "dRelu(Tensor, Tensor, Tensor, Tensor, long[], long[], long[], long)";
    }

    private static Case with(int spatial) {
        return Case.op(signature(spatial), "shortcut", in -> call(spatial, in[0], in[1], in[2], in[3], NONE, ONE))
                .expects(in -> {
                    var y = PlainWindows.conv(in[0], in[1], in[2], ONE, NONE, ONE, 1);
                    return Array.generate(y.dims(), at -> Math.max(0, y.at(at) + in[3].at(at)));
                }).drawn(Values.within(-1, 1), Values.within(-0.25, 0.25), Values.within(-0.5, 0.5),
                        Values.awayFromZero(3))
                .optional(2, 3);
    }

    private static Case without(int spatial, long[] padding, long[] stride) {
        return Case.op(signature(spatial), "no shortcut " + padding[0] + " " + stride[0],
                in -> call(spatial, in[0], in[1], in[2], null, padding, stride)).expects(in -> {
                    long groups = in[0].dims()[1] / in[1].dims()[1];
                    var y = PlainWindows.conv(in[0], in[1], in[2], stride, padding, ONE, groups);
                    return Array.generate(y.dims(), at -> Math.max(0, y.at(at)));
                }).drawn(Values.within(-1, 1), Values.within(-0.25, 0.25), Values.awayFromZero(3)).optional(2);
    }

    private static Case scaled(int spatial, boolean relu) {
        return Case.op("Convolution.conv" + spatial + "dScaled(Tensor, Tensor, Tensor, Tensor, Tensor, boolean, long[],"
                + " long[], long[], long)", "relu " + relu,
                in -> scaled(spatial, in[0], in[1], in[2], in[3], in[4], relu)).expects(in -> {
                    var y = PlainWindows.conv(in[0], in[1], null, ONE, NONE, ONE, 1);
                    return Array.generate(y.dims(), at -> {
                        int c = at[at.length - spatial - 1];
                        double sum = y.at(at) * in[2].at(c) + in[3].at(c) + in[4].at(at);
                        return relu ? Math.max(0, sum) : sum;
                    });
                }).drawn(Values.within(-1, 1), Values.within(-0.25, 0.25), Values.within(-0.5, 0.5),
                        Values.within(-0.5, 0.5), Values.awayFromZero(3))
                .optional(4);
    }

    private static Tensor scaled(int spatial, Tensor x, Tensor w, Tensor scale, Tensor shift, Tensor shortcut,
            boolean relu) {
        return switch (spatial) {
            case 1 -> Convolution.conv1dScaled(x, w, scale, shift, shortcut, relu, ONE, NONE, ONE, 1);
            case 2 -> Convolution.conv2dScaled(x, w, scale, shift, shortcut, relu, ONE, NONE, ONE, 1);
            default -> Convolution.conv3dScaled(x, w, scale, shift, shortcut, relu, ONE, NONE, ONE, 1);
        };
    }

    /** Where nothing is recorded it is another way. */
    @Test
    void scaledInUseIsOneCall() {
        var x = Tensor.randn(new Generator(1), 3, 16, 9, 8).channelsLast();
        var w = Tensor.randn(new Generator(2), 32, 16, 3, 3).mul(0.1);
        var scale = Tensor.randn(new Generator(3), 32);
        var shift = Tensor.randn(new Generator(4), 32);
        for (var shortcut : new Tensor[]{null, Tensor.randn(new Generator(5), 3, 32, 9, 8)}) {
            for (boolean relu : new boolean[]{true, false}) {
                var sum = x.conv2d(w, null, ONE, ONE, ONE, 1).mul(scale.view(32, 1, 1)).add(shift.view(32, 1, 1));
                sum = shortcut == null ? sum : sum.add(shortcut);
                try (var profile = Profile.start()) {
                    var y = Convolution.conv2dScaled(x, w, scale, shift, shortcut, relu, ONE, ONE, ONE, 1);
                    assertArrayEquals((relu ? sum.relu() : sum).toDoubleArray(), y.toDoubleArray(), 1e-5);
                    assertTrue(y.isChannelsLast());
                    assertEquals(1,
                            profile.entries().stream().filter(entry -> entry.name().startsWith("conv2d")).count());
                    assertTrue(!profile.toString().contains("oneDNN ref"), profile.toString());
                }
            }
        }
    }

    @Test
    void oneNativeCallIsTheThreeOperations() {
        var x = Tensor.randn(new Generator(1), 3, 16, 9, 8).channelsLast().requiresGrad(true);
        var w = Tensor.randn(new Generator(2), 32, 16, 3, 3).mul(0.1).detach().requiresGrad(true);
        var b = Tensor.randn(new Generator(3), 32).requiresGrad(true);
        for (var shortcut : new Tensor[]{null, Tensor.randn(new Generator(4), 3, 32, 9, 8)}) {
            var sum = x.conv2d(w, b, ONE, ONE, ONE, 1);
            var expected = (shortcut == null ? sum : sum.add(shortcut)).relu();
            try (var profile = Profile.start()) {
                var y = Convolution.conv2dRelu(x, w, b, shortcut, ONE, ONE, ONE, 1);
                assertArrayEquals(expected.toDoubleArray(), y.toDoubleArray(), 1e-5);
                assertEquals(1, profile.entries().stream().filter(entry -> entry.name().startsWith("conv2d")).count());
                assertTrue(profile.toString().contains("oneDNN") && !profile.toString().contains("oneDNN ref"),
                        profile.toString());
            }
        }
    }

    @Test
    void shortcutsThatDoNotFitAreNamed() {
        var x = Tensor.ones(2, 3, 4, 4);
        var w = Tensor.ones(2, 3, 3, 3);
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> Convolution.conv2dRelu(x, w, null, x, ONE, NONE, ONE, 1)), "conv2dRelu", "shortcut [2, 3, 4, 4]",
                "[2, 2, 2, 2]");
        Checks.message(
                assertThrows(IllegalArgumentException.class,
                        () -> Convolution.conv2dRelu(x, w, null, Tensor.ones(DType.FLOAT64, 2, 2, 2, 2), ONE, NONE, ONE,
                                1)),
                "conv2dRelu", "FLOAT64");
    }
}
