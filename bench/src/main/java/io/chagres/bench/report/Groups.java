package io.chagres.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Measurements sorted into charts, lines and tables. */
final class Groups {
    private static final List<String> AXES = List.of("size", "shape", "bytes", "floats", "width", "batch");

    private Groups() {
    }

    /** By some key, in the order in which the keys come first. */
    static Map<String, List<Measurement>> by(List<Measurement> all, Function<Measurement, String> key) {
        return all.stream().collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
    }

    /** The parameter that a chart has on its axis: a size that changes; null if there is none. */
    static String axis(List<Measurement> all) {
        return AXES.stream()
                .filter(name -> all.stream().allMatch(one -> one.parameters().containsKey(name))
                        && all.stream().map(one -> one.parameters().get(name)).distinct().count() > 1)
                .findFirst()
                .or(() -> AXES.stream()
                        .filter(name -> all.stream().allMatch(one -> one.parameters().containsKey(name))).findFirst())
                .orElse(null);
    }

    /** The parameters but some, such as {@code threads=1}. */
    static String without(Measurement measurement, String... names) {
        var left = new TreeMap<>(measurement.parameters());
        left.keySet().removeAll(List.of(names));
        return left.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
    }

    /** A line of a chart: figures over the axis, whose values an amount is made of; what has no figure is left out. */
    static SortedMap<Double, Double> line(List<Measurement> all, String axis, ToDoubleFunction<String> amount,
            ToDoubleFunction<Measurement> figure) {
        var line = new TreeMap<Double, Double>();
        for (var one : all) {
            double x = amount.applyAsDouble(one.parameters().get(axis));
            double y = figure.applyAsDouble(one);
            if (x > 0 && y > 0) {
                line.put(x, y);
            }
        }
        return line;
    }

    /** The value of an extra figure, or NaN. */
    static double extra(Measurement measurement, String name) {
        return measurement.extras().getOrDefault(name, Double.NaN);
    }
}
