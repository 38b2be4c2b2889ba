package io.chagres.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SortedMap;

/** How speed grows with batch, width and threads, and which share of the machine's peaks is reached. */
public final class ScalingSection {
    /** The suite. */
    public static final String SUITE = "scaling";
    /** Most multiply-adds a second, by threads. */
    public static final String FMA = "FMA peak";
    /** Passes over memory, and optimizers' passes over a large parameter. */
    public static final String MEMORY = "memory bandwidth";
    /** The reference network's step, by batch and threads. */
    public static final String BATCH = "MLP 784-128-64-10 against batch";
    /** The step of a perceptron of two square layers, by width and threads. */
    public static final String WIDTH = "square MLP against width";
    /** The share of multiply-adds that a step's products reach. */
    public static final String FMA_SHARE = "share of FMA peak, %";
    /** The share of the bandwidth of a pass that writes only what it read. */
    public static final String MEMORY_SHARE = "share of memory bandwidth, %";
    private static final String SHARE = "share of";

    private ScalingSection() {
    }

    static void write(Page page, List<Measurement> all) {
        if (all.isEmpty()) {
            return;
        }
        page.heading(0, "Scaling");
        page.paragraph(
                "Shares are of peaks that the same run measured by turns with the figure itself: of multiply-adds "
                        + "in registers, and of a pass over memory that reads two arrays and writes one of the two (*update*).");
        Groups.by(all, Measurement::benchmark).forEach((benchmark, some) -> {
            page.heading(1, benchmark);
            String axis = Groups.axis(some);
            if (axis == null) {
                GeneralSection.table(page, some);
                return;
            }
            charts(page, benchmark, some, axis);
            page.details("figures");
            GeneralSection.table(page, some);
            page.endDetails();
        });
    }

    private static void charts(Page page, String benchmark, List<Measurement> some, String axis) {
        var rates = new LinkedHashMap<String, SortedMap<Double, Double>>();
        var shares = new LinkedHashMap<String, LinkedHashMap<String, SortedMap<Double, Double>>>();
        Groups.by(some, ScalingSection::name).forEach((name, line) -> {
            rates.put(name, Groups.line(line, axis, Sizes::amount, Measurement::median));
            line.stream().flatMap(one -> one.extras().keySet().stream()).filter(extra -> extra.startsWith(SHARE))
                    .distinct().forEach(extra -> shares.computeIfAbsent(extra, _ -> new LinkedHashMap<>()).put(name,
                            Groups.line(line, axis, Sizes::amount, one -> Groups.extra(one, extra))));
        });
        draw(page, benchmark, axis, some.getFirst().unit(), rates, true);
        shares.forEach((extra, lines) -> draw(page, benchmark + ", " + extra, axis, extra, lines, false));
    }

    private static String name(Measurement one) {
        String threads = one.parameters().getOrDefault("threads", "1");
        return one.contender() + ", " + threads + (threads.equals("1") ? " thread" : " threads");
    }

    private static void draw(Page page, String title, String axis, String unit,
            LinkedHashMap<String, SortedMap<Double, Double>> lines, boolean powers) {
        lines.values().removeIf(SortedMap::isEmpty);
        if (lines.values().stream().anyMatch(line -> line.size() > 1)) {
            page.chart(title, Charts.lines(title, axis, unit, lines, powers, Double.NaN));
        }
    }
}
