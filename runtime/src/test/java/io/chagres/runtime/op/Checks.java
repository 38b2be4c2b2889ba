package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/** Assertions that several tests share. */
final class Checks {
    private Checks() {
    }

    static void values(Tensor actual, double... expected) {
        assertArrayEquals(expected, actual.toDoubleArray());
    }

    static void shape(Tensor actual, long... expected) {
        assertArrayEquals(expected, actual.shape().toArray());
    }

    static void type(DType expected, Tensor actual) {
        assertEquals(expected, actual.dtype());
    }

    /** A float32 tensor outside all scopes, closed. */
    static Tensor closed(long... dims) {
        var tensor = Tensor.owned(Owner.DATA, DType.FLOAT32, Shape.of(dims), "some data");
        tensor.close();
        return tensor;
    }

    /** The message begins with the operation's name and has the facts. */
    static void message(Exception exception, String operation, String... facts) {
        var message = exception.getMessage();
        assertTrue(message.startsWith(operation + ":") || message.startsWith(operation + " has no second"), message);
        for (var fact : facts) {
            assertTrue(message.contains(fact), () -> "'" + fact + "' in: " + message);
        }
    }

    /** The message has that text. */
    static void named(Exception exception, String text) {
        assertTrue(exception.getMessage().contains(text), exception.getMessage());
    }
}
