package io.chagres.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The reference network's training step beside its bare products. Benchmarks and contenders are named by the constants here.
 */
public final class StepSection {
    /** The suite. */
    public static final String SUITE = "steps";
    /** Times of a step: {@link #BARE}, {@link #FUSED} and {@link #PLAIN}, by batch and threads. */
    public static final String STEP = "training step";
    /** Times of steps over those of the bare products. */
    public static final String OVERHEAD = "step / bare GEMMs";
    /** Times on 1 thread over those on 2. */
    public static final String GAIN = "1 thread / 2";
    /** Times of a product by OpenBLAS, by oneDNN, and by both in turn. */
    public static final String TURNS = "libraries by turns";
    /** Times of both in turn over the sum of each alone. */
    public static final String TURNS_OVERHEAD = "alternating / sum";
    /** The products of a step and nothing else. */
    public static final String BARE = "bare GEMMs";
    /** A step with relu within the products. */
    public static final String FUSED = "step";
    /** A step with relu as an operation of its own. */
    public static final String PLAIN = "plain step";
    /** Bytes of the Java heap a step. */
    public static final String HEAP = "heap bytes a step";
    /** The most CPUs that others kept busy in a round that counts. */
    public static final String OTHERS = "other CPUs busy";
    /** How many rounds count, because they were quiet. */
    public static final String QUIET = "quiet rounds";
    /** How many rounds there were. */
    public static final String ROUNDS = "rounds";
    /** A product by OpenBLAS. */
    public static final String OPENBLAS = "openBlas";
    /** The same by oneDNN. */
    public static final String ONEDNN = "oneDnn";
    /** One after the other by both. */
    public static final String BOTH = "alternating";
    /** Share of the time in native code, waiting for the team included. */
    public static final String IN_NATIVE = "in native code, %";
    /** Share of the time in loops of our own kernels. */
    public static final String IN_KERNELS = "in our kernels, %";
    /** Share of the time in all other Java. */
    public static final String IN_JAVA = "in other Java, %";
    /** How often the stack was looked at. */
    public static final String STACKS = "stacks";

    private final Page page;
    private final Map<String, List<Measurement>> benchmarks;

    private StepSection(Page page, List<Measurement> all) {
        this.page = page;
        benchmarks = Groups.by(all, Measurement::benchmark);
    }

    /** The tables alone, in Markdown. */
    public static String tables(List<Measurement> all) {
        var page = new Page(null, 1);
        new StepSection(page, all).write();
        return page.toString();
    }

    static void write(Page page, List<Measurement> all) {
        if (!all.isEmpty()) {
            page.heading(0, "The training step");
            page.paragraph("The reference network, 784-128-64-10 with Adam, beside its eight bare products: medians "
                    + "(least - greatest) of rounds in which hardly anything else ran.");
            new StepSection(page, all).write();
        }
    }

    private void write() {
        var steps = of(STEP).stream().filter(one -> one.contender().equals(FUSED)).toList();
        if (!steps.isEmpty()) {
            page.table(List.of("batch", "threads", "bare GEMMs, us", "step, us", "plain step, us", "step / bare",
                    "plain / bare", "samples/s", "heap bytes a step", "plain"),
                    steps.stream().map(this::step).toList());
            page.table(List.of("batch", "bare GEMMs: 1 thread / 2", "step: 1 thread / 2", "plain step: 1 thread / 2",
                    "other CPUs busy"),
                    of(GAIN).stream().filter(one -> one.contender().equals(FUSED))
                            .map(this::gain).toList());
        }
        var turns = of(TURNS_OVERHEAD);
        if (!turns.isEmpty()) {
            page.table(List.of("shape", "OpenBLAS, us", "oneDNN, us", "alternating, us", "alternating / sum",
                    "other CPUs busy"), turns.stream().map(this::turns).toList());
        }
        if (!steps.isEmpty()) {
            page.table(List.of("batch", "threads", "native", "our kernels", "other Java", STACKS),
                    steps.stream().map(StepSection::places).toList());
        }
    }

    private List<Measurement> of(String benchmark) {
        return benchmarks.getOrDefault(benchmark, List.of());
    }

    private Measurement beside(Measurement one, String benchmark, String contender) {
        return of(benchmark).stream().filter(
                other -> other.contender().equals(contender) && other.parameters().equals(one.parameters()))
                .findFirst().orElseThrow(() -> new IllegalArgumentException(
                        "report: " + one.key() + " without " + contender + " of " + benchmark));
    }

    private List<String> step(Measurement step) {
        var bare = beside(step, STEP, BARE);
        var plain = beside(step, STEP, PLAIN);
        double batch = Sizes.amount(step.parameters().get("batch"));
        return List.of(step.parameters().get("batch"), step.parameters().get("threads"), whole(bare), whole(step),
                whole(plain), ratio(beside(step, OVERHEAD, FUSED)), ratio(beside(step, OVERHEAD, PLAIN)),
                Figures.plain(1e6 * batch / step.median()), Figures.plain(Groups.extra(step, HEAP)),
                Figures.plain(Groups.extra(plain, HEAP)));
    }

    private List<String> gain(Measurement step) {
        return List.of(step.parameters().get("batch"), ratio(beside(step, GAIN, BARE)), ratio(step),
                ratio(beside(step, GAIN, PLAIN)), others(step));
    }

    private List<String> turns(Measurement overhead) {
        var row = new ArrayList<>(List.of(overhead.parameters().get("shape")));
        for (String contender : List.of(OPENBLAS, ONEDNN, BOTH)) {
            row.add(whole(beside(overhead, TURNS, contender)));
        }
        row.add(ratio(overhead));
        row.add(others(overhead));
        return row;
    }

    private static List<String> places(Measurement step) {
        var row = new ArrayList<>(List.of(step.parameters().get("batch"), step.parameters().get("threads")));
        row.addAll(Stream.of(IN_NATIVE, IN_KERNELS, IN_JAVA)
                .map(place -> String.format(Locale.ROOT, "%.1f %%", Groups.extra(step, place)))
                .toList());
        row.add(Figures.plain(Groups.extra(step, STACKS)));
        return row;
    }

    private static String whole(Measurement one) {
        return String.format(Locale.ROOT, "%.0f (%.0f - %.0f)", one.median(), one.least(), one.greatest());
    }

    private static String ratio(Measurement one) {
        return String.format(Locale.ROOT, "%.2f (%.2f - %.2f)", one.median(), one.least(), one.greatest());
    }

    private static String others(Measurement one) {
        return String.format(Locale.ROOT, "%.2f in %.0f of %.0f rounds", Groups.extra(one, OTHERS),
                Groups.extra(one, QUIET), Groups.extra(one, ROUNDS));
    }
}
