package io.chagres.runtime.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.runtime.memory.MappedFile;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** R11: a thousand times memory is closed on one thread while another computes with it. */
class CloseRaceTest {
    private static final int RACES = 250;
    private static final int N = 128;

    /** Races, and prints how they ended. A crash would print nothing. */
    static final class Races {
        private final ExecutorService computing = Executors.newSingleThreadExecutor();
        private final Random random = new Random(11);

        static void main() throws Exception {
            var races = new Races();
            for (int i = 0; i < RACES; i++) {
                races.race(victim(DType.FLOAT32), x -> x.matmul(x));
                races.race(victim(DType.FLOAT64), x -> x.matmul(x));
                races.race(victim(DType.FLOAT32), Tensor::relu);
                races.raceWithAFile();
            }
            races.computing.close();
            System.out.println(4 * RACES + " races");
        }

        private static Tensor victim(DType dtype) {
            return Tensor.owned(Owner.DATA, dtype, Shape.of(N, N), "victim").fill(1);
        }

        private void race(Tensor victim, Consumer<Tensor> operation) throws Exception {
            race(victim, operation, victim::close);
        }

        private void raceWithAFile() throws Exception {
            var path = Files.write(Path.of("victim"), new byte[4 * N * N]);
            var file = MappedFile.open(path);
            race(Tensor.map(file, 0, DType.FLOAT32, Shape.of(N, N)), x -> x.add(x), file::close);
        }

        /** Computes until there is nothing to compute with. */
        private void race(Tensor victim, Consumer<Tensor> operation, Runnable close) throws Exception {
            var told = computing.submit(() -> {
                while (true) {
                    try (var _ = Scope.open()) {
                        operation.accept(victim);
                        LockSupport.parkNanos(1); // leaves closing a gap to hit
                    } catch (IllegalStateException gone) {
                        return gone.getMessage();
                    }
                }
            });
            while (victim.isOpen()) {
                LockSupport.parkNanos(random.nextInt(200_000));
                try {
                    close.run();
                } catch (IllegalStateException inUse) {
                    // an operation is at work: another try
                }
            }
            if (!told.get().contains("victim")) {
                throw new AssertionError(told.get());
            }
        }
    }

    @Test
    void closingNeverCrashesWhatRuns() throws Exception {
        assertEquals("1000 races\n", ChildJvm.run(Races.class).clean());
    }
}
