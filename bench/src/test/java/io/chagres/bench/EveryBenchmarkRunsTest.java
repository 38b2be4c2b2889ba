package io.chagres.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs each benchmark once, on little data; each checks its own answer, and a wrong one fails the run. */
class EveryBenchmarkRunsTest {
    /** Little shapes by their number of sizes: a smooth one, and one that no vector, block or tile divides. */
    private static final Map<Integer, String[]> SHAPES = Map.of(2, new String[]{"4x32", "5x77"}, 3,
            new String[]{"8x8x8", "5x300x131"}, 4, new String[]{"2x8x8x8", "3x5x7x37"}, 8,
            new String[]{"2x4x8x16x3x1x1x1", "3x5x11x37x5x2x1x1", "5x19x8x19x3x2x1x19"});

    @Test
    void everyBenchmarkGivesARightAnswer() throws RunnerException {
        var format = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
        var written = BenchmarkList.defaultList().getAll(format, List.of());
        var shapes = new TreeMap<String, String[]>();
        for (var benchmark : written) {
            shapes.put(benchmark.getUserClassQName(), shapes(benchmark));
        }

        var ran = new TreeSet<String>();
        for (var group : shapes.entrySet()) {
            var options = new OptionsBuilder().include("^" + group.getKey().replace(".", "\\.") + "\\.").forks(0)
                    .mode(Mode.SingleShotTime).warmupIterations(0).measurementIterations(1)
                    .verbosity(VerboseMode.SILENT).shouldFailOnError(true).param("threads", "1", "2")
                    .param("shape", group.getValue()).param("size", "8", "1003").param("batch", "5")
                    .param("bytes", "1024").param("floats", "1024").build();
            new Runner(options).run().forEach(result -> ran.add(result.getParams().getBenchmark()));
        }

        assertEquals(written.stream().map(BenchmarkListEntry::getUsername)
                .collect(Collectors.toCollection(TreeSet::new)), ran);
    }

    private static String[] shapes(BenchmarkListEntry benchmark) {
        String[] defaults = benchmark.getParams().orElse(Map.of()).get("shape");
        return defaults == null ? new String[]{"1"} : SHAPES.get(defaults[0].split("x").length);
    }
}
