package io.chagres.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Map<String, String> SETTING = Map.of("size", "64");

    private static Measurement time(String benchmark, double median) {
        return Samples.time("kernels", benchmark, "chagres", SETTING, median);
    }

    private static Measurement rate(String benchmark, double median) {
        return Samples.figure("peers", benchmark, "chagres", SETTING, "samples/s", false, median);
    }

    private static Comparison compare(List<Measurement> before, List<Measurement> after) {
        return Comparison.of(Samples.report(before), Samples.report(after));
    }

    private static List<String> names(List<Comparison.Change> changes) {
        return changes.stream().map(change -> change.after().benchmark()).toList();
    }

    @Test
    void findsWhatGotSlowerAndFasterTheWorstFirst() {
        var comparison = compare(
                List.of(time("A", 100), time("B", 100), time("C", 100), rate("D", 100), rate("E", 100)),
                List.of(time("A", 150), time("B", 200), time("C", 50), rate("D", 40), rate("E", 200)));

        assertEquals(List.of("D", "B", "A"), names(comparison.slower()));
        assertEquals(2.5, comparison.slower().getFirst().slowdown(), 1e-12);
        assertEquals(List.of("E", "C"), names(comparison.faster()).stream().sorted().toList().reversed());
        assertTrue(comparison.toString().contains("2.50 times slower: peers / D"), comparison.toString());
        assertTrue(comparison.toString().contains("3 slower, 2 faster, 0 unchanged"), comparison.toString());
    }

    @Test
    void aDifferenceWithinTheLargerSpreadIsNone() {
        // Spreads are 20 % of the median: 20 and 23.8.
        var comparison = compare(List.of(time("A", 100), rate("B", 119)), List.of(time("A", 119), rate("B", 100)));

        assertEquals(2, comparison.unchanged());
        assertEquals(List.of(), comparison.slower());
        assertEquals(1, compare(List.of(time("A", 100)), List.of(time("A", 126))).slower().size());
    }

    @Test
    void whatIsMissingIsCountedAndNotJudged() {
        var absent = Samples.missing("W1 training", "torch", SETTING, "not yet");
        var present = Samples.figure("peers", "W1 training", "torch", SETTING, "samples/s", false, 5);
        var single = new Measurement("odd", "S", "chagres", new TreeMap<>(), "us", true, 1, 1, 1, 1, new TreeMap<>(),
                "");
        var singleSlow = new Measurement("odd", "S", "chagres", new TreeMap<>(), "us", true, 9, 9, 9, 1,
                new TreeMap<>(), "");

        var comparison = compare(List.of(time("Old", 1), absent, single), List.of(time("New", 1), present, singleSlow));

        assertEquals(List.of(), comparison.slower());
        assertEquals(2, comparison.notJudged());
        assertEquals(List.of("kernels / Old / chagres / size=64"), comparison.onlyBefore());
        assertEquals(List.of("kernels / New / chagres / size=64"), comparison.onlyAfter());
    }

    @Test
    void saysInWhatTheSurroundingsDiffer() {
        var before = Samples.report(List.of());
        var other = Samples.software("0.2.0").with(new TreeMap<>(Map.of("torch", "torch 3.0", "new", "new 1")));
        var after = new Report(Report.FORMAT, before.when(), before.machine(), other, new TreeMap<>(), List.of(),
                List.of());

        var comparison = Comparison.of(before, after);

        assertEquals(2, comparison.surroundings().size(), comparison.surroundings().toString());
        assertTrue(comparison.toString().contains("peer torch: torch 3.0 instead of torch 2.9"), comparison.toString());
        assertTrue(comparison.toString().contains("0.2.0"), comparison.toString());
    }
}
