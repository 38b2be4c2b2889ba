package io.chagres.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.layer.Linear;
import io.chagres.nn.layer.ReLU;
import io.chagres.nn.layer.Sequential;
import io.chagres.nn.loss.CrossEntropyLoss;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Loss and gradients of whole networks against plain Java in float64. */
class ReferenceNetworkTest {
    /** Greatest error of a gradient, over the greatest element of that parameter's gradient; about 1e-6 is seen. */
    private static final double BOUND = 1e-5;

    static Stream<Arguments> networks() {
        return Stream.of(network("reference", 64, 784, Mlp::reference),
                network("reference, one sample", 1, 784, Mlp::reference),
                network("reference, fused", 64, 784, () -> new Mlp(true, 784, 128, 64, 10)),
                network("reference, sequential", 64, 784,
                        () -> new Sequential(new Linear(784, 128), new ReLU(), new Linear(128, 64), new ReLU(),
                                new Linear(64, 10))),
                network("small", 5, 7, () -> new Mlp(false, 7, 5, 3, 2)),
                network("small, fused", 5, 7, () -> new Mlp(true, 7, 5, 3, 2)),
                network("one layer", 3, 2, () -> new Mlp(false, 2, 10)));
    }

    private static Arguments network(String name, int batch, int features, Supplier<Module> maker) {
        return Arguments.of(name, batch, features, maker);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void lossAndGradientsAgreeWithPlainJava(String name, int batch, int features, Supplier<Module> maker) {
        Generator.seed(17);
        var inputs = Tensor.rand(new Generator(18), batch, features);
        try (var net = maker.get()) {
            var plain = new PlainMlp(net.parameters());
            int classes = (int) net.parameters().getLast().numel();
            long[] labels = LongStream.range(0, batch).map(i -> (7 * i + 3) % classes).toArray();
            double expected = plain.step(PlainMlp.rows(inputs), labels);
            for (int threads : new int[]{1, 2}) {
                try (var _ = Threads.share(Math.min(threads, Threads.limit())); var _ = Scope.open()) {
                    var loss = new CrossEntropyLoss().forward(net.forward(inputs), Tensor.of(labels));
                    net.zeroGrad();
                    loss.backward();
                    assertEquals(expected, loss.item(), 1e-6 * expected);
                    compare(net, plain);
                }
            }
            assertNull(inputs.grad(), "nobody asked for the gradient of the data");
        }
    }

    private static void compare(Module net, PlainMlp plain) {
        var parameters = net.parameters();
        for (int layer = 0; layer < parameters.size() / 2; layer++) {
            compare(Arrays.stream(plain.weightGradients[layer]).flatMapToDouble(Arrays::stream).toArray(),
                    parameters.get(2 * layer));
            compare(plain.biasGradients[layer], parameters.get(2 * layer + 1));
        }
    }

    private static void compare(double[] expected, Tensor parameter) {
        double[] actual = parameter.grad().toDoubleArray();
        double greatest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < expected.length; i++) {
            double error = Math.abs(expected[i] - actual[i]) / greatest;
            assertTrue(error <= BOUND, () -> "relative error " + error + " in a gradient " + parameter.shape());
        }
    }

    @Test
    void withoutWeightsTheLossIsThatOfAGuess() {
        try (var net = Mlp.reference(); var _ = Scope.open()) {
            var last = net.namedParameters();
            try (var _ = Autograd.noGrad()) {
                last.get("fc3.weight").fill(0);
                last.get("fc3.bias").fill(0);
            }
            var loss = new CrossEntropyLoss().forward(net.forward(Tensor.rand(new Generator(1), 8, 784)),
                    Tensor.of(new long[]{0, 1, 2, 3, 4, 5, 6, 9}));
            assertEquals(Math.log(10), loss.item(), 1e-6);
            loss.backward();
            double[] bias = last.get("fc3.bias").grad().toDoubleArray();
            assertEquals(0.1 - 0.125, bias[0], 1e-7); // its probability less its share of the labels
            assertEquals(0.1, bias[7], 1e-7);
        }
    }
}
