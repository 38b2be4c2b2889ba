package io.chagres.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.Test;

class PoolingLayersTest {
    @Test
    void windowsAreAsItWasTold() {
        try (var _ = Scope.open()) {
            var numbers = new float[20];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = i % 7;
            }
            // 0 1 2 3 4 / 5 6 0 1 2 / 3 4 5 6 0 / 1 2 3 4 5
            var x = Tensor.of(numbers, 1, 1, 4, 5);
            pools(new MaxPool2d(2), x, 2, 2, 6, 3, 4, 6);
            pools(new MaxPool2d(2, 1), x, 3, 4, 6, 6, 3, 4, 6, 6, 6, 6, 4, 5, 6, 6);
            pools(new MaxPool2d(3, 2, 1), x, 2, 3, 6, 6, 4, 6, 6, 6);
            pools(new MaxPool2d(new long[]{1, 2}, new long[]{3, 2}, new long[2], new long[]{1, 2}, true), x, 2, 2, 2,
                    4, 3, 5);
            var refused = assertThrows(IllegalArgumentException.class, () -> new MaxPool2d(5).forward(x));
            assertTrue(refused.getMessage().contains(
                    "MaxPool2d(kernel=5, stride=5, padding=0, dilation=1, ceil=false): input [1, 1, 4, 5], kernel [5, 5]"),
                    refused.getMessage());
        }
    }

    private static void pools(MaxPool2d layer, Tensor x, long height, long width, float... expected) {
        var y = layer.forward(x);
        assertArrayEquals(new long[]{1, 1, height, width}, y.shape().toArray());
        assertArrayEquals(expected, y.toFloatArray());
    }

    @Test
    void saysWhatItIs() {
        assertEquals("MaxPool2d(kernel=3, stride=2, padding=1, dilation=1, ceil=false)",
                new MaxPool2d(3, 2, 1).toString());
        assertEquals(
                "AvgPool3d(kernel=[1, 2, 3], stride=2, padding=0, ceil=true, count_include_pad=false, divisor_override=4)",
                new AvgPool3d(new long[]{1, 2, 3}, new long[]{2}, new long[]{0}, true, false, 4).toString());
        assertEquals("AdaptiveAvgPool2d(output_size=[2, -1])", new AdaptiveAvgPool2d(2, -1).toString());
        assertEquals("AdaptiveMaxPool1d(output_size=3)", new AdaptiveMaxPool1d(3).toString());
    }

    @Test
    void sizesThatMakeNoSenseAreNamed() {
        refused(() -> new MaxPool2d(0), "kernel [0]");
        refused(() -> new MaxPool2d(2, 0), "stride [0]");
        refused(() -> new MaxPool2d(2, 2, -1), "padding [-1]");
        refused(() -> new MaxPool2d(new long[3], new long[2], new long[2], new long[2], false), "kernel [0, 0, 0]");
    }

    /** Numbers from PyTorch. */
    @Test
    void allKindsPool() {
        try (var _ = Scope.open()) {
            var line = Tensor.of(new float[]{1, 5, 2, 8, 3, 4}, 1, 1, 6);
            values(new MaxPool1d(2).forward(line), 5, 8, 4);
            values(new MaxPool1d(3, 2, 1).forward(line), 5, 8, 8);
            values(new AvgPool1d(2).forward(line), 3, 5, 3.5f);
            values(new AvgPool1d(3, 2, 1).forward(line), 2, 5, 5);
            values(new AdaptiveAvgPool1d(4).forward(line), 3, 3.5f, 5.5f, 3.5f);
            values(new AdaptiveMaxPool1d(4).forward(line), 5, 5, 8, 4);
            var image = Tensor.arange(12).to(DType.FLOAT32).view(1, 1, 3, 4);
            values(new AvgPool2d(2).forward(image), 2.5f, 4.5f);
            values(new AvgPool2d(new long[]{3, 2}, new long[]{1, 2}, new long[]{1, 0}, false, false, 0).forward(image),
                    2.5f,
                    4.5f, 4.5f, 6.5f, 6.5f, 8.5f);
            values(new AdaptiveAvgPool2d(1).forward(image), 5.5f);
            values(new AdaptiveMaxPool2d(2, 2).forward(image), 5, 7, 9, 11);
            var volume = Tensor.arange(16).to(DType.FLOAT32).view(1, 1, 2, 2, 4);
            values(new MaxPool3d(2).forward(volume), 13, 15);
            values(new AvgPool3d(2).forward(volume), 6.5f, 8.5f);
            values(new AdaptiveAvgPool3d(1, 1, 2).forward(volume), 6.5f, 8.5f);
            values(new AdaptiveMaxPool3d(1).forward(volume), 15);
            var found = new MaxPool2d(2).forwardWithIndices(image);
            values(found.values(), 5, 7);
            assertArrayEquals(new double[]{5, 7}, found.indices().toDoubleArray());
            values(new MaxPool2d(3, 3).forward(image.view(1, 3, 4)), 10);
        }
    }

    private static void values(Tensor y, float... expected) {
        assertArrayEquals(expected, y.toFloatArray());
    }

    private static void refused(Runnable layer, String facts) {
        var message = assertThrows(IllegalArgumentException.class, layer::run).getMessage();
        assertTrue(message.startsWith("MaxPool2d: ") && message.contains(facts), message);
    }
}
