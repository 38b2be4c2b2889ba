package io.chagres.bench;

import io.chagres.bench.report.Measurement;
import io.chagres.bench.report.StepSection;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.thread.Threads;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The ratios that matter, each from measurements that take turns in one JVM, as Markdown: the training step against its bare
 * products, two threads against one, fused against plain, the two libraries by turns against each alone; heap bytes a step,
 * and where a step's time goes. Takes about two minutes at most; for a machine that does other things too.
 */
public final class StepRatios {
    private final List<Integer> batches;
    private final List<String> shapes;
    private final int rounds;
    private final long turn;
    private final long compile;
    private final long watch;

    /**
     * @param batches sizes of batches for the step
     * @param shapes products for the libraries by turns, m x k x n
     * @param rounds how many quiet rounds are enough
     * @param millis how long a turn takes; all else takes longer in proportion
     */
    StepRatios(List<Integer> batches, List<String> shapes, int rounds, long millis) {
        this.batches = batches;
        this.shapes = shapes;
        this.rounds = rounds;
        this.turn = TimeUnit.MILLISECONDS.toNanos(millis);
        this.compile = 160 * turn;
        this.watch = 120 * turn;
    }

    /** With the sizes that the project's figures are of. */
    static StepRatios standard(boolean quick) {
        var shapes = List.of("64x784x128", "512x784x128", "1024x1024x1024");
        return quick
                ? new StepRatios(List.of(64, 512), shapes.subList(0, 2), 7, 15)
                : new StepRatios(List.of(64, 512), shapes, 20, 25);
    }

    /** Prints all tables. */
    public static void main(String[] args) {
        standard(false).print(System.out);
    }

    /** Measures all, and prints it. */
    void print(PrintStream out) {
        out.printf(Locale.ROOT, "Medians (least - greatest) of up to %d quiet rounds; our kernels are %s.%n%n", rounds,
                Kernels.best().name());
        out.print(StepSection.tables(run()));
    }

    /** Measures all. */
    List<Measurement> run() {
        Threads.setLimit(Math.max(Threads.limit(), 2));
        compile(true);
        compile(false);
        var all = new ArrayList<Measurement>();
        for (int batch : batches) {
            all.addAll(steps(batch));
        }
        for (String shape : shapes) {
            all.addAll(alternating(shape));
        }
        return all;
    }

    /** Gives the JVM's compiler the seconds, and the second core, that it takes to compile a step. */
    private void compile(boolean fused) {
        try (var step = new ReferenceStep(batches.getFirst(), fused)) {
            new Turns(1, turn).add(1, step::run).warmUp(compile);
        }
    }

    private List<Measurement> steps(int batch) {
        var all = new ArrayList<Measurement>();
        try (var arena = Arena.ofShared();
                var fused = new ReferenceStep(batch, true);
                var plain = new ReferenceStep(batch, false)) {
            var gemms = new BareGemms(arena, batch);
            var turns = new Turns(rounds, turn);
            var bare = new Turns.Series[2];
            var step = new Turns.Series[2];
            var plainStep = new Turns.Series[2];
            for (int i = 0; i < 2; i++) {
                bare[i] = turns.add(i + 1, gemms::run);
                step[i] = turns.add(i + 1, fused::run);
                plainStep[i] = turns.add(i + 1, plain::run);
            }
            turns.run();
            fused.verify();
            plain.verify();
            gemms.verify();
            for (int i = 0; i < 2; i++) {
                var setting = Map.of("batch", "" + batch, "threads", "" + (i + 1));
                var places = whereabouts(fused, i + 1);
                places.put(StepSection.HEAP, step[i].heapBytes());
                all.add(time(StepSection.STEP, StepSection.BARE, setting, bare[i], Map.of()));
                all.add(time(StepSection.STEP, StepSection.FUSED, setting, step[i], places));
                all.add(time(StepSection.STEP, StepSection.PLAIN, setting, plainStep[i],
                        Map.of(StepSection.HEAP, plainStep[i].heapBytes())));
                all.add(ratio(StepSection.OVERHEAD, StepSection.FUSED, setting, step[i].over(bare[i]), turns));
                all.add(ratio(StepSection.OVERHEAD, StepSection.PLAIN, setting, plainStep[i].over(bare[i]), turns));
            }
            var setting = Map.of("batch", "" + batch);
            all.add(gain(StepSection.BARE, setting, bare, turns));
            all.add(gain(StepSection.FUSED, setting, step, turns));
            all.add(gain(StepSection.PLAIN, setting, plainStep, turns));
        }
        return all;
    }

    private List<Measurement> alternating(String shape) {
        try (var arena = Arena.ofShared()) {
            var product = Product.random(arena, shape, false);
            var turns = new Turns(rounds, turn);
            var openBlas = turns.add(2, product::openBlas);
            var oneDnn = turns.add(2, product::oneDnn);
            var alternating = turns.add(2, () -> {
                product.openBlas();
                product.oneDnn();
            });
            turns.run();
            product.verify();
            var setting = Map.of("shape", shape);
            return List.of(time(StepSection.TURNS, StepSection.OPENBLAS, setting, openBlas, Map.of()),
                    time(StepSection.TURNS, StepSection.ONEDNN, setting, oneDnn, Map.of()),
                    time(StepSection.TURNS, StepSection.BOTH, setting, alternating, Map.of()),
                    ratio(StepSection.TURNS_OVERHEAD, StepSection.BOTH, setting, alternating.over(openBlas, oneDnn),
                            turns));
        }
    }

    private Map<String, Double> whereabouts(ReferenceStep step, int threads) {
        try (var _ = Threads.share(threads)) {
            var seen = Whereabouts.of(step::run, watch);
            var shares = new TreeMap<String, Double>();
            shares.put(StepSection.IN_NATIVE, 100 * seen.nativeShare());
            shares.put(StepSection.IN_KERNELS, 100 * seen.kernelShare());
            shares.put(StepSection.IN_JAVA, 100 * seen.javaShare());
            shares.put(StepSection.STACKS, (double) seen.samples());
            return shares;
        }
    }

    private static Measurement time(String benchmark, String contender, Map<String, String> setting,
            Turns.Series series, Map<String, Double> extras) {
        return series.micros().of(StepSection.SUITE, benchmark, contender, setting, "us", true, extras);
    }

    private static Measurement ratio(String benchmark, String contender, Map<String, String> setting, Spread ratio,
            Turns turns) {
        return ratio.of(StepSection.SUITE, benchmark, contender, setting, "times", true, rounds(turns));
    }

    private static Measurement gain(String contender, Map<String, String> setting, Turns.Series[] series, Turns turns) {
        return series[0].over(series[1]).of(StepSection.SUITE, StepSection.GAIN, contender, setting, "times", false,
                rounds(turns));
    }

    private static Map<String, Double> rounds(Turns turns) {
        return Map.of(StepSection.OTHERS, turns.otherCpus(), StepSection.QUIET, (double) turns.counted(),
                StepSection.ROUNDS, (double) turns.rounds());
    }
}
