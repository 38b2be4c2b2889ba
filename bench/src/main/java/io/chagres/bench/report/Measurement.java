package io.chagres.bench.report;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One measured figure. Suite, benchmark, contender and parameters together say what it is of; two reports are compared by them.
 *
 * @param suite what it belongs to: {@code kernels}, {@code calls}, {@code steps}, {@code scaling}, {@code peers}
 * @param benchmark the question, such as {@code Softmax} or {@code W1 training}
 * @param contender whose figure, such as {@code vector}, {@code chagres} or {@code libtorch}
 * @param parameters such as {@code size=4096 threads=1}
 * @param unit of the figures, such as {@code us} or {@code samples/s}
 * @param lessIsBetter true for times, false for rates
 * @param median of the samples, each of which may be a mean of many runs; NaN if there is none, and then the note says why
 * @param least the smallest sample
 * @param greatest the largest sample
 * @param samples how many there were
 * @param extras figures beside it, by name and unit, such as {@code "peak memory, MiB"}
 * @param note what else must be said, such as {@code "not yet: no convolution"}; empty if nothing
 */
public record Measurement(String suite, String benchmark, String contender, SortedMap<String, String> parameters,
        String unit, boolean lessIsBetter, double median, double least, double greatest, int samples,
        SortedMap<String, Double> extras, String note) {
    /** Copies the maps. */
    public Measurement {
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        extras = Collections.unmodifiableSortedMap(new TreeMap<>(extras));
    }

    /** What it is of: two measurements with the same key are of the same thing. */
    public String key() {
        return suite + " / " + benchmark + " / " + contender + (parameters.isEmpty() ? "" : " / " + setting());
    }

    /** The parameters, such as {@code size=4096 threads=1}. */
    public String setting() {
        return parameters.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
    }

    /** Whether there is a figure. */
    public boolean isMeasured() {
        return !Double.isNaN(median);
    }

    /** The greatest sample less the least. */
    public double spread() {
        return greatest - least;
    }
}
