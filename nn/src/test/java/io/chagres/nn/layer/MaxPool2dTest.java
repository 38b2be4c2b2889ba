package io.chagres.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.Test;

class MaxPool2dTest {
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
            assertTrue(refused.getMessage().contains("height would be 0"), refused.getMessage());
        }
    }

    private static void pools(MaxPool2d layer, Tensor x, long height, long width, float... expected) {
        var y = layer.forward(x);
        assertArrayEquals(new long[]{1, 1, height, width}, y.shape().toArray());
        assertArrayEquals(expected, y.toFloatArray());
    }

    @Test
    void saysWhatItIs() {
        assertEquals("MaxPool2d(kernel=[3, 3], stride=[2, 2], padding=[1, 1], dilation=[1, 1], ceil=false)",
                new MaxPool2d(3, 2, 1).toString());
    }

    @Test
    void sizesThatMakeNoSenseAreNamed() {
        refused(() -> new MaxPool2d(0), "kernel [0, 0]");
        refused(() -> new MaxPool2d(2, 0), "stride [0, 0]");
        refused(() -> new MaxPool2d(2, 2, -1), "padding [-1, -1]");
        refused(() -> new MaxPool2d(new long[3], new long[2], new long[2], new long[2], false), "kernel [0, 0, 0]");
    }

    private static void refused(Runnable layer, String facts) {
        var message = assertThrows(IllegalArgumentException.class, layer::run).getMessage();
        assertTrue(message.startsWith("MaxPool2d: ") && message.contains(facts), message);
    }
}
