package io.chagres.examples;

import java.util.function.LongSupplier;

/** How fast a training goes, how long it will still take, and its loss without the noise of single batches. */
final class Pace {
    private static final double SMOOTHING = 0.98;

    private final long total;
    private final LongSupplier clock;
    private final long start;
    private volatile long done; // a progress bar looks from its own thread
    private double loss = Double.NaN;

    /**
     * @param total samples that there will be
     * @param clock in nanoseconds
     */
    Pace(long total, LongSupplier clock) {
        this.total = total;
        this.clock = clock;
        this.start = clock.getAsLong();
    }

    void add(int samples, double batchLoss) {
        done += samples;
        loss = Double.isNaN(loss) ? batchLoss : SMOOTHING * loss + (1 - SMOOTHING) * batchLoss;
    }

    /** The part that is done, in [0, 1]. */
    double share() {
        return (double) done / total;
    }

    double samplesPerSecond() {
        return done / seconds();
    }

    double secondsLeft() {
        return (total - done) * seconds() / done;
    }

    /** The exponentially smoothed loss. */
    double loss() {
        return loss;
    }

    private double seconds() {
        return (clock.getAsLong() - start) * 1e-9;
    }
}
