package io.chagres.runtime.op;

import static io.chagres.runtime.op.BatchNormTest.last;
import static io.chagres.runtime.op.BatchNormTest.mean;
import static io.chagres.runtime.op.BatchNormTest.variance;
import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.autograd.Profile;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Batch norm with relu behind it is batch norm and relu; what is drawn keeps away from the kink. */
class BatchNormReluTest extends OpTest {
    private static final String SIGNATURE = "BatchNorm.batchNormRelu(Tensor, Tensor, Tensor, Tensor, Tensor, Tensor,"
            + " boolean, double, double)";

    @Override
    Stream<Case> cases() {
        return Stream.of(true, false).flatMap(training -> Stream.of(true, false).flatMap(inner -> Stream.of(
                with(Case.op(SIGNATURE, "training " + training + ", innermost " + inner + ", shortcut",
                        in -> normalize(inner ? last(in[0]) : in[0], in[1], in[2], in[3], training))
                        .expects(in -> expected(in[0], in[1], in[2], in[3], training)))
                        .drawn(Values.within(-1, 1), Values.within(0.2, 0.5), Values.within(-0.3, 0.3),
                                Values.awayFromZero(3)),
                without(Case.op(SIGNATURE, "training " + training + ", innermost " + inner,
                        in -> normalize(inner ? last(in[0]) : in[0], in[1], in[2], null, training))
                        .expects(in -> expected(in[0], in[1], in[2], Array.scalar(0), training)))
                        .drawn(Values.within(-1, 1), Values.within(0.2, 0.5), Values.awayFromZero(3)))));
    }

    private static Tensor normalize(Tensor x, Tensor weight, Tensor bias, Tensor shortcut, boolean training) {
        return BatchNorm.batchNormRelu(x, mean(x), variance(x), weight, bias, shortcut, training, 0.1, 1e-5);
    }

    private static Case with(Case operation) {
        return operation.optional(1, 2, 3).on(dims(4, 3), dims(3), dims(3), dims(4, 3))
                .on(dims(2, 3, 3, 2), dims(3), dims(3), dims(2, 3, 3, 2))
                .on(dims(0, 3, 2, 2), dims(3), dims(3), dims(0, 3, 2, 2))
                .on(dims(3, 17, 1, 3), dims(17), dims(17), dims(3, 17, 1, 3))
                .on(dims(2, 2, 2, 3, 2), dims(2), dims(2), dims(2, 2, 2, 3, 2));
    }

    private static Case without(Case operation) {
        return operation.optional(1, 2).on(dims(4, 3), dims(3), dims(3)).on(dims(2, 3, 5), dims(3), dims(3))
                .on(dims(2, 3, 3, 2), dims(3), dims(3)).on(dims(1, 2, 7), dims(2), dims(2));
    }

    private static Array expected(Array x, Array weight, Array bias, Array shortcut, boolean training) {
        var y = BatchNormTest.batchNorm(x, weight, bias, training, 1e-5);
        return Array.generate(x.dims(), at -> Math.max(0, y.at(at) + shortcut.at(at)));
    }

    /** Large enough for several blocks and threads; the same bits whatever their number. */
    @Test
    void oneCallIsTheThreeOperations() {
        for (boolean training : new boolean[]{true, false}) {
            for (int channels : new int[]{3, 64}) {
                var x = Tensor.randn(new Generator(1), 5, channels, 31, 33);
                var added = Tensor.randn(new Generator(2), 5, channels, 31, 33);
                var upstream = Tensor.randn(new Generator(3), 5, channels, 31, 33);
                var expected = gradients(x.channelsLast(), added.channelsLast(), upstream, training, false);
                var fused = gradients(x.channelsLast(), added.channelsLast(), upstream, training, true);
                for (int i = 0; i < expected.length; i++) {
                    assertArrayEquals(expected[i], fused[i], 2e-5 * (i < 3 ? 1 : x.numel() / channels));
                }
                try (var _ = Threads.share(1)) {
                    var alone = gradients(x.channelsLast(), added.channelsLast(), upstream, training, true);
                    for (int i = 0; i < alone.length; i++) {
                        assertArrayEquals(fused[i], alone[i]);
                    }
                }
            }
        }
    }

    private static double[][] gradients(Tensor input, Tensor shortcut, Tensor upstream, boolean training,
            boolean fused) {
        var x = input.detach().requiresGrad(true);
        var added = shortcut.detach().requiresGrad(true);
        var weight = Tensor.full(DType.FLOAT32, 1.5, x.size(1)).requiresGrad(true);
        var bias = Tensor.full(DType.FLOAT32, 0.25, x.size(1)).requiresGrad(true);
        var y = fused
                ? x.batchNormRelu(mean(x), variance(x), weight, bias, added, training, 0.1, 1e-5)
                : x.batchNorm(mean(x), variance(x), weight, bias, training, 0.1, 1e-5).add(added).relu();
        assertTrue(y.isChannelsLast());
        y.backward(upstream);
        return new double[][]{y.toDoubleArray(), x.grad().toDoubleArray(), added.grad().toDoubleArray(),
                weight.grad().toDoubleArray(), bias.grad().toDoubleArray()};
    }

    @Test
    void theProfileSeesOneOperation() {
        var x = Tensor.randn(new Generator(1), 2, 4, 3, 3).channelsLast().requiresGrad(true);
        try (var profile = Profile.start()) {
            x.batchNormRelu(null, null, null, null, x.detach(), true, 0.1, 1e-5);
            assertEquals(1, profile.entries().size());
            assertTrue(profile.toString().contains("batchNormRelu"), profile.toString());
        }
    }

    @Test
    void aRepeatedStepAllocatesNothing() throws InterruptedException {
        var x = Tensor.ones(2, 3, 8, 8).channelsLast().requiresGrad(true);
        Steady.check(() -> {
            try (var _ = Scope.open()) {
                x.zeroGrad();
                x.mul(2).batchNormRelu(null, null, null, null, x, true, 0.1, 1e-5).sum().backward();
            }
        });
    }

    @Test
    void shortcutsThatDoNotFitAreNamed() {
        var x = Tensor.ones(2, 3, 4, 4);
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> x.batchNormRelu(null, null, null, null, Tensor.ones(2, 3, 4, 5), true, 0.1, 1e-5)),
                "batchNormRelu", "[2, 3, 4, 4]", "[2, 3, 4, 5]");
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> x.batchNormRelu(null, null, null, null, Tensor.ones(DType.FLOAT64, 2, 3, 4, 4), true, 0.1, 1e-5)),
                "batchNormRelu", "FLOAT64");
    }
}
