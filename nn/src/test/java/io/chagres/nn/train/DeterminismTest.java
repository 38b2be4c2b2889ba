package io.chagres.nn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.Mlp;
import io.chagres.nn.Module;
import io.chagres.nn.data.DataLoader;
import io.chagres.nn.loss.CrossEntropyLoss;
import io.chagres.nn.models.LeNet5;
import io.chagres.nn.models.ResNet;
import io.chagres.nn.optim.Adam;
import io.chagres.nn.optim.SGD;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same seed on the same number of threads gives the same bits, whichever way the loop is written. */
class DeterminismTest {
    private static final int EPOCHS = 5;
    private static final int STEPS_AN_EPOCH = 40;

    private record Outcome(List<float[]> weights, List<Double> losses) {
    }

    @FunctionalInterface
    private interface Loop {
        List<Double> train(Module net, Adam optimizer, DataLoader loader);
    }

    private static Outcome outcome(int threads, Loop loop) {
        Generator.seed(1);
        try (var _ = Threads.share(Math.min(threads, Threads.limit()));
                var net = Mlp.reference();
                var loader = Synthetic.loader(64 * STEPS_AN_EPOCH, 784, 10, 64)) {
            var losses = loop.train(net, new Adam(net.parameters(), 0.001), loader);
            return new Outcome(net.parameters().stream().map(Tensor::toFloatArray).toList(), losses);
        }
    }

    private static List<Double> plainLoop(Module net, Adam optimizer, DataLoader loader) {
        var criterion = new CrossEntropyLoss();
        var losses = new Double[EPOCHS];
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            double running = 0;
            for (var batch : loader) {
                try (var _ = Scope.open()) {
                    var loss = criterion.forward(net.forward(batch.inputs()), batch.labels());
                    optimizer.zeroGrad();
                    loss.backward();
                    optimizer.step();
                    running += loss.item();
                }
            }
            losses[epoch] = running / loader.batches();
        }
        return Arrays.asList(losses);
    }

    private static List<Double> trainer(Module net, Adam optimizer, DataLoader loader) {
        return new Trainer(net, new CrossEntropyLoss(), optimizer).epochs(EPOCHS).fit(loader);
    }

    private static void assertSameBits(List<float[]> expected, List<float[]> actual) {
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i)); // compares bits, but for the payload of a NaN
        }
    }

    private static List<float[]> weights(int threads, Supplier<Module> maker, long size) {
        var generator = Generator.seed(1);
        try (var _ = Threads.share(Math.min(threads, Threads.limit()));
                var net = maker.get();
                var optimizer = new SGD(net.parameters(), 0.01, 0.9, 0);
                var x = Tensor.randn(generator, 12, 1, size, size);
                var labels = Tensor.of(new long[12])) {
            for (int step = 0; step < 5; step++) {
                try (var _ = Scope.open()) {
                    var loss = new CrossEntropyLoss().forward(net.forward(x), labels);
                    optimizer.zeroGrad();
                    loss.backward();
                    optimizer.step();
                }
            }
            return net.stateDict().values().stream().map(Tensor::toFloatArray).toList();
        }
    }

    /** Weights and running statistics of networks for images. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void stepsOfConvolutionsGiveTheSameBits(int threads) {
        assertSameBits(weights(threads, LeNet5::new, 28), weights(threads, LeNet5::new, 28));
        assertSameBits(weights(threads, () -> ResNet.resnet20(1, 10), 16),
                weights(threads, () -> ResNet.resnet20(1, 10), 16));
    }

    /** Run twice, and written in two ways at once. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void twoHundredStepsGiveTheSameBits(int threads) {
        var plain = outcome(threads, DeterminismTest::plainLoop);
        var trained = outcome(threads, DeterminismTest::trainer);
        assertTrue(plain.losses.getLast() < plain.losses.getFirst(), "it learns");
        assertSameBits(plain.weights, trained.weights);
        assertEquals(plain.losses, trained.losses);
    }
}
