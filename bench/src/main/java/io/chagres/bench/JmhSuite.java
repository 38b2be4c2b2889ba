package io.chagres.bench;

import io.chagres.bench.report.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Benchmarks that JMH runs, one JVM for each combination of parameters. A class is a benchmark and its methods are the
 * contenders; samples are JMH's iterations.
 */
final class JmhSuite implements Suite {
    private static final String SUFFIX = "Bench";
    private static final int WARM_UPS = 7;
    private static final int ITERATIONS = 5;
    private static final int QUICK_MILLIS = 100;
    /** A library is more code to compile than a loop. */
    private static final int LONGER_WARM_UP = 5;

    private final String name;
    private final String include;
    private final int forks;

    /**
     * @param name of the suite
     * @param include a regular expression that the benchmarks' full names begin with
     * @param forks 1; 0 for tests, in this JVM
     */
    JmhSuite(String name, String include, int forks) {
        this.name = name;
        this.include = include;
        this.forks = forks;
    }

    @Override
    public List<Measurement> run(SuiteSettings settings) throws IOException {
        var entries = new ArrayList<>(
                BenchmarkList.defaultList().find(
                        OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                        List.of("^" + include), List.of()));
        entries.removeIf(entry -> !settings.wants(entry.getUsername()));
        if (entries.isEmpty()) {
            settings.log().println(name + ": no benchmark is called so");
        }
        Files.createDirectories(settings.out());
        var all = new ArrayList<Measurement>();
        for (var entry : entries) {
            all.addAll(run(entry, settings));
        }
        return all;
    }

    private List<Measurement> run(BenchmarkListEntry entry, SuiteSettings settings) {
        var parameters = JmhParameters.of(entry, settings);
        int combinations = parameters.values().stream().mapToInt(values -> values.length).reduce(1, (a, b) -> a * b);
        String benchmark = entry.getUsername().replaceFirst(".*\\.([^.]+\\.[^.]+)$", "$1");
        settings.log().printf("%s: %s, %d times%n", name, benchmark, combinations);
        var log = settings.out().resolve("jmh-" + benchmark + ".log");
        var all = new ArrayList<Measurement>();
        String failure = "";
        try {
            for (var result : new Runner(options(entry, parameters, settings, log)).run()) {
                all.add(measurement(result));
            }
        } catch (RunnerException e) {
            failure = ": " + e.getMessage();
        }
        if (all.size() < combinations) {
            String note = "failed in %d of %d runs, see %s%s".formatted(combinations - all.size(), combinations,
                    log.getFileName(), failure);
            settings.log().println(name + ": " + benchmark + " " + note);
            all.add(new Measurement(name, question(entry.getUsername()), contender(entry.getUsername()),
                    new TreeMap<>(),
                    "", true, Double.NaN, Double.NaN, Double.NaN, 0, new TreeMap<>(), note));
        }
        return all;
    }

    private Options options(BenchmarkListEntry entry, Map<String, String[]> parameters, SuiteSettings settings,
            Path log) {
        var options = new OptionsBuilder().include("^" + Pattern.quote(entry.getUsername()) + "$").forks(forks)
                .shouldFailOnError(false).output(log.toString());
        parameters.forEach(options::param);
        if (settings.quick()) {
            options.warmupIterations(WARM_UPS).measurementIterations(ITERATIONS);
        }
        if (settings.quick() || settings.millis() > 0) {
            var time = TimeValue.milliseconds(settings.millis() > 0 ? settings.millis() : QUICK_MILLIS);
            int longer = contender(entry.getUsername()).equals("chagres") ? LONGER_WARM_UP : 1;
            options.warmupTime(TimeValue.milliseconds(longer * time.getTime())).measurementTime(time);
        }
        return options.build();
    }

    private Measurement measurement(RunResult result) {
        var params = result.getParams();
        double[] scores = result.getBenchmarkResults().stream().flatMap(run -> run.getIterationResults().stream())
                .mapToDouble(iteration -> iteration.getPrimaryResult().getScore()).toArray();
        var setting = new TreeMap<String, String>();
        params.getParamsKeys().forEach(key -> setting.put(key, params.getParam(key)));
        String unit = result.getPrimaryResult().getScoreUnit();
        return Spread.of(scores).of(name, question(params.getBenchmark()), contender(params.getBenchmark()), setting,
                unit.replace("/op", ""), unit.endsWith("/op"), Map.of());
    }

    /** Of {@code a.b.GemmBench.vector} it is {@code Gemm}. */
    private static String question(String username) {
        String type = username.substring(0, username.lastIndexOf('.'));
        String simple = type.substring(type.lastIndexOf('.') + 1);
        return simple.endsWith(SUFFIX) ? simple.substring(0, simple.length() - SUFFIX.length()) : simple;
    }

    /** Of {@code a.b.GemmBench.vector} it is {@code vector}. */
    private static String contender(String username) {
        return username.substring(username.lastIndexOf('.') + 1);
    }
}
