package io.chagres.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.optim.SGD;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Profile;
import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is computed together is what its layers compute one after the other. */
class FusedTest {
    private static Conv2d convolution(boolean bias) {
        return new Conv2d(3, 8, 3, 1, 1, 1, 1, bias);
    }

    private static Tensor input(int seed, long channels) {
        return Tensor.randn(new Generator(seed), 4, channels, 7, 6);
    }

    /** Statistics and parameters that are not those of a new layer. */
    private static void disturb(BatchNorm2d norm) {
        try (var _ = Autograd.noGrad()) {
            norm.runningMean.copyFrom(Tensor.randn(new Generator(5), 8).mul(0.3));
            norm.runningVar.copyFrom(Tensor.rand(new Generator(6), 8).add(0.5));
            norm.weight.copyFrom(Tensor.randn(new Generator(7), 8));
            norm.bias.copyFrom(Tensor.randn(new Generator(8), 8));
        }
    }

    private static Tensor plain(Conv2d convolution, BatchNorm2d norm, Tensor shortcut, boolean relu, Tensor x) {
        var y = convolution.forward(x);
        y = norm == null ? y : norm.forward(y);
        y = shortcut == null ? y : y.add(shortcut);
        return relu ? y.relu() : y;
    }

    @Test
    void trainingGivesTheSameGradients() {
        try (var _ = Scope.open(); var convolution = convolution(true); var norm = new BatchNorm2d(8)) {
            disturb(norm);
            var upstream = input(3, 8);
            for (boolean training : new boolean[]{true, false}) {
                for (var its : new BatchNorm2d[]{norm, null}) {
                    for (var added : new Tensor[]{null, input(2, 8)}) {
                        for (boolean relu : its == null ? new boolean[]{true} : new boolean[]{true, false}) {
                            norm.train();
                            if (!training) {
                                norm.eval();
                            }
                            try (var fused = new Fused(convolution, its, relu)) {
                                var expected = step(convolution, norm, added, upstream, true, fused, its, relu);
                                var found = step(convolution, norm, added, upstream, false, fused, its, relu);
                                for (int i = 0; i < expected.size(); i++) {
                                    assertArrayEquals(expected.get(i), found.get(i), 2e-4, fused + " " + i);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static List<double[]> step(Conv2d convolution, BatchNorm2d norm, Tensor added, Tensor upstream,
            boolean plainly, Fused fused, BatchNorm2d its, boolean relu) {
        convolution.zeroGrad();
        norm.zeroGrad();
        var x = input(1, 3).requiresGrad(true);
        var shortcut = added == null ? null : added.detach().requiresGrad(true);
        var y = plainly ? plain(convolution, its, shortcut, relu, x) : fused.forward(x, shortcut);
        y.backward(upstream);
        var all = new ArrayList<double[]>();
        all.add(y.toDoubleArray());
        all.add(x.grad().toDoubleArray());
        all.add(convolution.weight.grad().toDoubleArray());
        all.add(convolution.bias.grad().toDoubleArray());
        if (shortcut != null) {
            all.add(shortcut.grad().toDoubleArray());
        }
        if (its != null) {
            all.add(norm.weight.grad().toDoubleArray());
            all.add(norm.bias.grad().toDoubleArray());
        }
        return all;
    }

    @Test
    void inUseItIsOneCallWhoseWeightsFollowTheParameters() {
        try (var _ = Scope.open();
                var convolution = convolution(false);
                var norm = new BatchNorm2d(8);
                var fused = new Fused(convolution, norm, true)) {
            disturb(norm);
            var x = input(1, 3);
            var added = input(2, 8);
            norm.eval();
            try (var _ = Autograd.noGrad()) {
                agree(convolution, norm, fused, x, added);
                try (var profile = Profile.start()) {
                    fused.forward(x, added);
                    assertEquals(List.of("conv2dScaled"), profile.entries().stream().map(Profile.Entry::name)
                            .filter(name -> !name.equals("channelsLast") && !name.equals("copy")).toList());
                }
                norm.runningVar.fill(4);
                agree(convolution, norm, fused, x, added);
                convolution.weight.fill(0.01);
                agree(convolution, norm, fused, x, added);
            }
            norm.train();
            var optimizer = new SGD(List.of(convolution.weight, norm.weight, norm.bias), 0.1);
            fused.forward(x).sum().backward();
            optimizer.step();
            norm.eval();
            try (var _ = Autograd.noGrad()) {
                agree(convolution, norm, fused, x, null);
            }
        }
    }

    private static void agree(Conv2d convolution, BatchNorm2d norm, Fused fused, Tensor x, Tensor added) {
        assertArrayEquals(plain(convolution, norm, added, true, x).toDoubleArray(),
                fused.forward(x, added).toDoubleArray(), 1e-4);
    }

    @Test
    void aSequentialFusesByItself() {
        long before = Memory.liveBytes(Owner.PARAMETERS);
        try (var _ = Scope.open()) {
            var layers = new Sequential(convolution(false), new BatchNorm2d(8), new ReLU(), new Conv2d(8, 4, 3),
                    new ReLU(), new BatchNorm2d(4), new ReLU(), new MaxPool2d(2), new ConvTranspose2d(4, 4, 2),
                    new BatchNorm2d(4), new Flatten(), new Linear(36, 3), new ReLU());
            assertTrue(layers.toString().startsWith("Sequential(fused: 0-2, 3-4, 5-6, 11-12\n  (0): Conv2d("),
                    layers.toString());
            assertFalse(layers.stateDict().keySet().stream().anyMatch(name -> name.contains("fused")));
            var x = input(1, 3);
            for (boolean training : new boolean[]{true, false}) {
                if (!training) {
                    layers.eval();
                }
                try (var _ = Autograd.noGrad()) {
                    var y = x;
                    for (var layer : layers.modules().values()) {
                        y = layer.forward(y);
                    }
                    assertArrayEquals(y.toDoubleArray(), layers.forward(x).toDoubleArray(), 1e-4);
                }
            }
            layers.close();
        }
        assertEquals(before, Memory.liveBytes(Owner.PARAMETERS));
    }

    @Test
    void saysWhatItIs() {
        try (var convolution = convolution(false); var norm = new BatchNorm2d(8)) {
            assertEquals("Fused(Conv2d + BatchNorm2d + ReLU)", new Fused(convolution, norm, true).toString());
            assertEquals("Fused(Conv2d + BatchNorm2d)", new Fused(convolution, norm, false).toString());
            assertEquals("Fused(Conv2d + ReLU)", new Fused(convolution).toString());
        }
    }
}
