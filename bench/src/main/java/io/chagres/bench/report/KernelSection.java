package io.chagres.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** Kernels: who is fastest at which size, and from where on {@code chagres} is. */
final class KernelSection {
    static final String SUITE = "kernels";
    private static final String OURS = "chagres";
    private static final String GATHER = "EmbeddingGather";
    /** Not written in Java, so no rival of what a crossover is about. */
    private static final Set<String> NATIVE = Set.of(OURS, "openBlas", "oneDnn", "im2col");

    private final Page page;
    private final List<List<String>> crossovers = new ArrayList<>();
    private final Map<String, List<Measurement>> charts = new LinkedHashMap<>();

    private KernelSection(Page page) {
        this.page = page;
    }

    static void write(Page page, List<Measurement> all) {
        if (!all.isEmpty()) {
            new KernelSection(page).write(all);
        }
    }

    private void write(List<Measurement> all) {
        page.heading(0, "Kernels");
        for (var benchmark : Groups.by(all, Measurement::benchmark).entrySet()) {
            String axis = Groups.axis(benchmark.getValue());
            for (var group : Groups.by(benchmark.getValue(), one -> Groups.without(one, axis == null ? "" : axis))
                    .entrySet()) {
                String title = (benchmark.getKey() + " " + group.getKey()).strip();
                charts.put(title, group.getValue());
                if (axis != null) {
                    crossover(title, axis, group.getValue());
                }
            }
        }
        if (!crossovers.isEmpty()) {
            page.paragraph("`chagres` is what the library itself runs, native or not; the others but `openBlas`, "
                    + "`oneDnn` and `im2col`, which calls `openBlas`, are ways to write it in Java. Where it begins to be fastest is interpolated between "
                    + "the sizes measured.");
            page.table(List.of("kernel", "`chagres` is fastest", "at the largest size", "against"), crossovers);
        }
        charts.forEach(this::chart);
    }

    private static Map<String, SortedMap<Double, Double>> lines(List<Measurement> group, String axis) {
        var lines = new LinkedHashMap<String, SortedMap<Double, Double>>();
        Groups.by(group, Measurement::contender).forEach((contender, some) -> {
            var line = Groups.line(some, axis, shape -> amount(group, shape),
                    one -> one.lessIsBetter() ? one.median() : 1 / one.median());
            if (!line.isEmpty()) {
                lines.put(contender, line);
            }
        });
        return lines;
    }

    private static Crossover crossover(List<Measurement> group, String axis) {
        var others = lines(group, axis);
        var ours = others.get(OURS);
        others.keySet().removeAll(NATIVE);
        return ours == null ? null : Crossover.of(ours, others);
    }

    private void crossover(String title, String axis, List<Measurement> group) {
        var found = crossover(group, axis);
        if (found != null) {
            String unit = unit(axis, group);
            String where = switch (found.kind()) {
                case EVERYWHERE -> "at every size, from " + Figures.brief(found.from()) + " " + unit + " on";
                case FROM -> "from about " + Figures.brief(found.from()) + " " + unit + " on";
                case NOT_YET -> "not yet";
            };
            crossovers.add(List.of(title, where, String.format(Locale.ROOT, "%.2fx at %s", found.factor(),
                    Figures.brief(found.largest())), "`" + found.rival() + "`"));
        }
    }

    /** What takes time: multiply-adds, or elements. An embedding reads columns x indices of a table, however many rows it has. */
    private static double amount(List<Measurement> group, String shape) {
        boolean table = group.getFirst().benchmark().equals(GATHER);
        return Sizes.amount(table ? shape.substring(shape.indexOf('x') + 1) : shape);
    }

    private static String unit(String axis, List<Measurement> group) {
        String benchmark = group.getFirst().benchmark().toLowerCase(Locale.ROOT);
        if (benchmark.contains("conv")) {
            return "multiply-adds";
        }
        boolean product = axis.equals("shape") && benchmark.contains("gemm");
        return product ? "m·k·n" : axis.equals("bytes") ? "bytes" : "elements";
    }

    private void chart(String title, List<Measurement> group) {
        page.heading(1, title);
        String axis = Groups.axis(group);
        if (axis == null) {
            GeneralSection.table(page, group);
            return;
        }
        var lines = lines(group, axis);
        if (lines.values().stream().anyMatch(line -> line.size() > 1)) {
            var found = crossover(group, axis);
            double mark = found != null && found.kind() == Crossover.Kind.FROM ? found.from() : Double.NaN;
            page.chart(title, Charts.lines(title, unit(axis, group), group.getFirst().unit(), lines, true, mark));
        }
        page.details("figures, " + group.getFirst().unit());
        GeneralSection.matrix(page, group, axis);
        page.endDetails();
    }
}
