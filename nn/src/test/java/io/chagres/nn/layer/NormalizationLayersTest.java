package io.chagres.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NormalizationLayersTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void layerNormIsItsFormula() {
        try (var layer = new LayerNorm(3); var _ = Autograd.noGrad()) {
            var x = Tensor.of(new float[]{1, 2, 4, -1, 0.5f, 3}, 2, 3);
            assertArrayEquals(new float[]{-1.0690416f, -0.2672604f, 1.336302f, -1.1111658f, -0.2020301f, 1.3131959f},
                    layer.forward(x).toFloatArray(), 2e-6f);
            layer.weight.copyFrom(Tensor.of(new float[]{1, 2, 3}));
            layer.bias.copyFrom(Tensor.of(new float[]{0.1f, 0.2f, 0.3f}));
            assertArrayEquals(
                    new float[]{-0.9690415f, -0.3345208f, 4.308906f, -1.0111658f, -0.2040603f, 4.2395877f},
                    layer.forward(x).toFloatArray(), 5e-6f);
            assertEquals(List.of("weight", "bias"), List.copyOf(layer.stateDict().keySet()));
            assertEquals("LayerNorm(shape=[3], eps=1.0E-5, affine=true)", layer.toString());
        }
        try (var plain = new LayerNorm(new long[]{2, 2}, 3, false)) {
            assertNull(plain.weight);
            assertNull(plain.bias);
            assertArrayEquals(new float[]{0.5f, 0.5f, -0.5f, -0.5f},
                    plain.forward(Tensor.of(new float[]{2, 2, 0, 0}, 1, 2, 2)).toFloatArray(), 1e-6f);
        }
    }

    @Test
    void batchNormFollowsTheBatchesInTrainingAndStaysAfterwards() {
        try (var layer = new BatchNorm1d(2)) {
            var x = Tensor.of(new float[]{1, 10, 3, 10, 5, 40}, 3, 2);
            double deviation = Math.sqrt(8 / 3.0);
            var y = layer.forward(x);
            assertArrayEquals(new double[]{-2 / deviation, 0, 2 / deviation}, y.select(1, 0).toDoubleArray(), 1e-5);
            assertArrayEquals(new float[]{0.3f, 2}, layer.runningMean.toFloatArray(), 1e-6f);
            assertArrayEquals(new float[]{0.9f + 0.4f, 0.9f + 30}, layer.runningVar.toFloatArray(), 1e-5f);
            assertEquals(1, layer.numBatchesTracked.item());
            layer.forward(x);
            assertEquals(2, layer.numBatchesTracked.item());
            layer.eval();
            layer.runningMean.copyFrom(Tensor.of(new float[]{1, -2}));
            layer.runningVar.copyFrom(Tensor.of(new float[]{4, 9}));
            var one = layer.forward(Tensor.of(new float[]{5, 1}, 1, 2));
            assertArrayEquals(new float[]{2, 1}, one.toFloatArray(), 1e-5f);
            assertArrayEquals(new float[]{1, -2}, layer.runningMean.toFloatArray());
            assertEquals(2, layer.numBatchesTracked.item());
            assertArrayEquals(new long[]{3, 2, 4}, layer.forward(Tensor.ones(3, 2, 4)).shape().toArray());
        }
    }

    @Test
    void batchNormHasThePartsOfPyTorch() {
        try (var layer = new BatchNorm2d(3)) {
            assertEquals(List.of("weight", "bias", "running_mean", "running_var", "num_batches_tracked"),
                    List.copyOf(layer.stateDict().keySet()));
            assertEquals(List.of(layer.weight, layer.bias), layer.parameters());
            assertEquals(List.of("running_mean", "running_var", "num_batches_tracked"),
                    List.copyOf(layer.namedBuffers().keySet()));
            assertEquals(DType.INT64, layer.numBatchesTracked.dtype());
            assertEquals("BatchNorm2d(3, eps=1.0E-5, momentum=0.1, affine=true, track_running_stats=true)",
                    layer.toString());
            var y = layer.forward(Tensor.of(new float[]{1, 2, 3, 4, 5, 7}, 1, 3, 2, 1));
            assertArrayEquals(new float[]{-1, 1, -1, 1, -1, 1}, y.toFloatArray(), 1e-4f);
            y.sum().backward();
            assertArrayEquals(new float[]{2, 2, 2}, layer.bias.grad().toFloatArray());
            assertNull(layer.runningMean.grad());
        }
    }

    @Test
    void batchNormMayKeepNoStatisticsAndHaveNoParameters() {
        try (var layer = new BatchNorm1d(1, 3, 0.1, false, false)) {
            assertEquals(List.of(), List.copyOf(layer.stateDict().keySet()));
            layer.eval();
            assertArrayEquals(new float[]{-0.5f, 0.5f},
                    layer.forward(Tensor.of(new float[]{0, 2}, 2, 1)).toFloatArray(),
                    1e-6f);
        }
    }

    /** Running statistics of {1, 3}, {5, 9} and {0, 0.5}, whose means are 2, 7, 0.25 and unbiased variances 2, 8, 0.125. */
    @Test
    void withoutMomentumRunningStatisticsAreMeansOfAllBatches() {
        try (var layer = new BatchNorm3d(1, 1e-5, null, false, true)) {
            assertEquals("BatchNorm3d(1, eps=1.0E-5, momentum=null, affine=false, track_running_stats=true)",
                    layer.toString());
            double[][] batches = {{1, 3}, {5, 9}, {0, 0.5}};
            double[] means = {2, 4.5, 9.25 / 3};
            double[] variances = {2, 5, 10.125 / 3};
            for (int i = 0; i < batches.length; i++) {
                var y = layer.forward(Tensor.of(batches[i]).to(DType.FLOAT32).view(1, 1, 2, 1, 1));
                assertArrayEquals(new double[]{-1, 1}, y.toDoubleArray(), 1e-4);
                assertEquals(means[i], layer.runningMean.toDoubleArray()[0], 1e-6);
                assertEquals(variances[i], layer.runningVar.toDoubleArray()[0], 1e-6);
                assertEquals(i + 1, layer.numBatchesTracked.item());
            }
            layer.eval();
            var y = layer.forward(Tensor.ones(2, 1, 1, 1, 1));
            assertEquals((1 - 9.25 / 3) / Math.sqrt(3.375), y.toDoubleArray()[1], 1e-5);
            assertEquals(3, layer.numBatchesTracked.item());
        }
    }

    @Test
    void batchNormOfVolumes() {
        try (var layer = new BatchNorm3d(2)) {
            var x = Tensor.of(new float[]{1, 2, 3, 4, 10, 20, 30, 40}, 1, 2, 1, 2, 2);
            double deviation = Math.sqrt(1.25);
            double[] expected = {-1.5 / deviation, -0.5 / deviation, 0.5 / deviation, 1.5 / deviation};
            var y = layer.forward(x);
            assertArrayEquals(expected, y.select(1, 0).toDoubleArray(), 1e-4);
            assertArrayEquals(expected, y.select(1, 1).toDoubleArray(), 1e-4);
            assertArrayEquals(new double[]{0.25, 2.5}, layer.runningMean.toDoubleArray(), 1e-6);
            assertArrayEquals(new double[]{0.9 + 0.1 * 5 / 3, 0.9 + 0.1 * 500 / 3}, layer.runningVar.toDoubleArray(),
                    1e-5);
            var last = x.repeat(1, 1, 2, 1, 1).channelsLast();
            assertTrue(layer.forward(last).isChannelsLast());
            layer.eval();
            assertTrue(layer.forward(last).isChannelsLast());
        }
    }

    @Test
    void batchNormStateMovesWithItsStatistics() {
        try (var from = new Sequential(new Linear(4, 3), new BatchNorm1d(3));
                var to = new Sequential(new Linear(4, 3), new BatchNorm1d(3))) {
            var x = Tensor.randn(new Generator(5), 8, 4);
            from.forward(x);
            to.loadStateDict(from.stateDict());
            from.eval();
            to.eval();
            assertArrayEquals(from.forward(x).toFloatArray(), to.forward(x).toFloatArray());
            assertEquals(1, to.stateDict().get("1.num_batches_tracked").item());
        }
    }

    @Test
    void batchNormTellsWhatDoesNotFit() {
        try (var one = new BatchNorm1d(3); var two = new BatchNorm2d(3)) {
            refused(() -> one.forward(Tensor.ones(2, 3, 4, 4)), "BatchNorm1d: input [2, 3, 4, 4]; [N, C] or [N, C, L]");
            refused(() -> one.forward(Tensor.ones(3)), "BatchNorm1d: input [3]");
            refused(() -> two.forward(Tensor.ones(2, 3)), "BatchNorm2d: input [2, 3]; [N, C, H, W]");
            refused(() -> two.forward(Tensor.ones(2, 4, 5, 5)),
                    "BatchNorm2d: input [2, 4, 5, 5] has 4 channels, expected 3");
            refused(() -> one.forward(Tensor.ones(1, 3)), "more than one value");
            assertEquals(0, one.numBatchesTracked.item());
        }
        var closed = new BatchNorm1d(3);
        closed.close();
        var gone = assertThrows(IllegalStateException.class, () -> closed.forward(Tensor.ones(2, 3))).getMessage();
        assertTrue(gone.startsWith("batchNorm: "), gone);
        refused(() -> new BatchNorm1d(0), "BatchNorm1d: 0 features");
        refused(() -> new BatchNorm2d(3, 0, 0.1, true, true), "eps 0.0");
        refused(() -> new BatchNorm2d(3, 1e-5, -1.0, true, true), "momentum -1.0");
        try (var three = new BatchNorm3d(3)) {
            refused(() -> three.forward(Tensor.ones(2, 3, 4, 4)), "BatchNorm3d: input [2, 3, 4, 4]; [N, C, D, H, W]");
        }
    }

    @Test
    void layerNormMayHaveNoBias() {
        try (var layer = new LayerNorm(new long[]{2}, 1e-12, true, false)) {
            assertEquals(List.of("weight"), List.copyOf(layer.stateDict().keySet()));
            assertNull(layer.bias);
            assertEquals("LayerNorm(shape=[2], eps=1.0E-12, affine=true, bias=false)", layer.toString());
            assertArrayEquals(new float[]{-1, 1}, layer.forward(Tensor.of(new float[]{3, 5})).toFloatArray(), 1e-6f);
        }
    }

    /** Of {1, 3, 5, 7}: mean 4, variance 5. */
    @Test
    void groupNormIsItsFormula() {
        try (var layer = new GroupNorm(2, 4); var plain = new GroupNorm(1, 2, 4, false)) {
            assertEquals("GroupNorm(2, 4, eps=1.0E-5, affine=true)", layer.toString());
            assertEquals(List.of("weight", "bias"), List.copyOf(layer.stateDict().keySet()));
            double r = 1 / Math.sqrt(5);
            var x = Tensor.of(new float[]{1, 3, 5, 7, 0, 0, 2, 2}, 1, 4, 2);
            assertArrayEquals(new double[]{-3 * r, -r, r, 3 * r, -1, -1, 1, 1}, layer.forward(x).toDoubleArray(), 1e-5);
            layer.forward(x).sum().backward();
            assertArrayEquals(new double[]{-4 * r, 4 * r, -2, 2}, layer.weight.grad().toDoubleArray(), 1e-4);
            assertArrayEquals(new float[]{2, 2, 2, 2}, layer.bias.grad().toFloatArray());
            assertEquals(List.of(), plain.parameters());
            assertArrayEquals(new double[]{-1, -1.0 / 3, 1.0 / 3, 1},
                    plain.forward(Tensor.of(new float[]{1, 3, 5, 7}, 1, 2, 2, 1)).toDoubleArray(), 1e-6);
            refused(() -> layer.forward(Tensor.ones(2, 6, 3)),
                    "GroupNorm: input [2, 6, 3] has 6 channels, expected 4");
            refused(() -> layer.forward(Tensor.ones(4)), "GroupNorm: input [4]; [N, C]");
        }
        refused(() -> new GroupNorm(4, 6), "GroupNorm: 4 groups, 6 channels");
        refused(() -> new GroupNorm(0, 6), "GroupNorm: 0 groups");
        refused(() -> new GroupNorm(2, 6, 0, true), "eps 0.0");
    }

    @Test
    void instanceNormTakesOneExampleOrMore() {
        try (var one = new InstanceNorm1d(2); var two = new InstanceNorm2d(2); var three = new InstanceNorm3d(2)) {
            assertEquals("InstanceNorm1d(2, eps=1.0E-5, momentum=0.1, affine=false, track_running_stats=false)",
                    one.toString());
            assertEquals(List.of(), List.copyOf(one.stateDict().keySet()));
            var x = Tensor.of(new float[]{1, 3, 0, 8}, 2, 2);
            float[] y = {-1, 1, -1, 1};
            assertArrayEquals(y, one.forward(x).toFloatArray(), 1e-5f);
            one.eval();
            assertArrayEquals(new long[]{2, 2}, one.forward(x).shape().toArray());
            assertArrayEquals(y, one.forward(x.view(1, 2, 2)).toFloatArray(), 1e-5f);
            assertArrayEquals(y, two.forward(x.view(2, 1, 2)).toFloatArray(), 1e-5f);
            assertArrayEquals(y, two.forward(x.view(1, 2, 1, 2)).toFloatArray(), 1e-5f);
            assertArrayEquals(y, three.forward(x.view(2, 2, 1, 1)).toFloatArray(), 1e-5f);
            assertArrayEquals(new long[]{1, 2, 2, 1, 1}, three.forward(x.view(1, 2, 2, 1, 1)).shape().toArray());
            var last = Tensor.randn(new Generator(1), 2, 2, 3, 4).channelsLast();
            assertTrue(two.forward(last).isChannelsLast());
            assertTrue(three.forward(last.unsqueeze(2).channelsLast()).isChannelsLast());
            // without parameters and statistics the number of features does not matter
            assertArrayEquals(new long[]{3, 4}, one.forward(Tensor.ones(3, 4)).shape().toArray());
            refused(() -> one.forward(Tensor.ones(2, 2, 2, 2)),
                    "InstanceNorm1d: input [2, 2, 2, 2]; [N, C, L] or [C, L]");
            refused(() -> two.forward(Tensor.ones(2, 2)), "InstanceNorm2d: input [2, 2]; [N, C, H, W] or [C, H, W]");
            refused(() -> three.forward(Tensor.ones(2, 2)), "InstanceNorm3d: input [2, 2]; [N, C, D, H, W]");
            refused(() -> one.forward(Tensor.ones(2, 1)), "InstanceNorm1d: input [2, 1] has one value a channel");
        }
        refused(() -> new InstanceNorm1d(0), "InstanceNorm1d: 0 features");
    }

    /** Examples {1, 3} and {2, 8} have means 2 and 5, unbiased variances 2 and 18. */
    @Test
    void instanceNormMayKeepStatisticsAndHaveParameters() {
        try (var layer = new InstanceNorm1d(1, 1e-5, 0.5, true, true);
                var fixed = new InstanceNorm2d(1, 1e-5, null, false, true)) {
            assertEquals(List.of("weight", "bias", "running_mean", "running_var", "num_batches_tracked"),
                    List.copyOf(layer.stateDict().keySet()));
            var x = Tensor.of(new float[]{1, 3, 2, 8}, 2, 1, 2);
            assertArrayEquals(new float[]{-1, 1, -1, 1}, layer.forward(x).toFloatArray(), 1e-4f);
            assertArrayEquals(new float[]{1.75f}, layer.runningMean.toFloatArray());
            assertArrayEquals(new float[]{5.5f}, layer.runningVar.toFloatArray());
            assertEquals(0, layer.numBatchesTracked.item());
            layer.eval();
            layer.runningVar.fill(4);
            var y = layer.forward(x);
            assertArrayEquals(new float[]{-0.375f, 0.625f, 0.125f, 3.125f}, y.toFloatArray(), 1e-4f);
            assertEquals(1.75, layer.runningMean.toDoubleArray()[0]);
            assertArrayEquals(new float[]{0.625f}, layer.forward(Tensor.full(DType.FLOAT32, 3, 1, 1)).toFloatArray(),
                    1e-4f);
            y.sum().backward();
            assertArrayEquals(new float[]{4}, layer.bias.grad().toFloatArray());
            refused(() -> layer.forward(Tensor.ones(2, 3, 4)),
                    "InstanceNorm1d: input [2, 3, 4] has 3 channels, expected 1");
            refused(() -> layer.forward(Tensor.ones(3, 4)), "InstanceNorm1d: input [3, 4] has 3 channels, expected 1");
            fixed.forward(x.view(2, 1, 2, 1));
            assertArrayEquals(new float[]{0}, fixed.runningMean.toFloatArray());
            assertArrayEquals(new float[]{1}, fixed.runningVar.toFloatArray());
        }
    }

    @Test
    void rmsNormIsItsFormula() {
        try (var layer = new RMSNorm(2); var plain = new RMSNorm(new long[]{2, 1}, 3.5, false)) {
            assertEquals("RMSNorm(shape=[2], eps=null, affine=true)", layer.toString());
            assertEquals(List.of("weight"), List.copyOf(layer.stateDict().keySet()));
            double r = 1 / Math.sqrt(12.5);
            assertArrayEquals(new double[]{3 * r, 4 * r, 0, 0},
                    layer.forward(Tensor.of(new float[]{3, 4, 0, 0}, 2, 2)).toDoubleArray(), 1e-6);
            assertArrayEquals(new double[]{0.75, 1},
                    plain.forward(Tensor.of(new float[]{3, 4}, 2, 1)).toDoubleArray(), 1e-6);
            refused(() -> layer.forward(Tensor.ones(2, 3)), "RMSNorm: input [2, 3], expected sizes that end in [2]");
        }
        refused(() -> new RMSNorm(), "RMSNorm: shape []");
        refused(() -> new RMSNorm(new long[]{3}, 0.0, true), "eps 0.0");
    }

    @Test
    void localResponseNormIsItsFormula() {
        try (var layer = new LocalResponseNorm(5); var two = new LocalResponseNorm(2, 2, 1, 1)) {
            assertEquals("LocalResponseNorm(5, alpha=1.0E-4, beta=0.75, k=1.0)", layer.toString());
            var x = Tensor.of(new float[]{1, 2, 300}, 1, 3, 1, 1);
            double base = 1 + 1e-4 / 5 * 90005;
            assertArrayEquals(
                    new double[]{Math.pow(base, -0.75), 2 * Math.pow(base, -0.75), 300 * Math.pow(base, -0.75)},
                    layer.forward(x).toDoubleArray(), 1e-4);
            assertArrayEquals(new double[]{0.5, 2.0 / 6, 3.0 / 14},
                    two.forward(Tensor.of(new float[]{1, 2, 3}, 1, 3, 1)).toDoubleArray(), 1e-6);
            refused(() -> layer.forward(Tensor.ones(2, 3)), "LocalResponseNorm: input [2, 3]; [N, C, L]");
        }
        refused(() -> new LocalResponseNorm(0), "LocalResponseNorm: size 0");
    }

    @Test
    void sizesThatMakeNoSenseAreNamed() {
        try (var layer = new LayerNorm(3, 4)) {
            refused(() -> layer.forward(Tensor.ones(4, 3)),
                    "LayerNorm: input [4, 3], expected sizes that end in [3, 4]");
            refused(() -> layer.forward(Tensor.ones(4)), "LayerNorm: input [4]");
        }
        refused(() -> new LayerNorm(), "LayerNorm: shape []");
        refused(() -> new LayerNorm(3, 0), "LayerNorm: shape [3, 0]");
        refused(() -> new LayerNorm(new long[]{3}, 0, true), "eps 0.0");
    }

    private static void refused(Runnable layer, String facts) {
        var message = assertThrows(IllegalArgumentException.class, layer::run).getMessage();
        assertTrue(message.contains(facts), message);
    }
}
