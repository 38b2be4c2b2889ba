package io.chagres.bench;

import io.chagres.runtime.thread.Threads;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What benchmarks of one computation on a given number of threads share; times are averages in microseconds. A subclass says
 * by a parameter {@code threads} how many.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 2, jvmArgs = {TeamBenchmark.NATIVE_ACCESS, TeamBenchmark.VECTOR_MODULE, TeamBenchmark.QUIET})
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public abstract class TeamBenchmark {
    /** Flags of the JVMs that measure. */
    public static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    /** Flags of the JVMs that measure. */
    public static final String VECTOR_MODULE = "--add-modules=jdk.incubator.vector";
    /** JMH itself still uses what newer JDKs warn about. */
    public static final String QUIET = "--sun-misc-unsafe-memory-access=allow";

    /** Where operands live until the benchmark is forgotten; the team's threads read them too. */
    protected final Arena arena = Arena.ofAuto();
    private Threads.Share share;

    /** How many threads the computation may use. */
    protected abstract int threads();

    /** A fixed share, so that no other thread of the JVM can hold the team. */
    @Setup
    public final void takeShare() {
        Threads.setLimit(Math.max(Threads.limit(), threads()));
        share = Threads.share(threads());
    }

    @TearDown
    public final void giveBack() {
        share.close();
    }
}
