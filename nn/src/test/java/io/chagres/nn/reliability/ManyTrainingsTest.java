package io.chagres.nn.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.thread.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R2: eight trainings at once do what each does alone. */
@EnabledOnOs(OS.LINUX)
class ManyTrainingsTest {
    private static final int TRAININGS = 8;
    private static final int LIMIT = 2;
    private static final int EPOCHS = 3;

    /** Trains alone, then all at once, and compares. The arguments: the kind of thread, and whether each takes a share of 1. */
    static final class Trainings {
        private final boolean shared;

        private Trainings(boolean shared) {
            this.shared = shared;
        }

        static void main(String[] arguments) throws Exception {
            Threads.setLimit(LIMIT);
            var trainings = new Trainings(arguments[1].equals("shared"));
            var alone = new ArrayList<double[]>();
            for (int seed = 0; seed < TRAININGS; seed++) {
                alone.add(trainings.losses(seed));
            }
            try (var threads = arguments[0].equals("virtual")
                    ? Executors.newVirtualThreadPerTaskExecutor()
                    : Executors.newFixedThreadPool(TRAININGS)) {
                threads.submit(() -> trainings.losses(TRAININGS)).get(); // starts what stays, such as carriers
                trainings.together(threads, alone);
            }
            System.out.println(Memory.liveBytes() - plansAndReserve() + " bytes left");
        }

        private void together(ExecutorService threads, List<double[]> alone) throws Exception {
            int before = OsThreads.settled();
            int most = 0;
            var running = new ArrayList<Future<double[]>>();
            for (int seed = 0; seed < TRAININGS; seed++) {
                int own = seed;
                running.add(threads.submit(() -> losses(own)));
            }
            double difference = 0;
            for (int seed = 0; seed < TRAININGS; seed++) {
                while (!running.get(seed).isDone()) {
                    most = Math.max(most, OsThreads.count() - before);
                    Thread.sleep(1);
                }
                difference = Math.max(difference, difference(alone.get(seed), running.get(seed).get()));
            }
            // callers, workers of two teams, threads of OpenBLAS that sleep
            System.out.println("threads bounded: " + (most <= TRAININGS + 2 * (LIMIT - 1) + LIMIT - 1));
            System.out.println(shared ? "difference " + difference : "within tolerance: " + (difference < 1e-3));
        }

        private double[] losses(long seed) {
            try (var training = new Training(seed, 256, 32, 64)) {
                if (!shared) {
                    return training.run(EPOCHS);
                }
                try (var _ = Threads.share(1)) {
                    return training.run(EPOCHS);
                }
            }
        }

        private static double difference(double[] a, double[] b) {
            if (Arrays.stream(a).anyMatch(Double::isNaN) || a.length != b.length || a[0] <= a[a.length - 1]) {
                return Double.NaN; // no training at all
            }
            double most = 0;
            for (int i = 0; i < a.length; i++) {
                most = Math.max(most, Math.abs(a[i] - b[i]));
            }
            return most;
        }

        private static long plansAndReserve() {
            var live = Memory.report().live();
            return live.get(Owner.PLANS) + live.get(Owner.RESERVE)
                    + live.get(Owner.WORKSPACE);
        }
    }

    private static String train(String kind, String share) throws Exception {
        return ChildJvm.run(Trainings.class, OsThreads.STEADY_JVM, Map.of(), kind, share).clean();
    }

    @ParameterizedTest
    @ValueSource(strings = {"platform", "virtual"})
    void withSharesTheLossesAreBitwiseTheSame(String kind) throws Exception {
        assertEquals("""
                threads bounded: true
                difference 0.0
                0 bytes left
                """, train(kind, "shared"));
    }

    @Test
    void withoutSharesTheyAreRight() throws Exception {
        assertEquals("""
                threads bounded: true
                within tolerance: true
                0 bytes left
                """, train("platform", "unshared"));
    }
}
