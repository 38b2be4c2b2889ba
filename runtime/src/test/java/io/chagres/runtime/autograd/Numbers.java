package io.chagres.runtime.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.function.Executable;

/** What tests of autograd share. */
final class Numbers {
    private Numbers() {
    }

    static Tensor leaf(double... values) {
        return Tensor.of(values).requiresGrad(true);
    }

    static void values(Tensor actual, double... expected) {
        assertNotNull(actual);
        assertArrayEquals(expected, actual.toDoubleArray(), 1e-12);
    }

    static void message(Class<? extends Throwable> type, Executable call, String beginning, String... facts) {
        var message = assertThrows(type, call).getMessage();
        assertTrue(message.startsWith(beginning), message);
        for (var fact : facts) {
            assertTrue(message.contains(fact), () -> "'" + fact + "' in: " + message);
        }
    }
}
