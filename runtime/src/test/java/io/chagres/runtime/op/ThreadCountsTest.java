package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What layers of networks for images give on one thread and on two. Our own sums and windows are the same to the bit. Where oneDNN adds
 * up over threads, in gradients of weights, that holds for one number of threads only, and others are near.
 */
class ThreadCountsTest {
    private static final long[] ONE = {1};
    private static final long[] NONE = {0};
    private static final long[] TWO = {2};

    /** A function of x and perhaps of parameters. */
    private record Layer(String name, boolean last, long[] dims, long[][] parameters,
            Function<Tensor[], Tensor> function) {
        @Override
        public String toString() {
            return name + (last ? " of channels innermost" : "");
        }
    }

    private static Layer layer(String name, boolean last, Function<Tensor[], Tensor> function, long[]... shapes) {
        return new Layer(name, last, new long[]{9, 16, 20, 12}, shapes, function);
    }

    static Stream<Layer> own() {
        long[] channels = {16};
        return Stream.of(true, false).flatMap(last -> Stream.of(
                layer("batchNorm", last, in -> in[0].batchNorm(null, null, in[1], in[2], true, 0.1, 1e-5),
                        channels, channels),
                layer("groupNorm", last, in -> GroupNorm.groupNorm(in[0], 4, in[1], in[2], 1e-5), channels,
                        channels),
                layer("rmsNorm", last, in -> in[0].rmsNorm(new long[]{12}, in[1], 1e-5), new long[]{12}),
                layer("localResponseNorm", last, in -> in[0].localResponseNorm(5, 1e-4, 0.75, 1)),
                layer("maxPool2d", last, in -> in[0].maxPool2d(TWO, TWO, NONE, ONE, false)),
                layer("avgPool2d", last, in -> in[0].avgPool2d(new long[]{3}, TWO, ONE, false, true, 0)),
                layer("adaptiveAvgPool2d", last, in -> in[0].adaptiveAvgPool2d(1)),
                layer("mean", last, in -> in[0].mean(new int[]{2, 3}, false)),
                layer("sum", last, in -> in[0].sum()),
                layer("softmax", last, in -> in[0].softmax(1)),
                layer("prelu", last, in -> in[0].prelu(in[1]), channels),
                layer("dropout", last, in -> in[0].dropout(0.3, true, new Generator(5))),
                layer("dropout2d", last,
                        in -> Dropout.dropout2d(in[0], 0.3, true, new Generator(5))),
                layer("interpolate", last,
                        in -> in[0].interpolate(new long[]{31, 17}, Interpolate.Mode.BICUBIC, false))));
    }

    static Stream<Layer> librarys() {
        return Stream.of(
                layer("conv2d", true, in -> in[0].conv2d(in[1], in[2], ONE, ONE, ONE, 1),
                        new long[]{24, 16, 3, 3},
                        new long[]{24}),
                layer("conv2d of few channels", true,
                        in -> in[0].narrow(1, 0, 3).conv2d(in[1], in[2], TWO, ONE, ONE, 1),
                        new long[]{6, 3, 5, 5}, new long[]{6}),
                layer("conv2d of each channel", true, in -> in[0].conv2d(in[1], null, ONE, ONE, ONE, 16),
                        new long[]{16, 1, 3, 3}),
                layer("convTranspose2d", true, in -> in[0].convTranspose2d(in[1], in[2], TWO, NONE, NONE, 1, ONE),
                        new long[]{16, 8, 2, 2}, new long[]{8}),
                layer("layerNorm", false, in -> in[0].layerNorm(new long[]{12}, in[1], in[2], 1e-5),
                        new long[]{12}, new long[]{12}),
                layer("linear", false, in -> Affine.linear(in[0], in[1], in[2]), new long[]{10, 12},
                        new long[]{10}));
    }

    /** Result and gradients. */
    private static List<float[]> run(Layer layer, int threads) {
        var generator = new Generator(1);
        try (var _ = Threads.share(threads); var _ = Scope.open()) {
            var operands = new Tensor[1 + layer.parameters.length];
            var x = Tensor.randn(generator, layer.dims);
            operands[0] = (layer.last ? x.channelsLast() : x).requiresGrad(true);
            for (int i = 1; i < operands.length; i++) {
                operands[i] = Tensor.randn(generator, layer.parameters[i - 1]).requiresGrad(true);
            }
            var y = layer.function.apply(operands);
            y.backward(Tensor.randn(generator, y.shape().toArray()));
            var all = new ArrayList<>(List.of(y.toFloatArray()));
            for (var operand : operands) {
                all.add(operand.grad().toFloatArray());
            }
            return all;
        }
    }

    private static void compare(Layer layer, List<float[]> expected, List<float[]> actual, double bound) {
        for (int i = 0; i < expected.size(); i++) {
            float[] values = expected.get(i);
            float most = 0;
            for (float value : values) {
                most = Math.max(most, Math.abs(value));
            }
            var what = layer + (i == 0 ? ": result" : ": gradient of operand " + (i - 1));
            if (bound == 0) {
                assertArrayEquals(values, actual.get(i), what);
            } else {
                assertArrayEquals(values, actual.get(i), (float) bound * most, what);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("own")
    void ourOwnGiveTheSameBitsOnAnyNumberOfThreads(Layer layer) {
        assumeTrue(Threads.limit() >= 2);
        compare(layer, run(layer, 1), run(layer, 2), 0);
    }

    @ParameterizedTest
    @MethodSource("librarys")
    void theLibrariesGiveTheSameBitsOnOneNumberOfThreads(Layer layer) {
        assumeTrue(Threads.limit() >= 2);
        var alone = run(layer, 1);
        var together = run(layer, 2);
        compare(layer, alone, run(layer, 1), 0);
        compare(layer, together, run(layer, 2), 0);
        compare(layer, alone, together, 2e-6);
    }
}
