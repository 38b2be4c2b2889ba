package io.chagres.bench;

import io.chagres.bench.report.Measurement;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is told of several measurements of one thing.
 *
 * @param samples how many there were
 */
public record Spread(double median, double least, double greatest, int samples) {
    /** That of some values, at least one. */
    public static Spread of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return new Spread((sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[0], sorted[n - 1], n);
    }

    /** Of times, that of the rates {@code amount / time}. */
    public Spread rate(double amount) {
        return new Spread(amount / median, amount / greatest, amount / least, samples);
    }

    /** As a measurement. */
    public Measurement of(String suite, String benchmark, String contender, Map<String, String> parameters, String unit,
            boolean lessIsBetter, Map<String, Double> extras) {
        return new Measurement(suite, benchmark, contender, new TreeMap<>(parameters), unit, lessIsBetter, median,
                least,
                greatest, samples, new TreeMap<>(extras), "");
    }
}
