package io.chagres.runtime.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Gradients of results whose last reader is through give their memory to what comes next, and nobody sees another's numbers. */
class GivenBackTest {
    private static final long[] ONE = {1};
    private static final int DEPTH = 6;

    /** Layers of convolution, batch norm and relu; each adds its input as a shortcut. */
    private static Tensor layers(Tensor x, Tensor w, Tensor[] between) {
        var y = x;
        for (int i = 0; i < DEPTH; i++) {
            var sum = y.conv2d(w, null, ONE, ONE, ONE, 1);
            y = sum.batchNormRelu(null, null, null, null, y, true, 0.1, 1e-5);
            between[i] = y;
        }
        return y;
    }

    private static Tensor weight() {
        return Tensor.randn(new Generator(2), 16, 16, 3, 3).mul(0.1).detach().requiresGrad(true);
    }

    private static Tensor input() {
        return Tensor.randn(new Generator(1), 4, 16, 24, 24).channelsLast().requiresGrad(true);
    }

    /** With hooks nothing is given back: the same numbers. */
    @Test
    void numbersAreTheSame() {
        var expected = new double[2][];
        for (boolean hooked : new boolean[]{true, false}) {
            try (var _ = Scope.open()) {
                var x = input();
                var w = weight();
                var between = new Tensor[DEPTH];
                var y = layers(x, w, between);
                var seen = new Tensor[DEPTH];
                for (int i = 0; i < DEPTH && hooked; i++) {
                    int at = i;
                    between[i].registerHook(gradient -> {
                        seen[at] = gradient;
                        return gradient;
                    });
                }
                between[1].retainGrad();
                y.square().sum().backward();
                assertTrue(between[1].grad().toDoubleArray().length > 0);
                if (hooked) {
                    assertArrayEquals(between[1].grad().toDoubleArray(), seen[1].toDoubleArray());
                    expected[0] = x.grad().toDoubleArray();
                    expected[1] = w.grad().toDoubleArray();
                } else {
                    assertArrayEquals(expected[0], x.grad().toDoubleArray(), 1e-4);
                    assertArrayEquals(expected[1], w.grad().toDoubleArray(), 1e-2);
                }
            }
        }
    }

    @Test
    void aDeepBackwardTakesTheMemoryOfAFewGradients() {
        try (var scope = Scope.open()) {
            var x = input();
            var w = weight();
            var y = layers(x, w, new Tensor[DEPTH]);
            long forward = scope.bytes();
            y.sum().backward();
            long each = x.numel() * Float.BYTES;
            assertTrue(scope.bytes() - forward <= 6 * each, () -> (scope.bytes() - forward) / each + " gradients");
        }
    }

    @Test
    void gradientsOfGradientsKeepAll() {
        try (var _ = Scope.open()) {
            var x = input();
            var w = weight();
            var first = Autograd.grad(List.of(layers(x, w, new Tensor[DEPTH]).square().sum()), List.of(x), null, true,
                    true, false);
            first.getFirst().square().sum().backward();
            assertTrue(Double.isFinite(w.grad().sum().item()));
        }
    }

    @Test
    void whatWasGivenBackIsGone() {
        try (var _ = Scope.open()) {
            var a = Tensor.ones(1 << 14);
            var b = Tensor.ones(1 << 14);
            Storage storage = a.storage();
            long address = storage.address();
            storage.giveBack();
            assertTrue(assertThrows(IllegalStateException.class, a::sum).getMessage().contains("given back"));
            storage.giveBack();
            var small = Tensor.ones(1 << 10);
            assertTrue(small.storage().address() != address);
            var c = Tensor.full(DType.FLOAT32, 2, (1 << 14) - 3);
            assertEquals(address, c.storage().address());
            assertEquals(1 << 14, b.sum().item());
            var exposed = Tensor.ones(1 << 14);
            exposed.segment();
            exposed.storage().giveBack();
            assertEquals(1 << 14, exposed.sum().item());
        }
        var outside = Tensor.ones(1 << 14);
        outside.storage().giveBack();
        assertEquals(1 << 14, outside.sum().item());
    }
}
