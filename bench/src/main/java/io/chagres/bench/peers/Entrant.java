package io.chagres.bench.peers;

import io.chagres.bench.report.Measurement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** One contender in one case: its process, while it has one, and all that is known of it. */
final class Entrant implements AutoCloseable {
    private static final int LEAST_STEPS = 3;
    private static final int MOST_WARM_UPS = 4;
    private static final int CHUNKS = 5;
    private static final double STEADY = 0.05;

    private final Peer peer;
    private final PeerCase c;
    private final PeerSettings settings;
    private final List<String> notes = new ArrayList<>();
    private final SortedMap<String, Double> extras = new TreeMap<>();
    private PeerProcess process;
    private boolean out;
    private double secondsPerStep;

    /** One turn. */
    record Turn(double samplesPerSecond, double heapBytesPerStep) {
    }

    Entrant(Peer peer, PeerCase c, PeerSettings settings) {
        this.peer = peer;
        this.c = c;
        this.settings = settings;
    }

    String name() {
        return peer.name();
    }

    /** Whether it takes part in the rounds. */
    boolean isIn() {
        return process != null && !out;
    }

    private void out(PeerException e) {
        out = true;
        notes.add(e.getMessage());
    }

    /** Starts it, waits for its first step, and warms it up. */
    void start(Path data) {
        String file = (c.name() + " " + peer.name()).replaceAll("[^A-Za-z0-9]+", "-") + ".err";
        long start = System.nanoTime();
        try {
            process = PeerProcess.start(peer, c, data, settings.errors().resolve(file));
            double loss = process.first(settings.patience());
            extras.put("time to first step, s", (System.nanoTime() - start) / 1e9);
            if (!Double.isFinite(loss)) {
                throw new PeerException("not available: the loss of the first step is " + loss);
            }
            notes.add(String.join(" ", process.ask("describe", "is", settings.patience())));
            warmUp();
        } catch (PeerException e) {
            out(e);
        }
    }

    /** Runs until the time is up and the pace changes little, for four times as long at most. */
    private void warmUp() throws PeerException {
        long start = System.nanoTime();
        var chunk = settings.warmUp().dividedBy(CHUNKS);
        double before = run(chunk)[0];
        boolean steady;
        do {
            double now = run(chunk)[0];
            steady = Math.abs(now - before) < STEADY * before;
            before = now;
            secondsPerStep = now;
        } while (since(start).compareTo(settings.warmUp()) < 0
                || !steady && since(start).compareTo(settings.warmUp().multipliedBy(MOST_WARM_UPS)) < 0);
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }

    /** Seconds and heap bytes a step. */
    private double[] run(Duration time) throws PeerException {
        String[] ran = process.ask("run " + time.toMillis(), "ran", settings.patience().plus(time.multipliedBy(2)));
        double steps = Double.parseDouble(ran[0]);
        double bytes = Double.parseDouble(ran[2]);
        return new double[]{Double.parseDouble(ran[1]) / 1e9 / steps, bytes < 0 ? Double.NaN : bytes / steps};
    }

    /** How long a turn takes: the window, but at least three steps. */
    private Duration turnTime() {
        var steps = Duration.ofNanos((long) (secondsPerStep * 1e9 * (LEAST_STEPS - 0.5)));
        return steps.compareTo(settings.window()) > 0 ? steps : settings.window();
    }

    /** Runs a little to fill the caches again; nothing is measured. */
    void prepareTurn() {
        try {
            run(settings.window().dividedBy(10));
        } catch (PeerException e) {
            out(e);
        }
    }

    /** Takes a turn; null if it is out now. */
    Turn turn() {
        try {
            double[] perStep = run(turnTime());
            return new Turn(c.batch() / perStep[0], perStep[1]);
        } catch (PeerException e) {
            out(e);
            return null;
        }
    }

    double cpuSeconds() {
        return process == null ? 0 : process.cpuSeconds();
    }

    /** After the rounds: what it takes of the machine, and whether it learns. */
    void finish() {
        if (!isIn()) {
            return;
        }
        extras.put("peak memory, MiB", process.peakMebibytes());
        extras.put("threads of the process", process.threads());
        if (c.training()) {
            int steps = settings.learnSteps(secondsPerStep);
            try {
                var time = Duration.ofMillis((long) (3000 * secondsPerStep * steps));
                String[] losses = process.ask("learn " + steps, "learned", settings.patience().plus(time));
                extras.put("loss at step 1", Double.parseDouble(losses[0]));
                extras.put("loss at step " + steps, Double.parseDouble(losses[1]));
                if (!(Double.parseDouble(losses[1]) < Double.parseDouble(losses[0]))) {
                    notes.add("it did not learn");
                }
            } catch (PeerException e) {
                notes.add("learning: " + e.getMessage());
            }
        }
    }

    /** What is to be told. */
    void note(String format, Object... values) {
        notes.add(String.format(Locale.ROOT, format, values));
    }

    /** Its row, from the turns that count. */
    Measurement measurement(List<Turn> turns) {
        double[] rates = out ? new double[0] : turns.stream().mapToDouble(Turn::samplesPerSecond).sorted().toArray();
        if (rates.length > 0) {
            double[] bytes = turns.stream().mapToDouble(Turn::heapBytesPerStep).sorted().toArray();
            if (!Double.isNaN(median(bytes))) {
                extras.put("heap bytes a step", median(bytes));
            }
        }
        int n = rates.length;
        return new Measurement("peers", c.benchmark(), peer.name(), c.parameters(), "samples/s", false,
                n == 0 ? Double.NaN : median(rates), n == 0 ? Double.NaN : rates[0],
                n == 0 ? Double.NaN : rates[n - 1], n, extras, String.join("; ", notes));
    }

    private static double median(double[] sorted) {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
