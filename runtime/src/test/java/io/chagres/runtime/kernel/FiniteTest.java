package io.chagres.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class FiniteTest {
    @Test
    void oneOtherNumberIsFoundWhereverItIs() {
        try (var arena = Arena.ofConfined()) {
            for (int n : new int[]{1, 15, 1024, 1025, 3000}) {
                var x = arena.allocate(ValueLayout.JAVA_FLOAT, n);
                for (int i = 0; i < n; i++) {
                    x.setAtIndex(ValueLayout.JAVA_FLOAT, i, i % 3 == 0 ? -Float.MAX_VALUE : i * Float.MIN_VALUE);
                }
                assertTrue(Finite.areAll(x, 0, n));
                for (float other : new float[]{Float.NaN, -Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
                        Float.intBitsToFloat(0xff800001)}) {
                    for (int at : new int[]{0, n / 2, n - 1}) {
                        float before = x.getAtIndex(ValueLayout.JAVA_FLOAT, at);
                        x.setAtIndex(ValueLayout.JAVA_FLOAT, at, other);
                        assertFalse(Finite.areAll(x, 0, n));
                        assertTrue(Finite.areAll(x, 4L * (at + 1), n - at - 1));
                        x.setAtIndex(ValueLayout.JAVA_FLOAT, at, before);
                    }
                }
            }
            assertTrue(Finite.areAll(arena.allocate(4), 0, 0));
        }
    }
}
