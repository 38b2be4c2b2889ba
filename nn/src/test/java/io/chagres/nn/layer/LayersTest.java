package io.chagres.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
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

class LayersTest {
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
    void linearIsItsFormula() {
        try (var layer = new Linear(2, 3); var _ = Autograd.noGrad()) {
            layer.weight.copyFrom(Tensor.of(new float[]{1, 2, 3, 4, 5, 6}, 3, 2));
            layer.bias.copyFrom(Tensor.of(new float[]{10, 20, -100}));
            var x = Tensor.of(new float[]{1, 1, 0, -1}, 2, 2);
            assertArrayEquals(new float[]{13, 27, -89, 8, 16, -106}, layer.forward(x).toFloatArray());
            assertArrayEquals(new float[]{13, 27, 0, 8, 16, 0}, layer.forwardRelu(x).toFloatArray());
            assertArrayEquals(new float[]{13, 27, -89}, layer.forward(x.select(0, 0)).toFloatArray());
            assertArrayEquals(new long[]{2, 1, 3}, layer.forward(x.unsqueeze(1)).shape().toArray());
        }
    }

    @Test
    void linearMayHaveNoBias() {
        try (var layer = new Linear(2, 1, false); var _ = Autograd.noGrad()) {
            assertNull(layer.bias);
            assertEquals(List.of(layer.weight), layer.parameters());
            layer.weight.fill(1);
            assertArrayEquals(new float[]{3}, layer.forward(Tensor.of(new float[]{1, 2}, 1, 2)).toFloatArray());
        }
    }

    @Test
    void linearTellsWhatDoesNotFit() {
        try (var layer = new Linear(784, 10)) {
            var image = assertThrows(IllegalArgumentException.class, () -> layer.forward(Tensor.ones(64, 28, 28)));
            assertTrue(image.getMessage().contains("did you mean view(-1, 784)?"), image.getMessage());
            var bytes = assertThrows(IllegalArgumentException.class,
                    () -> layer.forward(Tensor.full(DType.UINT8, 1, 2, 784)));
            assertTrue(bytes.getMessage().contains("to(DType.FLOAT32)"), bytes.getMessage());
        }
        for (long[] sizes : new long[][]{{0, 1}, {1, 0}, {-1, 5}}) {
            assertThrows(IllegalArgumentException.class, () -> new Linear(sizes[0], sizes[1]));
        }
    }

    @Test
    void flattenJoinsAllButTheFirstDimension() {
        var flatten = new Flatten();
        assertArrayEquals(new long[]{2, 12}, flatten.forward(Tensor.ones(2, 3, 4)).shape().toArray());
        assertArrayEquals(new long[]{2, 3}, flatten.forward(Tensor.ones(2, 3)).shape().toArray());
        assertArrayEquals(new long[]{0, 12}, flatten.forward(Tensor.ones(0, 3, 4)).shape().toArray());
        assertArrayEquals(new long[]{2, 0}, flatten.forward(Tensor.ones(2, 0, 4)).shape().toArray());
        assertArrayEquals(new float[]{1, 3, 2, 4},
                flatten.forward(Tensor.of(new float[]{1, 2, 3, 4}, 1, 2, 2).transpose(1, 2)).toFloatArray());
        var refused = assertThrows(IllegalArgumentException.class, () -> flatten.forward(Tensor.ones(3)));
        assertTrue(refused.getMessage().startsWith("Flatten: [3]"), refused.getMessage());
    }

    @Test
    void geluIsExactOrApproximate() {
        var x = Tensor.of(new float[]{-1, 0, 2});
        assertArrayEquals(new float[]{-0.15865525f, 0, 1.9544997f}, new GELU().forward(x).toFloatArray(), 1e-6f);
        assertArrayEquals(new float[]{-0.15880801f, 0, 1.9545977f}, new GELU(true).forward(x).toFloatArray(), 1e-6f);
        assertEquals("GELU(approximate='tanh')", new GELU(true).toString());
    }

    @Test
    void embeddingHasAVectorForEachId() {
        Generator.seed(5);
        try (var layer = new Embedding(1000, 64)) {
            var ids = Tensor.of(new long[]{3, 999, 0, 3}, 2, 2);
            var y = layer.forward(ids);
            assertArrayEquals(new long[]{2, 2, 64}, y.shape().toArray());
            assertArrayEquals(layer.weight.select(0, 999).toFloatArray(), y.view(4, 64).select(0, 1).toFloatArray());
            assertEquals(0, layer.weight.mean().item(), 0.02);
            assertEquals(1, layer.weight.std().item(), 0.02);
            assertEquals(List.of(layer.weight), layer.parameters());
            var refused = assertThrows(IndexOutOfBoundsException.class,
                    () -> layer.forward(Tensor.of(new long[]{1000})));
            assertTrue(refused.getMessage().contains("id 1000"), refused.getMessage());
        }
        for (long[] sizes : new long[][]{{0, 1}, {1, 0}, {-1, 5}}) {
            assertThrows(IllegalArgumentException.class, () -> new Embedding(sizes[0], sizes[1]));
        }
    }

    @Test
    void theVectorOfThePaddingStaysZero() {
        for (long padding : new long[]{1, -2}) {
            try (var layer = new Embedding(3, 2, padding)) {
                layer.forward(Tensor.of(new long[]{0, 1, 1, 2})).sum().backward();
                assertArrayEquals(new float[2], layer.weight.select(0, 1).toFloatArray());
                assertArrayEquals(new float[]{1, 1, 0, 0, 1, 1}, layer.weight.grad().toFloatArray());
                assertEquals("Embedding(count=3, dim=2, padding=1)", layer.toString());
            }
        }
        assertThrows(IndexOutOfBoundsException.class, () -> new Embedding(3, 2, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> new Embedding(3, 2, -4));
    }

    @Test
    void sequentialRunsItsModulesInOrder() {
        Generator.seed(3);
        var first = new Linear(4, 5);
        var last = new Linear(5, 2);
        try (var net = new Sequential(new Flatten(), first, new ReLU(), new ReLU(), last, new ReLU())) {
            var x = Tensor.randn(new Generator(4), 7, 2, 2);
            var expected = last.forward(first.forward(x.view(7, 4)).relu()).relu();
            assertArrayEquals(expected.toFloatArray(), net.forward(x).toFloatArray(), 1e-6f);
            assertSame(first, net.modules().get("1"));
        }
        try (var empty = new Sequential()) {
            var x = Tensor.ones(2);
            assertSame(x, empty.forward(x));
        }
    }
}
