package io.chagres.bench;

import io.chagres.runtime.thread.Threads;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
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

/** What benchmarks of one computation on a given number of threads share; times are averages in microseconds. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 2, jvmArgs = {TeamBenchmark.NATIVE_ACCESS, TeamBenchmark.VECTOR_MODULE, TeamBenchmark.QUIET})
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public abstract class TeamBenchmark {
    static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    static final String VECTOR_MODULE = "--add-modules=jdk.incubator.vector";
    /** JMH itself still uses what newer JDKs warn about. */
    static final String QUIET = "--sun-misc-unsafe-memory-access=allow";

    @Param({"1", "2"})
    public int threads;

    /** Where operands live until the benchmark is forgotten; the team's threads read them too. */
    final Arena arena = Arena.ofAuto();
    private Threads.Share share;

    /** A fixed share, so that no other thread of the JVM can hold the team. */
    @Setup
    public final void takeShare() {
        Threads.setLimit(Math.max(Threads.limit(), threads));
        share = Threads.share(threads);
    }

    @TearDown
    public final void giveBack() {
        share.close();
    }
}
