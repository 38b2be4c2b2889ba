package io.chagres.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs each benchmark once, on little data; each checks its own answer, and a wrong one fails the run. */
class EveryBenchmarkRunsTest {
    private static final Class<?>[] BENCHMARKS = {AdamBench.class, AffineBench.class, AlternatingBench.class,
            CallBench.class, CutoffBench.class, GemmBench.class, NaiveGemmBench.class, StepBench.class};

    @Test
    void everyBenchmarkGivesARightAnswer() throws Exception {
        var options = new OptionsBuilder().include("io\\.chagres\\.bench\\.").forks(0).mode(Mode.SingleShotTime)
                .warmupIterations(0).measurementIterations(1).verbosity(VerboseMode.SILENT).shouldFailOnError(true)
                .param("threads", "1", "2").param("shape", "8x8x8", "7x33x21").param("batch", "5")
                .param("floats", "1024").param("bytes", "1024").build();

        var ran = new Runner(options).run().stream().map(result -> result.getParams().getBenchmark())
                .collect(Collectors.toCollection(TreeSet::new));

        var written = Arrays.stream(BENCHMARKS).flatMap(EveryBenchmarkRunsTest::names)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(written, ran);
    }

    private static Stream<String> names(Class<?> type) {
        return Arrays.stream(type.getMethods()).filter(method -> method.isAnnotationPresent(Benchmark.class))
                .map(method -> type.getName() + "." + method.getName());
    }
}
