package io.chagres.bench;

import io.chagres.bench.report.Sizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.openjdk.jmh.runner.BenchmarkListEntry;

/** Which values of their parameters benchmarks run with; all that they name themselves, or some of these. */
final class JmhParameters {
    private static final String THREADS = "threads";
    /** Elements, or multiply-adds of a product, beyond which the slowest contender takes too long for a short run. */
    private static final double MOST_QUICK = 1.5e8;
    private static final int MOST_VALUES = 2;

    private JmhParameters() {
    }

    /** For a benchmark's entry in JMH's list. */
    static Map<String, String[]> of(BenchmarkListEntry entry, SuiteSettings settings) {
        var chosen = new LinkedHashMap<String, String[]>();
        if (entry.getParams().hasValue()) {
            entry.getParams().get().forEach((name, values) -> chosen.put(name, choose(name, values, settings)));
        }
        return chosen;
    }

    private static String[] choose(String name, String[] values, SuiteSettings settings) {
        if (name.equals(THREADS) && !settings.threads().isEmpty()) {
            return settings.threads().stream().map(String::valueOf).toArray(String[]::new);
        }
        if (!settings.quick()) {
            return values;
        }
        boolean sizes = !name.equals(THREADS)
                && Arrays.stream(values).noneMatch(value -> Double.isNaN(Sizes.amount(value)));
        if (sizes) {
            return some(values);
        }
        return name.equals(THREADS) || values.length == 1
                ? Arrays.copyOf(values, 1)
                : new String[]{values[0], values[values.length - 1]};
    }

    /** A small one, and the last but one unless there are few; none that is huge. */
    static String[] some(String[] values) {
        var sorted = Arrays.stream(values).sorted(Comparator.comparingDouble(Sizes::amount)).toList();
        var fit = new ArrayList<>(sorted);
        fit.removeIf(value -> Sizes.amount(value) > MOST_QUICK);
        if (fit.isEmpty()) {
            fit.add(sorted.getFirst());
        }
        int last = fit.size() > MOST_VALUES && fit.size() == sorted.size() ? fit.size() - 2 : fit.size() - 1;
        var places = new TreeSet<>(List.of(last / 3, last));
        return places.stream().map(fit::get).toArray(String[]::new);
    }
}
