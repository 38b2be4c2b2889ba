package io.chagres.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CrossoverTest {
    private static TreeMap<Double, Double> line(double... pairs) {
        var line = new TreeMap<Double, Double>();
        for (int i = 0; i < pairs.length; i += 2) {
            line.put(pairs[i], pairs[i + 1]);
        }
        return line;
    }

    @Test
    void isInterpolatedInLogarithms() {
        // Gains over the best other: 1/2 at 100, 2 at 10,000, 4 at 1,000,000: zero of the logarithm halfway, at 1,000.
        var ours = line(100, 2, 10_000, 5, 1_000_000, 100);
        var slow = line(100, 1, 10_000, 20, 1_000_000, 900);
        var good = line(100, 3, 10_000, 10, 1_000_000, 400);

        var found = Crossover.of(ours, Map.of("slow", slow, "good", good));

        assertEquals(Crossover.Kind.FROM, found.kind());
        assertEquals(1000, found.from(), 1e-6);
        assertEquals(1e6, found.largest());
        assertEquals(4, found.factor(), 1e-12);
        assertEquals("good", found.rival());
    }

    @Test
    void countsOnlyWhatStaysFaster() {
        // Faster at 1, slower at 10, faster at 1,000 by what it was slower: crossed for good at 100.
        var found = Crossover.of(line(1, 1, 10, 4, 1000, 1), Map.of("other", line(1, 2, 10, 2, 1000, 2)));

        assertEquals(Crossover.Kind.FROM, found.kind());
        assertEquals(100, found.from(), 1e-9);
    }

    @Test
    void sayWhenThereIsNone() {
        var even = line(1, 2, 10, 2);
        assertEquals(Crossover.Kind.EVERYWHERE, Crossover.of(line(1, 1, 10, 1), Map.of("other", even)).kind());
        assertEquals(1, Crossover.of(line(1, 1, 10, 1), Map.of("other", even)).from());
        assertEquals(Crossover.Kind.NOT_YET, Crossover.of(line(1, 1, 10, 3), Map.of("other", even)).kind());
        assertNull(Crossover.of(line(1, 1), Map.of("other", line(2, 1))));
    }
}
