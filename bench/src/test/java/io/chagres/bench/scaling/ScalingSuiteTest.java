package io.chagres.bench.scaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.bench.SuiteSettings;
import io.chagres.bench.report.Measurement;
import io.chagres.bench.report.ScalingSection;
import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.thread.Threads;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ScalingSuiteTest {
    private static final ScalingSizes TINY = new ScalingSizes(List.of(1, 3), List.of(8, 16), 4, 8, 1000, 10, 2,
            1_000_000);

    private static List<Measurement> run(ScalingSizes sizes, String... only) {
        return new ScalingSuite(sizes).run(new SuiteSettings(true, 0, List.of(only), List.of(), Path.of("nowhere"),
                new PrintStream(OutputStream.nullOutputStream())));
    }

    @Test
    void givesAFigureForEachSizeAndNumberOfThreads() {
        var all = run(TINY);

        var counts = all.stream().collect(Collectors.groupingBy(Measurement::benchmark, Collectors.counting()));
        assertEquals(Map.of(ScalingSection.FMA, 2L, ScalingSection.MEMORY, 10L, ScalingSection.BATCH, 4L,
                ScalingSection.WIDTH, 4L), counts);
        assertEquals(all.size(), all.stream().map(Measurement::key).distinct().count());
        for (var one : all) {
            assertTrue(one.least() > 0 && one.least() <= one.median() && one.median() <= one.greatest(),
                    one.toString());
            assertTrue(one.extras().values().stream().allMatch(value -> value >= 0 && value < 1e6), one.toString());
        }
        assertTrue(all.stream().filter(one -> one.benchmark().equals(ScalingSection.WIDTH))
                .allMatch(one -> one.extras().get(ScalingSection.FMA_SHARE) > 0));
    }

    @Test
    void onlyWhatIsWantedIsMeasuredAndWhatIsTooLargeIsNot() {
        var huge = new ScalingSizes(List.of(), List.of(1_000_000), 4, 8, 1000, 10, 2, 1_000_000);

        var all = run(huge, "square");

        assertEquals(1, all.size());
        assertTrue(!all.getFirst().isMeasured() && all.getFirst().note().contains("32000"), all.toString());
    }

    @Test
    void thePeakKernelComputesWhatItSays() {
        Threads.setLimit(Math.max(2, Threads.limit()));
        for (int repeats : new int[]{0, 1, 2, 7, 100}) {
            var peak = new FmaPeak(2, repeats);
            try (var _ = Threads.share(2)) {
                peak.run();
            }
            peak.verify();
        }
        assertThrows(IllegalStateException.class, new FmaPeak(1, 1)::verify);
        // Two operations, twelve sums, two threads.
        assertEquals(0, new FmaPeak(2, 5).flops() % (2 * 12 * 2 * 5));
    }

    @Test
    void memoryPassesComputeWhatTheySay() {
        Threads.setLimit(Math.max(2, Threads.limit()));
        for (int threads : new int[]{1, 2}) {
            try (var arena = Arena.ofShared(); var _ = Threads.share(threads)) {
                new MemoryPasses(arena, 1003).verify(threads);
                new MemoryPasses(arena, 64).verify(threads);
            }
        }
    }

    @Test
    void operationsAreThoseOfTheProducts() {
        // Forward and the weights' gradients: 2 x 2 x 5 x (3 x 4 + 4 x 2); the second layer's input besides: 2 x 5 x 4 x 2.
        assertEquals(4 * 5 * (12 + 8) + 2 * 5 * 8, MlpStep.flops(5, 3, 4, 2));
    }

    @Test
    void stepsLearnAndLeaveNoMemoryBehind() {
        var before = Memory.report().live();
        try (var step = new MlpStep(4, 8, 16, 3)) {
            double first = step.run();
            double last = first;
            for (int i = 0; i < 300; i++) {
                last = step.run();
            }
            assertTrue(Double.isFinite(last) && last < first, first + " -> " + last);
        }
        for (var owner : List.of(Owner.PARAMETERS, Owner.GRADIENTS, Owner.OPTIMIZER_STATE, Owner.DATA)) {
            assertEquals(before.get(owner), Memory.report().live().get(owner), owner.toString());
        }
    }
}
