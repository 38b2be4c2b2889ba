package io.chagres.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Floats off the heap at an offset no vector likes, fenced in by a mark on either side. */
final class Floats {
    private static final float MARK = -12345.678f;
    private static final int FENCE = 40;

    final MemorySegment segment;
    final long offset;
    final int n;

    private Floats(int n) {
        int before = FENCE + n % 13;
        segment = Arena.ofAuto().allocate(4L * (before + n + FENCE), 64);
        offset = 4L * before;
        this.n = n;
        for (long i = 0; i < segment.byteSize(); i += 4) {
            segment.set(ValueLayout.JAVA_FLOAT, i, MARK);
        }
    }

    static Floats of(float... values) {
        var floats = new Floats(values.length);
        MemorySegment.copy(values, 0, floats.segment, ValueLayout.JAVA_FLOAT, floats.offset, values.length);
        return floats;
    }

    static Floats zeros(int n) {
        return of(new float[n]);
    }

    /** Normally distributed. */
    static Floats random(int n, long seed) {
        var random = new Random(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return of(values);
    }

    Floats copy() {
        return of(toArray());
    }

    float get(int i) {
        return segment.get(ValueLayout.JAVA_FLOAT, offset + 4L * i);
    }

    float[] toArray() {
        float[] values = new float[n];
        MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT, offset, values, 0, n);
        return values;
    }

    void assertFencesStand() {
        for (long i = 0; i < segment.byteSize(); i += 4) {
            if (i < offset || i >= offset + 4L * n) {
                assertEquals(MARK, segment.get(ValueLayout.JAVA_FLOAT, i), "byte " + (i - offset) + " of " + 4L * n);
            }
        }
    }
}
