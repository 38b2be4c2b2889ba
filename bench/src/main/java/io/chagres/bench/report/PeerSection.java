package io.chagres.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Whole steps of several libraries, beside the best of the others. */
final class PeerSection {
    static final String SUITE = "peers";
    private static final String OURS = "chagres";
    private static final String THREADS = "threads";
    /** Begins what a contender's note says beyond what it says of itself. */
    private static final String WARNING = "warning: ";

    private PeerSection() {
    }

    static void write(Page page, List<Measurement> all) {
        if (all.isEmpty()) {
            return;
        }
        page.heading(0, "Other libraries");
        page.paragraph("*To the best* is a library's speed over that of the best one but Chagres, on as many threads.");
        Groups.by(all, Measurement::benchmark).forEach((benchmark, some) -> {
            page.heading(1, benchmark);
            Groups.by(some, one -> Groups.without(one, THREADS))
                    .forEach((setting, group) -> group(page, (benchmark + " " + setting).strip(), group));
        });
    }

    private static void group(Page page, String title, List<Measurement> group) {
        var sorted = group.stream().sorted(Comparator.comparingDouble(PeerSection::speed).reversed()).toList();
        var bars = sorted.stream().filter(Measurement::isMeasured)
                .map(one -> new Charts.Bar(one.contender() + ", " + threads(one) + ":" + ratioOf(one, group),
                        threads(one) + (threads(one).equals("1") ? " thread" : " threads"), one.median(), one.least(),
                        one.greatest()))
                .toList();
        if (!bars.isEmpty()) {
            page.chart(title, Charts.bars(title + ": contender, threads, to the best", group.getFirst().unit(), bars));
        }
        page.details("figures: " + title);
        page.table(heads(group), sorted.stream().map(one -> row(one, group)).toList());
        var warned = sorted.stream().filter(one -> one.isMeasured() && one.note().contains(WARNING)).toList();
        warned.forEach(one -> page.bullet(one.contender() + ", threads " + threads(one) + ": "
                + one.note().substring(one.note().indexOf(WARNING))));
        if (!warned.isEmpty()) {
            page.gap();
        }
        page.endDetails();
    }

    private static List<String> heads(List<Measurement> group) {
        var heads = new ArrayList<>(List.of("contender", THREADS, group.getFirst().unit(), "to the best"));
        heads.addAll(extras(group));
        return heads;
    }

    private static TreeSet<String> extras(List<Measurement> group) {
        var names = new TreeSet<String>();
        group.forEach(one -> names.addAll(one.extras().keySet()));
        return names;
    }

    private static List<String> row(Measurement one, List<Measurement> group) {
        var row = new ArrayList<>(List.of(one.contender(), threads(one), Figures.spread(one),
                one.isMeasured() ? ratioOf(one, group).strip() : ""));
        extras(group).forEach(name -> row.add(Figures.plain(Groups.extra(one, name))));
        return row;
    }

    private static String threads(Measurement one) {
        return one.parameters().getOrDefault(THREADS, "1");
    }

    /** Greater is faster; what has no figure comes last. */
    private static double speed(Measurement one) {
        if (!one.isMeasured()) {
            return Double.NEGATIVE_INFINITY;
        }
        return one.lessIsBetter() ? 1 / one.median() : one.median();
    }

    private static String ratioOf(Measurement one, List<Measurement> group) {
        Predicate<Measurement> rival = other -> other.isMeasured() && !other.contender().equals(OURS)
                && threads(other).equals(threads(one));
        return group.stream().filter(rival).max(Comparator.comparingDouble(PeerSection::speed))
                .map(best -> String.format(Locale.ROOT, " %.2fx", speed(one) / speed(best))).orElse("");
    }
}
