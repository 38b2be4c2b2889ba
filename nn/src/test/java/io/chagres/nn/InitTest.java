package io.chagres.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.layer.Linear;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class InitTest {
    private static double[] drawn(Init init, long... dims) {
        var tensor = Tensor.zeros(dims);
        init.fill(tensor, new Generator(12));
        return tensor.toDoubleArray();
    }

    /** Uniform between -bound and bound, and filling it. */
    private static void assertUniform(double bound, double[] values) {
        double greatest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
        assertTrue(greatest <= (float) bound, () -> greatest + " of " + bound);
        assertTrue(greatest > 0.99 * bound, () -> greatest + " of " + bound);
        assertEquals(0, Arrays.stream(values).average().orElseThrow(), 0.03 * bound);
        assertEquals(bound * bound / 3, Arrays.stream(values).map(v -> v * v).average().orElseThrow(),
                0.03 * bound * bound);
    }

    @Test
    void constantsAndBounds() {
        assertArrayEquals(new double[]{0.5, 0.5}, drawn(Init.constant(0.5), 2));
        assertUniform(0.25, drawn(Init.uniform(0.25), 100, 100));
        assertUniform(Math.sqrt(6.0 / (2 * 50)), drawn(Init.kaimingUniform(1), 200, 50));
        assertUniform(Math.sqrt(6.0 / 50), drawn(Init.kaimingUniform(0), 200, 50));
        assertUniform(Math.sqrt(6.0 / 250), drawn(Init.xavierUniform(), 200, 50));
    }

    @Test
    void convolutionsCountTheirWindow() {
        assertUniform(Math.sqrt(6.0 / (5 * 9)), drawn(Init.kaimingUniform(0), 200, 5, 3, 3));
        assertUniform(Math.sqrt(6.0 / (9 * (5 + 200))), drawn(Init.xavierUniform(), 200, 5, 3, 3));
    }

    @Test
    void normalNumbersHaveTheirMeanAndDeviation() {
        double[] values = drawn(Init.normal(3, 0.5), 100, 100);
        double mean = Arrays.stream(values).average().orElseThrow();
        assertEquals(3, mean, 0.02);
        assertEquals(0.25, Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow(), 0.015);
    }

    @Test
    void linearBeginsAsInPyTorch() {
        Generator.seed(5);
        try (var layer = new Linear(100, 300)) {
            assertUniform(0.1, layer.weight.toDoubleArray());
            double[] bias = layer.bias.toDoubleArray();
            assertTrue(Arrays.stream(bias).allMatch(b -> Math.abs(b) <= 0.1f));
            assertTrue(Arrays.stream(bias).anyMatch(b -> Math.abs(b) > 0.09));
        }
    }

    @Test
    void aSeedRepeatsAllLayers() {
        Generator.seed(9);
        try (var first = Mlp.reference()) {
            Generator.seed(9);
            try (var second = Mlp.reference()) {
                first.stateDict().forEach((name, tensor) -> assertArrayEquals(tensor.toFloatArray(),
                        second.stateDict().get(name).toFloatArray(), name));
            }
        }
    }

    @Test
    void vectorsHaveNoFanIn() {
        var refused = assertThrows(IllegalArgumentException.class, () -> drawn(Init.kaimingUniform(0), 3));
        assertTrue(refused.getMessage().contains("[3]") && refused.getMessage().contains("fan in"),
                refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> drawn(Init.xavierUniform(), 3));
    }
}
