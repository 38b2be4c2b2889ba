package io.chagres.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Scope;
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
    void sizesThatMakeNoSenseAreNamed() {
        refused(() -> new LayerNorm(), "LayerNorm: shape []");
        refused(() -> new LayerNorm(3, 0), "LayerNorm: shape [3, 0]");
        refused(() -> new LayerNorm(new long[]{3}, 0, true), "eps 0.0");
    }

    private static void refused(Runnable layer, String facts) {
        var message = assertThrows(IllegalArgumentException.class, layer::run).getMessage();
        assertTrue(message.contains(facts), message);
    }
}
