package io.chagres.examples;

import io.chagres.nn.train.TrainingListener;
import java.io.PrintStream;

/** Shows a training while it goes on: samples a second, loss, time left. */
interface Display extends TrainingListener, AutoCloseable {

    /** A progress bar on a terminal, plain lines elsewhere. */
    static Display on(PrintStream out, int epochs, long samplesPerEpoch) {
        var console = System.console();
        return console != null && console.isTerminal()
                ? new ProgressBars(out, epochs, samplesPerEpoch)
                : new ProgressLines(out, epochs, samplesPerEpoch, System::nanoTime);
    }

    /** Ends what is being shown, also when the training ended early. */
    @Override
    default void close() {
    }
}
