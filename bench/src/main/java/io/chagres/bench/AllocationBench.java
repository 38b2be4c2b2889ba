package io.chagres.bench;

import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.memory.Storage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does memory off the heap cost, taken and given back? A {@code slab} of a scope, as results of operations have, against a
 * block of its own, as parameters have, and against the JDK's arenas. All but the slab and the slice are zeroed.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(org.openjdk.jmh.annotations.Scope.Thread)
@Fork(value = 2, jvmArgs = {TeamBenchmark.NATIVE_ACCESS, TeamBenchmark.VECTOR_MODULE, TeamBenchmark.QUIET})
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class AllocationBench {
    private static final long ALIGNMENT = 64;

    @Param({"1024", "262144", "1048576"})
    public long bytes;

    private MemorySegment global;

    /** A scope in which nothing happens. */
    @Benchmark
    public long scope() {
        try (var scope = Scope.open()) {
            return scope.bytes();
        }
    }

    /** A scope and one result in it. */
    @Benchmark
    public long slab() {
        try (var _ = Scope.open()) {
            return Storage.result(bytes, "bench").address();
        }
    }

    /** Memory of its own, counted and zeroed. */
    @Benchmark
    public long ownBlock() {
        var storage = Storage.own(Owner.ACTIVATIONS, bytes, "bench");
        long address = storage.address();
        storage.close();
        return address;
    }

    @Benchmark
    public long confinedArena() {
        try (var arena = Arena.ofConfined()) {
            return arena.allocate(bytes, ALIGNMENT).address();
        }
    }

    /** To close it, every thread of the JVM is asked whether it is reading. */
    @Benchmark
    public long sharedArena() {
        try (var arena = Arena.ofShared()) {
            return arena.allocate(bytes, ALIGNMENT).address();
        }
    }

    /** Left to the garbage collector, whose work counts as far as it falls into the measurement. */
    @Benchmark
    public long autoArena() {
        return Arena.ofAuto().allocate(bytes, ALIGNMENT).address();
    }

    /** A slice of memory that is there for good. */
    @Benchmark
    public long globalSlice() {
        if (global == null) {
            global = Arena.global().allocate(2 * bytes, ALIGNMENT);
        }
        return global.asSlice(bytes, bytes, ALIGNMENT).address();
    }

    @TearDown
    public void verify() {
        long[] addresses = {slab(), ownBlock(), confinedArena(), sharedArena(), autoArena(), globalSlice()};
        for (long address : addresses) {
            if (address == 0 || address % ALIGNMENT != 0) {
                throw new IllegalStateException("memory at " + address + " is not aligned to " + ALIGNMENT + " bytes");
            }
        }
        if (scope() != 0) {
            throw new IllegalStateException("a scope begins with " + scope() + " bytes");
        }
    }
}
