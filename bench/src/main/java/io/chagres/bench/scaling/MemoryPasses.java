package io.chagres.bench.scaling;

import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Passes over float32 arrays that are larger than the caches, so that only memory counts: copy and triad as McCalpin's STREAM
 * has and counts them, and an update, which writes only what it read. Where an array is written that was not read, processors
 * read it nevertheless, and STREAM does not count that; so an update's figure is what optimizers are to be compared with.
 */
final class MemoryPasses {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final long ALIGNMENT = 64;
    private static final float FACTOR = 0.5f;

    private final MemorySegment a;
    private final MemorySegment b;
    private final MemorySegment c;
    private final long count;

    /** What is done to elements [from, to), both multiples of the vector's length. */
    private interface Pass {
        void run(long from, long to);
    }

    /**
     * @param arena where three arrays live
     * @param floats elements of each, rounded down to whole vectors
     */
    MemoryPasses(Arena arena, long floats) {
        count = floats / FLOATS.length() * FLOATS.length();
        a = arena.allocate(Float.BYTES * count, ALIGNMENT);
        b = arena.allocate(Float.BYTES * count, ALIGNMENT);
        c = arena.allocate(Float.BYTES * count, ALIGNMENT);
        for (long i = 0; i < count; i++) {
            set(a, i, 1);
            set(b, i, i % 7);
            set(c, i, i % 5);
        }
    }

    /** a = b; 8 bytes an element. */
    void copy(int threads) {
        run(threads, (from, to) -> {
            for (long at = Float.BYTES * from; at < Float.BYTES * to; at += FLOATS.vectorByteSize()) {
                FloatVector.fromMemorySegment(FLOATS, b, at, ORDER).intoMemorySegment(a, at, ORDER);
            }
        });
    }

    /** a = b + c / 2; 12 bytes an element. */
    void triad(int threads) {
        var factor = FloatVector.broadcast(FLOATS, FACTOR);
        run(threads, (from, to) -> {
            for (long at = Float.BYTES * from; at < Float.BYTES * to; at += FLOATS.vectorByteSize()) {
                FloatVector.fromMemorySegment(FLOATS, c, at, ORDER)
                        .fma(factor, FloatVector.fromMemorySegment(FLOATS, b, at, ORDER))
                        .intoMemorySegment(a, at, ORDER);
            }
        });
    }

    /** a = a / 2 + b; 12 bytes an element. */
    void update(int threads) {
        var factor = FloatVector.broadcast(FLOATS, FACTOR);
        run(threads, (from, to) -> {
            for (long at = Float.BYTES * from; at < Float.BYTES * to; at += FLOATS.vectorByteSize()) {
                FloatVector.fromMemorySegment(FLOATS, a, at, ORDER)
                        .fma(factor, FloatVector.fromMemorySegment(FLOATS, b, at, ORDER))
                        .intoMemorySegment(a, at, ORDER);
            }
        });
    }

    private void run(int threads, Pass pass) {
        Team.parallel(threads, (part, parts) -> pass.run(Part.start(part, parts, count, FLOATS.length()),
                Part.start(part + 1, parts, count, FLOATS.length())));
    }

    /** Elements of an array. */
    long count() {
        return count;
    }

    /**
     * Runs each pass and compares with the definition.
     *
     * @throws IllegalStateException if one is wrong
     */
    void verify(int threads) {
        copy(threads);
        for (long i = 0; i < count; i++) {
            require("copy", i, i % 7);
        }
        triad(threads);
        for (long i = 0; i < count; i++) {
            require("triad", i, i % 7 + FACTOR * (i % 5));
        }
        update(threads);
        for (long i = 0; i < count; i++) {
            require("update", i, FACTOR * (i % 7 + FACTOR * (i % 5)) + i % 7);
        }
    }

    private void require(String pass, long index, float expected) {
        float actual = a.get(ValueLayout.JAVA_FLOAT, Float.BYTES * index);
        if (actual != expected) {
            throw new IllegalStateException(
                    pass + " [" + index + "]: " + actual + " was computed, " + expected + " is right");
        }
    }

    private static void set(MemorySegment segment, long index, float value) {
        segment.set(ValueLayout.JAVA_FLOAT, Float.BYTES * index, value);
    }
}
