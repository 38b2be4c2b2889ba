package io.chagres.bench.scaling;

import com.sun.management.OperatingSystemMXBean;
import io.chagres.bench.Spread;
import io.chagres.bench.Suite;
import io.chagres.bench.SuiteSettings;
import io.chagres.bench.Turns;
import io.chagres.bench.report.Measurement;
import io.chagres.bench.report.ScalingSection;
import io.chagres.runtime.thread.Threads;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Samples a second of the reference network against the batch and of a square perceptron against its width, on one thread and on
 * two, with the share of the FMA peak that their products reach; and the share of memory's bandwidth that optimizers reach.
 */
public final class ScalingSuite implements Suite {
    private static final String OURS = "chagres";
    private static final int[] THREADS = {1, 2};
    private static final double MICROS = 1e6;
    private static final double GIGA = 1e9;
    /** How much of the free memory a network may take. */
    private static final double MOST_MEMORY = 0.5;
    /** A computation is run so long before it is measured, so that the JVM's compiler is done with it, in turns. */
    private static final int COMPILE_TURNS = 40;

    private final ScalingSizes sizes;

    /** With the sizes that the settings of a run ask for. */
    public ScalingSuite() {
        this(null);
    }

    /** With these sizes; null for those that the settings ask for. */
    ScalingSuite(ScalingSizes sizes) {
        this.sizes = sizes;
    }

    @Override
    public List<Measurement> run(SuiteSettings settings) {
        var chosen = sizes != null ? sizes : settings.quick() ? ScalingSizes.quick() : ScalingSizes.full();
        Threads.setLimit(Math.max(Threads.limit(), THREADS[THREADS.length - 1]));
        return new Run(chosen, settings).all();
    }

    /** One run. */
    private record Run(ScalingSizes sizes, SuiteSettings settings) {
        List<Measurement> all() {
            var all = new ArrayList<Measurement>();
            if (wants(ScalingSection.FMA)) {
                all.addAll(peak());
            }
            if (wants(ScalingSection.MEMORY)) {
                all.addAll(memory());
            }
            if (wants(ScalingSection.BATCH)) {
                for (int batch : sizes.batches()) {
                    all.addAll(step(ScalingSection.BATCH, Map.of("batch", "" + batch), batch, 784, 128, 64, 10));
                }
            }
            if (wants(ScalingSection.WIDTH)) {
                for (int width : sizes.widths()) {
                    int batch = sizes.squareBatch();
                    all.addAll(
                            step(ScalingSection.WIDTH, Map.of("batch", "" + batch, "width", "" + width), batch, width,
                                    width, width));
                }
            }
            return all;
        }

        private boolean wants(String benchmark) {
            boolean wanted = settings.wants(benchmark);
            if (wanted) {
                settings.log().println("scaling: " + benchmark);
            }
            return wanted;
        }

        private static Map<String, String> with(Map<String, String> parameters, int threads) {
            var all = new TreeMap<>(parameters);
            all.put("threads", "" + threads);
            return all;
        }

        private static Measurement measurement(Spread rate, String benchmark, String contender,
                Map<String, String> parameters, String unit, Map<String, Double> extras) {
            return rate.of(ScalingSection.SUITE, benchmark, contender, parameters, unit, false, extras);
        }

        private List<Measurement> peak() {
            var turns = new Turns(sizes.rounds(), sizes.turn());
            var peaks = peaks();
            var series = peaks.stream().map(peak -> turns.add(peak.threads(), peak.work()::run)).toList();
            turns.run();
            var all = new ArrayList<Measurement>();
            for (int i = 0; i < THREADS.length; i++) {
                peaks.get(i).work().verify();
                all.add(measurement(series.get(i).micros().rate(peaks.get(i).work().flops() * MICROS / GIGA),
                        ScalingSection.FMA, "vector", with(Map.of(), THREADS[i]), "GFLOP/s", Map.of()));
            }
            return all;
        }

        private record Peak(int threads, FmaPeak work) {
        }

        private List<Peak> peaks() {
            var peaks = new ArrayList<Peak>();
            for (int threads : THREADS) {
                peaks.add(new Peak(threads, new FmaPeak(threads, sizes.fmas())));
            }
            return peaks;
        }

        private List<Measurement> step(String benchmark, Map<String, String> parameters, int batch, int... widths) {
            long bytes = MlpStep.bytes(batch, widths);
            if (!fits(bytes)) {
                return List.of(tooLarge(benchmark, OURS, parameters, "samples/s", bytes));
            }
            try (var step = new MlpStep(batch, widths)) {
                var turns = new Turns(sizes.rounds(), sizes.turn());
                var peaks = peaks();
                var peakSeries = peaks.stream().map(peak -> turns.add(peak.threads(), peak.work()::run)).toList();
                var series = new ArrayList<Turns.Series>();
                for (int threads : THREADS) {
                    series.add(turns.add(threads, step::run));
                }
                series.getFirst().warmUp(COMPILE_TURNS * sizes.turn());
                turns.run();
                double loss = step.run();
                if (!Double.isFinite(loss)) {
                    throw new IllegalStateException("scaling: the loss of " + parameters + " is " + loss);
                }
                double flops = MlpStep.flops(batch, widths);
                var all = new ArrayList<Measurement>();
                for (int i = 0; i < THREADS.length; i++) {
                    var micros = series.get(i).micros();
                    double share = 100 * flops / peaks.get(i).work().flops()
                            * peakSeries.get(i).over(series.get(i)).median();
                    all.add(measurement(micros.rate(MICROS * batch), benchmark, OURS, with(parameters, THREADS[i]),
                            "samples/s", Map.of("GFLOP/s", flops * MICROS / GIGA / micros.median(),
                                    ScalingSection.FMA_SHARE, share, "other CPUs busy", turns.otherCpus())));
                }
                return all;
            }
        }

        private List<Measurement> memory() {
            var parameters = Map.of("width", "" + sizes.updateWidth());
            long bytes = ParameterUpdates.bytes(sizes.updateWidth()) + 3 * Float.BYTES * sizes.streamFloats();
            if (!fits(bytes)) {
                return List.of(tooLarge(ScalingSection.MEMORY, "Adam", parameters, "GB/s", bytes));
            }
            try (var arena = Arena.ofShared(); var updates = new ParameterUpdates(sizes.updateWidth())) {
                var passes = new MemoryPasses(arena, sizes.streamFloats());
                passes.verify(THREADS[THREADS.length - 1]);
                var all = new ArrayList<Measurement>();
                for (int threads : THREADS) {
                    var turns = new Turns(sizes.rounds(), sizes.turn());
                    var copy = turns.add(threads, () -> passes.copy(threads));
                    var triad = turns.add(threads, () -> passes.triad(threads));
                    var update = turns.add(threads, () -> passes.update(threads));
                    var adam = turns.add(threads, updates::adam);
                    var sgd = turns.add(threads, updates::sgd);
                    turns.run();
                    var arrays = with(Map.of("floats", "" + passes.count()), threads);
                    all.add(bandwidth("copy", arrays, copy, 8, passes.count(), Map.of()));
                    all.add(bandwidth("triad", arrays, triad, 12, passes.count(), Map.of()));
                    all.add(bandwidth("update", arrays, update, 12, passes.count(), Map.of()));
                    double bytesOfUpdate = 12.0 * passes.count();
                    all.add(bandwidth("Adam", with(parameters, threads), adam, ParameterUpdates.ADAM_BYTES,
                            updates.count(), Map.of(ScalingSection.MEMORY_SHARE, 100 * update.over(adam).median()
                                    * ParameterUpdates.ADAM_BYTES * updates.count() / bytesOfUpdate)));
                    all.add(bandwidth("SGD", with(parameters, threads), sgd, ParameterUpdates.SGD_BYTES,
                            updates.count(), Map.of(ScalingSection.MEMORY_SHARE, 100 * update.over(sgd).median()
                                    * ParameterUpdates.SGD_BYTES * updates.count() / bytesOfUpdate)));
                }
                return all;
            }
        }

        private static Measurement bandwidth(String contender, Map<String, String> parameters, Turns.Series series,
                int bytes, long count, Map<String, Double> extras) {
            return measurement(series.micros().rate(bytes * count * MICROS / GIGA), ScalingSection.MEMORY, contender,
                    parameters, "GB/s", extras);
        }

        private static boolean fits(long bytes) {
            var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
            return bytes < MOST_MEMORY * system.getFreeMemorySize();
        }

        private static Measurement tooLarge(String benchmark, String contender, Map<String, String> parameters,
                String unit, long bytes) {
            return new Measurement(ScalingSection.SUITE, benchmark, contender, new TreeMap<>(parameters), unit, false,
                    Double.NaN, Double.NaN, Double.NaN, 0, new TreeMap<>(),
                    String.format(Locale.ROOT, "not measured: %.1f GB are too much for the free memory", bytes / GIGA));
        }
    }
}
