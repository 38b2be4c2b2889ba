package io.chagres.bench;

import io.chagres.runtime.random.Generator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Random numbers off the heap, and the comparison that every benchmark ends with. */
public final class Floats {
    private static final long ALIGNMENT = 64;

    private Floats() {
    }

    /** Float32 zeros. */
    public static MemorySegment zeros(Arena arena, long count) {
        return arena.allocate(Float.BYTES * count, ALIGNMENT);
    }

    /** Float32 NaNs: a result that nobody wrote is found out. */
    public static MemorySegment unset(Arena arena, long count) {
        var segment = zeros(arena, count);
        for (long i = 0; i < count; i++) {
            set(segment, i, Float.NaN);
        }
        return segment;
    }

    /** Float32 numbers uniform in [-1, 1). */
    public static MemorySegment random(Arena arena, long count, Generator generator) {
        var segment = zeros(arena, count);
        for (long i = 0; i < count; i++) {
            set(segment, i, 2 * generator.nextFloat() - 1);
        }
        return segment;
    }

    public static float get(MemorySegment segment, long index) {
        return segment.getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    public static void set(MemorySegment segment, long index, float value) {
        segment.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
    }

    /** @throws IllegalStateException if the two differ by more than the bound, or one is no number */
    public static void requireClose(String what, double actual, double expected, double bound) {
        if (!(Math.abs(actual - expected) <= bound)) {
            throw new IllegalStateException(
                    what + ": " + actual + " was computed, " + expected + " is right (within " + bound + ")");
        }
    }

    /** {@link #requireClose(String, double, double, double)} for arrays, with a bound relative to the greatest element. */
    public static void requireClose(String what, float[] actual, double[] expected, double relative) {
        if (actual.length != expected.length) {
            throw new IllegalStateException(what + ": " + actual.length + " elements instead of " + expected.length);
        }
        double greatest = 0;
        for (double value : expected) {
            greatest = Math.max(greatest, Math.abs(value));
        }
        for (int i = 0; i < actual.length; i++) {
            requireClose(what + "[" + i + "]", actual[i], expected[i], relative * greatest);
        }
    }
}
