package io.chagres.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What got slower or faster between two reports by more than chance explains. Measurements are matched by suite, benchmark,
 * contender and parameters.
 * <p>
 * A figure changed when its medians differ by more than the larger of the two ranges, greatest less least sample. The range is
 * wider than an interquartile measure, and on purpose: samples of one run stand close together and hide what differs from run to
 * run (where memory lies, what the compiler chose, clock rates), so a narrow bound reports changes that were none. Also, one
 * disturbed sample makes the range wide, and figures of a disturbed run should prove nothing. The price is that a small slowdown
 * between restless runs is not seen; then both are to be repeated on a quiet machine. A single sample has no spread: such
 * figures are not judged.
 */
public final class Comparison {
    private final List<Change> changes = new ArrayList<>();
    private final List<String> onlyBefore = new ArrayList<>();
    private final List<String> onlyAfter = new ArrayList<>();
    private final List<String> surroundings;
    private int unchanged;
    private int notJudged;

    /**
     * A figure that changed.
     *
     * @param before in the first report
     * @param after in the second
     * @param slowdown how many times worse the median is; below 1 it is better
     */
    public record Change(Measurement before, Measurement after, double slowdown) {
        /** Whether it got worse. */
        public boolean isSlower() {
            return slowdown > 1;
        }
    }

    private Comparison(List<String> surroundings) {
        this.surroundings = surroundings;
    }

    /** Compares two reports. */
    public static Comparison of(Report before, Report after) {
        var comparison = new Comparison(Surroundings.differences(after, before));
        var older = before.byKey();
        var newer = after.byKey();
        older.forEach((key, measurement) -> {
            if (newer.containsKey(key)) {
                comparison.judge(measurement, newer.get(key));
            } else {
                comparison.onlyBefore.add(key);
            }
        });
        newer.keySet().stream().filter(key -> !older.containsKey(key)).forEach(comparison.onlyAfter::add);
        comparison.changes.sort(Comparator.comparingDouble(Change::slowdown).reversed());
        return comparison;
    }

    private void judge(Measurement before, Measurement after) {
        boolean sameKind = before.unit().equals(after.unit()) && before.lessIsBetter() == after.lessIsBetter();
        if (!sameKind || !before.isMeasured() || !after.isMeasured() || before.samples() < 2 || after.samples() < 2) {
            notJudged++;
            return;
        }
        double difference = after.median() - before.median();
        if (Math.abs(difference) <= Math.max(before.spread(), after.spread())) {
            unchanged++;
            return;
        }
        double ratio = after.median() / before.median();
        changes.add(new Change(before, after, before.lessIsBetter() ? ratio : 1 / ratio));
    }

    /** What got worse, the worst first. */
    public List<Change> slower() {
        return changes.stream().filter(Change::isSlower).toList();
    }

    /** What got better, the best first. */
    public List<Change> faster() {
        return changes.reversed().stream().filter(change -> !change.isSlower()).toList();
    }

    /** Keys that only the first report has. */
    public List<String> onlyBefore() {
        return List.copyOf(onlyBefore);
    }

    /** Keys that only the second report has. */
    public List<String> onlyAfter() {
        return List.copyOf(onlyAfter);
    }

    /** In which things machine and software differ. */
    public List<String> surroundings() {
        return surroundings;
    }

    /** How many changed by no more than their spread. */
    public int unchanged() {
        return unchanged;
    }

    /** How many have no figure, no spread or another unit in one of the reports. */
    public int notJudged() {
        return notJudged;
    }

    /** All of it in lines of text. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        if (!surroundings.isEmpty()) {
            text.append("Not the same surroundings; the figures may differ for that alone:\n");
            surroundings.forEach(line -> text.append("  ").append(line).append('\n'));
        }
        append(text, "Slower", "slower", slower());
        append(text, "Faster", "faster", faster());
        text.append(String.format(Locale.ROOT,
                "%d slower, %d faster, %d unchanged within their spread, %d not judged, "
                        + "%d only in the first, %d only in the second%n",
                slower().size(), faster().size(), unchanged, notJudged, onlyBefore.size(), onlyAfter.size()));
        return text.toString();
    }

    private static void append(StringBuilder text, String title, String word, List<Change> changes) {
        if (!changes.isEmpty()) {
            text.append(title).append(":\n");
        }
        for (var change : changes) {
            text.append(String.format(Locale.ROOT, "  %.2f times %s: %s: %s -> %s %s%n",
                    change.isSlower() ? change.slowdown() : 1 / change.slowdown(), word, change.after().key(),
                    Figures.spread(change.before()), Figures.spread(change.after()), change.after().unit()));
        }
    }
}
