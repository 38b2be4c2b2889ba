package io.chagres.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.IntFunction;

/** Comparisons of floats with numbers computed in double precision. */
final class Close {
    private Close() {
    }

    /**
     * No more than so many units in the last place apart; for 0 ulps the nearest float, the sign of zero included.
     * NaN and infinities must be the same.
     */
    static void assertUlps(double expected, float actual, double ulps, IntFunction<String> where, int i) {
        float rounded = (float) expected;
        boolean close = Float.compare(rounded, actual) == 0
                || ulps > 0 && Float.isFinite(rounded) && Math.abs(actual - expected) <= ulps * Math.ulp(rounded);
        assertTrue(close, () -> where.apply(i) + ": expected " + expected + " but was " + actual);
    }

    static void assertClose(double expected, double actual, double relative, double absolute, String what) {
        boolean close = Double.compare(expected, actual) == 0
                || Math.abs(expected - actual) <= absolute + relative * Math.abs(expected);
        assertTrue(close, () -> what + ": expected " + expected + " but was " + actual);
    }

    static void assertClose(double[] expected, Floats actual, double relative, double absolute, String what) {
        for (int i = 0; i < expected.length; i++) {
            assertClose(expected[i], actual.get(i), relative, absolute, what + "[" + i + "]");
        }
        actual.assertFencesStand();
    }

    /** The same bits, NaN with any payload. */
    static void assertSameBits(Floats expected, Floats actual, String what) {
        assertArrayEquals(expected.toArray(), actual.toArray(), what);
        actual.assertFencesStand();
    }
}
