package io.chagres.bench;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.thread.Threads;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The ratios that matter, each from measurements that take turns in one JVM, as Markdown: the training step against its bare
 * products, two threads against one, fused against plain, the two libraries by turns against each alone; heap bytes a step,
 * and where a step's time goes. Takes about two minutes at most; for a machine that does other things too.
 */
public final class StepRatios {
    private final PrintStream out;
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
    StepRatios(PrintStream out, List<Integer> batches, List<String> shapes, int rounds, long millis) {
        this.out = out;
        this.batches = batches;
        this.shapes = shapes;
        this.rounds = rounds;
        this.turn = TimeUnit.MILLISECONDS.toNanos(millis);
        this.compile = 160 * turn;
        this.watch = 120 * turn;
    }

    /** Prints all tables. */
    public static void main(String[] args) {
        var shapes = List.of("64x784x128", "512x784x128", "1024x1024x1024");
        new StepRatios(System.out, List.of(64, 512), shapes, 20, 25).run();
    }

    void run() {
        Threads.setLimit(Math.max(Threads.limit(), 2));
        compile(true);
        compile(false);
        print("Medians (least - greatest) of up to %d quiet rounds; our kernels are %s.", rounds,
                Kernels.best().name());
        print("");
        print("| batch | threads | bare GEMMs, us | step, us | plain step, us | step / bare | plain / bare "
                + "| samples/s | heap bytes a step | plain |");
        print("|---|---|---|---|---|---|---|---|---|---|");
        var gains = new StringBuilder();
        for (int batch : batches) {
            gains.append(steps(batch));
        }
        print("");
        print("| batch | bare GEMMs: 1 thread / 2 | step: 1 thread / 2 | plain step: 1 thread / 2 "
                + "| other CPUs busy |");
        print("|---|---|---|---|---|");
        out.print(gains);
        print("");
        print("| shape | OpenBLAS, us | oneDNN, us | alternating, us | alternating / sum "
                + "| other CPUs busy |");
        print("|---|---|---|---|---|---|");
        for (String shape : shapes) {
            alternating(shape);
        }
        print("");
        print("| batch | threads | native | our kernels | other Java | samples |");
        print("|---|---|---|---|---|---|");
        for (int batch : batches) {
            whereabouts(batch, 1);
            whereabouts(batch, 2);
        }
    }

    /** Gives the JVM's compiler the seconds, and the second core, that it takes to compile a step. */
    private void compile(boolean fused) {
        try (var step = new ReferenceStep(batches.getFirst(), fused)) {
            new Turns(1, turn).add(1, step::run).warmUp(compile);
        }
    }

    /** Prints a row for each number of threads; returns that of the gain by threads. */
    private String steps(int batch) {
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
                print("| %d | %d | %s | %s | %s | %s | %s | %,.0f | %,.0f | %,.0f |", batch, i + 1,
                        bare[i].micros().format(0), step[i].micros().format(0), plainStep[i].micros().format(0),
                        step[i].over(bare[i]).format(2), plainStep[i].over(bare[i]).format(2),
                        1e6 * batch / step[i].micros().median(), step[i].heapBytes(), plainStep[i].heapBytes());
            }
            return String.format(Locale.ROOT, "| %d | %s | %s | %s | %s |%n", batch,
                    bare[0].over(bare[1]).format(2), step[0].over(step[1]).format(2),
                    plainStep[0].over(plainStep[1]).format(2), turns.otherCpus());
        }
    }

    private void alternating(String shape) {
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
            print("| %s | %s | %s | %s | %s | %s |", shape, openBlas.micros().format(0), oneDnn.micros().format(0),
                    alternating.micros().format(0), alternating.over(openBlas, oneDnn).format(2),
                    turns.otherCpus());
        }
    }

    private void whereabouts(int batch, int threads) {
        try (var step = new ReferenceStep(batch, true); var _ = Threads.share(threads)) {
            var seen = Whereabouts.of(step::run, watch);
            print("| %d | %d | %.1f %% | %.1f %% | %.1f %% | %d |", batch, threads, 100 * seen.nativeShare(),
                    100 * seen.kernelShare(), 100 * seen.javaShare(), seen.samples());
        }
    }

    private void print(String line, Object... values) {
        out.printf(Locale.ROOT, line + "%n", values);
    }
}
