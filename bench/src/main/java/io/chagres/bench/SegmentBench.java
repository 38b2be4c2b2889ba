package io.chagres.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Does it matter for access whose memory it is: one thread's, any thread's, the garbage collector's, nobody's, or an array's?
 * One element alone, elements in a loop, and copies of all.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(value = 2, jvmArgs = {TeamBenchmark.NATIVE_ACCESS, TeamBenchmark.VECTOR_MODULE, TeamBenchmark.QUIET})
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class SegmentBench {
    @Param({"confined", "shared", "auto", "global", "array"})
    public String memory;

    @Param({"1024", "262144"})
    public int floats;

    private Arena arena;
    private MemorySegment segment;
    private MemorySegment other;
    private float[] array;
    private int next;

    @Setup
    public void prepare() {
        arena = switch (memory) {
            case "confined" -> Arena.ofConfined();
            case "shared" -> Arena.ofShared();
            case "auto" -> Arena.ofAuto();
            case "global" -> Arena.global();
            case "array" -> null;
            default -> throw new IllegalArgumentException("memory: " + memory);
        };
        segment = take();
        other = take();
        array = new float[floats];
        writeAll();
    }

    private MemorySegment take() {
        return arena == null ? MemorySegment.ofArray(new float[floats]) : Floats.zeros(arena, floats);
    }

    /** One element, another each time. */
    @Benchmark
    public float readOne() {
        next = (next + 1) % floats;
        return segment.getAtIndex(ValueLayout.JAVA_FLOAT, next);
    }

    @Benchmark
    public float readAll() {
        float even = 0;
        float odd = 0;
        for (int i = 0; i < floats; i += 2) {
            even += segment.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            odd += segment.getAtIndex(ValueLayout.JAVA_FLOAT, i + 1);
        }
        return even + odd;
    }

    @Benchmark
    public MemorySegment writeAll() {
        for (int i = 0; i < floats; i++) {
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, i % 8);
        }
        return segment;
    }

    @Benchmark
    public float[] copyToArray() {
        MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT, 0, array, 0, floats);
        return array;
    }

    @Benchmark
    public MemorySegment copyFromArray() {
        MemorySegment.copy(array, 0, other, ValueLayout.JAVA_FLOAT, 0, floats);
        return other;
    }

    @Benchmark
    public MemorySegment copy() {
        MemorySegment.copy(segment, 0, other, 0, segment.byteSize());
        return other;
    }

    @TearDown
    public void verify() {
        writeAll();
        other.fill((byte) 0xFF);
        copy();
        require(other.mismatch(segment) == -1, "copy");
        copyToArray();
        other.fill((byte) 0xFF);
        copyFromArray();
        require(other.mismatch(segment) == -1, "copy by way of an array");
        // 0 + 1 + ... + 7 = 28 in every eight elements; the sums are whole numbers below 2²⁴
        require(readAll() == 28f * floats / 8, "sum");
        require(readOne() == next % 8, "element");
        if (memory.equals("confined") || memory.equals("shared")) {
            arena.close();
        }
    }

    private void require(boolean right, String what) {
        if (!right) {
            throw new IllegalStateException(memory + " memory: wrong " + what);
        }
    }
}
