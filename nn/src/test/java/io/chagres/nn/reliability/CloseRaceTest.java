package io.chagres.nn.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.nn.data.Batch;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** R11: a model, its optimizer or its data are closed on one thread while another trains. */
class CloseRaceTest {
    private static final int RACES = 60;

    /** Races, and prints how they ended. A crash would print nothing. */
    static final class Races {
        private final ExecutorService training = Executors.newSingleThreadExecutor();
        private final Random random = new Random(12);

        static void main() throws Exception {
            var races = new Races();
            for (int i = 0; i < RACES; i++) {
                races.race(training -> training.net.close());
                races.race(training -> training.optimizer.close());
                races.race(training -> training.loader.close());
                races.race(Training::close);
            }
            races.training.close();
            System.out.println(4 * RACES + " races");
        }

        /** Trains until there is nothing to train. */
        private void race(Consumer<Training> close) throws Exception {
            var victim = new Training(random.nextLong(), 64, 32, 256);
            var told = training.submit(() -> {
                while (true) {
                    try {
                        for (Batch batch : victim.loader) {
                            victim.step(batch);
                            LockSupport.parkNanos(1); // leaves closing a gap to hit
                        }
                    } catch (IllegalStateException gone) {
                        return gone;
                    }
                }
            });
            while (!told.isDone()) {
                LockSupport.parkNanos(random.nextInt(300_000));
                closed(victim, close);
            }
            told.get();
            while (!closed(victim, Training::close)) {
                Thread.onSpinWait();
            }
        }

        private static boolean closed(Training victim, Consumer<Training> close) {
            try {
                close.accept(victim);
                return true;
            } catch (IllegalStateException inUse) {
                return false;
            }
        }
    }

    @Test
    void closingNeverCrashesATraining() throws Exception {
        assertEquals("240 races\n", ChildJvm.run(Races.class, List.of("-Dchagres.threads=1"), Map.of()).clean());
    }
}
