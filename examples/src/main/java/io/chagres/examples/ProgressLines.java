package io.chagres.examples;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Shows a training as plain lines, at most one a second and two hundred in all, where the output is no terminal. */
final class ProgressLines implements Display {
    private static final long INTERVAL = 1_000_000_000;
    private static final double SHARE = 1.0 / 200;

    private final PrintStream out;
    private final int epochs;
    private final Pace pace;
    private final LongSupplier clock;
    private long last;
    private double lastShare;

    /** Lines by a clock that counts nanoseconds. */
    ProgressLines(PrintStream out, int epochs, long samplesPerEpoch, LongSupplier clock) {
        this.out = out;
        this.epochs = epochs;
        this.clock = clock;
        this.pace = new Pace(epochs * samplesPerEpoch, clock);
        this.last = clock.getAsLong();
    }

    @Override
    public void stepDone(int epoch, long step, int samples, double loss) {
        pace.add(samples, loss);
        long now = clock.getAsLong();
        if (now - last >= INTERVAL && pace.share() - lastShare >= SHARE) {
            last = now;
            lastShare = pace.share();
            out.printf(Locale.ROOT, "epoch %d/%d: %.0f %%, %,.0f samples/s, loss %.4f, %.0f s left%n", epoch, epochs,
                    100 * pace.share(), pace.samplesPerSecond(), pace.loss(), pace.secondsLeft());
        }
    }

    @Override
    public void epochDone(int epoch, double meanLoss) {
        out.printf(Locale.ROOT, "Epoch %d loss: %.4f%n", epoch, meanLoss);
    }
}
