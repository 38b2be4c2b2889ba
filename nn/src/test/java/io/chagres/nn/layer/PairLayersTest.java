package io.chagres.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Affine;
import io.chagres.runtime.op.Distances;
import io.chagres.runtime.op.Shuffles;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Layers of two inputs, and one that shuffles channels. */
class PairLayersTest {
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
    void bilinearHasAMatrixForEachResult() {
        Generator.seed(3);
        try (var layer = new Bilinear(4, 3, 2000); var bare = new Bilinear(2, 3, 4, false)) {
            assertEquals("Bilinear(in1=4, in2=3, out=2000, bias=true)", layer.toString());
            assertEquals(List.of(layer.weight, layer.bias), layer.parameters());
            assertArrayEquals(new long[]{2000, 4, 3}, layer.weight.shape().toArray());
            for (var parameter : layer.parameters()) { // uniform in ±1/2
                assertTrue(parameter.abs().max().item() <= 0.5);
                assertEquals(0, parameter.mean().item(), 0.03);
                assertEquals(0.5 / Math.sqrt(3), parameter.std().item(), 0.02);
            }
            assertNull(bare.bias);
            var a = Tensor.randn(new Generator(1), 5, 2);
            var b = Tensor.randn(new Generator(2), 5, 3);
            assertArrayEquals(Affine.bilinear(a, b, bare.weight, null).toFloatArray(),
                    bare.forward(a, b).toFloatArray());
            var e = assertThrows(IllegalArgumentException.class, () -> bare.forward(a, a));
            assertEquals("Bilinear(in1=2, in2=3, out=4, bias=false): inputs [5, 2] and [5, 2], weight [4, 2, 3];"
                    + " [..., 2] and [..., 3] are needed", e.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> new Bilinear(0, 1, 1));
    }

    @Test
    void distancesAndCosines() {
        var a = Tensor.randn(new Generator(1), 5, 3, 2);
        var b = Tensor.randn(new Generator(2), 5, 3, 2);
        assertArrayEquals(Distances.cosineSimilarity(a, b, 1, 1e-8).toFloatArray(),
                new CosineSimilarity().forward(a, b).toFloatArray());
        assertArrayEquals(Distances.cosineSimilarity(a, b, 2, 1).toFloatArray(),
                new CosineSimilarity(2, 1).forward(a, b).toFloatArray());
        assertArrayEquals(Distances.pairwiseDistance(a, b, 2, 1e-6, false).toFloatArray(),
                new PairwiseDistance().forward(a, b).toFloatArray());
        assertArrayEquals(new long[]{5, 3, 1}, new PairwiseDistance(1, 0, true).forward(a, b).shape().toArray());
        assertEquals("CosineSimilarity(dim=1, eps=1.0E-8)", new CosineSimilarity().toString());
        assertEquals("PairwiseDistance(p=2.0, eps=1.0E-6, keepdim=false)", new PairwiseDistance().toString());
        assertThrows(IllegalArgumentException.class, () -> new PairwiseDistance(Double.NaN));
        for (var layer : List.<BinaryOperator<Tensor>>of(new CosineSimilarity()::forward,
                new PairwiseDistance()::forward)) {
            var e = assertThrows(IllegalArgumentException.class, () -> layer.apply(a, Tensor.ones(4)));
            assertTrue(e.getMessage().matches("\\w+\\(.*\\): .*\\[5, 3, 2\\].*\\[4\\].*"), e.getMessage());
        }
    }

    @Test
    void channelsInAnotherOrder() {
        var x = Tensor.randn(new Generator(1), 2, 6, 3, 2);
        var layer = new ChannelShuffle(3);
        assertEquals("ChannelShuffle(groups=3)", layer.toString());
        assertArrayEquals(Shuffles.channelShuffle(x, 3).toFloatArray(), layer.forward(x).toFloatArray());
        var e = assertThrows(IllegalArgumentException.class, () -> layer.forward(Tensor.ones(1, 4, 2)));
        assertEquals("ChannelShuffle(groups=3): [1, 4, 2] has 4 channels, which 3 groups do not divide",
                e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new ChannelShuffle(0));
    }
}
