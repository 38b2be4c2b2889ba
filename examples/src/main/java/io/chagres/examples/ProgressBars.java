package io.chagres.examples;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows a training on a terminal, one bar an epoch; the time left is that of all epochs. */
final class ProgressBars implements Display {
    private static final int WIDTH = 100;
    private static final int STEPS_PER_TEXT = 50;

    private final PrintStream out;
    private final int epochs;
    private final long samplesPerEpoch;
    private final Pace pace;
    private ProgressBar bar;

    ProgressBars(PrintStream out, int epochs, long samplesPerEpoch) {
        this.out = out;
        this.epochs = epochs;
        this.samplesPerEpoch = samplesPerEpoch;
        this.pace = new Pace(epochs * samplesPerEpoch, System::nanoTime);
    }

    @Override
    public void stepDone(int epoch, long step, int samples, double loss) {
        if (bar == null) {
            bar = open(epoch);
        }
        pace.add(samples, loss);
        bar.stepBy(samples);
        if (step % STEPS_PER_TEXT == 0) {
            bar.setExtraMessage(String.format(Locale.ROOT, " loss %.4f", pace.loss()));
        }
    }

    private ProgressBar open(int epoch) {
        return new ProgressBarBuilder().setTaskName("Epoch " + epoch + "/" + epochs).setInitialMax(samplesPerEpoch)
                .setUnit(" samples", 1).setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(100)
                .showSpeed(new DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
                .setEtaFunction(state -> Optional.of(Duration.ofMillis((long) (1000 * pace.secondsLeft()))))
                .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH)).build();
    }

    @Override
    public void epochDone(int epoch, double meanLoss) {
        close();
        out.printf(Locale.ROOT, "Epoch %d loss: %.4f%n", epoch, meanLoss);
    }

    /** Ends the bar that is open, if any. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
