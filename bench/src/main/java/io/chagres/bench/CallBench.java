package io.chagres.bench;

import io.chagres.runtime.ffi.Gomp;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.thread.Threads;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What do the things cost that every operation does once: calling native code, getting memory, waking the team? */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgs = {TeamBenchmark.NATIVE_ACCESS, TeamBenchmark.VECTOR_MODULE, TeamBenchmark.QUIET})
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class CallBench {

    /** Two threads for the caller. */
    @State(org.openjdk.jmh.annotations.Scope.Thread)
    public static class Two {
        private static final Part NOTHING = (part, parts) -> {
        };
        private Threads.Share share;

        @Setup
        public void take() {
            Threads.setLimit(Math.max(Threads.limit(), 2));
            share = Threads.share(2);
            var ran = new AtomicInteger();
            Team.parallel(2, (part, parts) -> ran.addAndGet(1 << part));
            if (ran.get() != 0b11) {
                throw new IllegalStateException("a team of two ran parts " + Integer.toBinaryString(ran.get()));
            }
        }

        @TearDown
        public void giveBack() {
            share.close();
        }
    }

    /** A size to allocate. */
    @State(org.openjdk.jmh.annotations.Scope.Thread)
    public static class Allocation {
        @Param({"1024", "262144", "1048576"})
        public long bytes;
    }

    /** A downcall that does next to nothing. */
    @Benchmark
    public int downcall() {
        return Gomp.threadNum();
    }

    /** What every product does around its call. */
    @Benchmark
    public int enterAndExit(Two two) {
        int width = Team.enter();
        Team.exit();
        return width;
    }

    /** Two threads start, do nothing and meet. */
    @Benchmark
    public void emptyTeam(Two two) {
        Team.parallel(2, Two.NOTHING);
    }

    /** A scope in which nothing happens. */
    @Benchmark
    public long scope() {
        try (var scope = Scope.open()) {
            return scope.bytes();
        }
    }

    /** A scope and one result in it. */
    @Benchmark
    public long slab(Allocation size) {
        try (var _ = Scope.open()) {
            return Storage.result(size.bytes, "bench").address();
        }
    }

    /** Memory of its own, counted and zeroed, as parameters have. */
    @Benchmark
    public long ownBlock(Allocation size) {
        var storage = Storage.own(Owner.ACTIVATIONS, size.bytes, "bench");
        storage.close();
        return storage.bytes();
    }

    @Benchmark
    public long confinedArena(Allocation size) {
        try (var arena = Arena.ofConfined()) {
            return arena.allocate(size.bytes, 64).address();
        }
    }

    @Benchmark
    public long sharedArena(Allocation size) {
        try (var arena = Arena.ofShared()) {
            return arena.allocate(size.bytes, 64).address();
        }
    }
}
