package io.chagres.nn.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.thread.Threads;
import java.lang.foreign.Arena;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** After the first steps a convolutional network allocates nothing off the heap and opens no arena. */
class SteadyConvolutionsTest {
    private static final int FIRST = 3;
    private static final int STEPS = 12;
    private static final int TRIES = 5;

    @ParameterizedTest
    @CsvSource({"LeNet5, 1", "LeNet5, 2", "ResNet20, 1", "ResNet20, 2", "Mixed, 1", "Mixed, 2"})
    void aStepTakesTheMemoryOfTheOneBefore(String name, int threads) throws InterruptedException {
        assumeTrue(threads <= Threads.limit());
        Garbage.collect();
        try (var _ = Threads.share(threads); var training = new ImageTraining(name, 3, 6)) {
            for (int step = 0; step < FIRST; step++) {
                training.step(6);
            }
            long address = training.step(6);
            Memory.resetPeak();
            var before = Memory.report();
            Set<Long> addresses = new TreeSet<>();
            for (int step = 0; step < STEPS; step++) {
                addresses.add(training.step(6));
            }
            var after = Memory.report();
            assertEquals(before.live(), after.live());
            assertEquals(before.totalLive(), after.totalPeak(), "something was allocated for a while");
            assertEquals(Set.of(address), addresses);
        }
    }

    @ParameterizedTest
    @CsvSource({"LeNet5", "ResNet20", "Mixed"})
    void aStepOpensNoArena(String name) throws Exception {
        try (var training = new ImageTraining(name, 3, 6)) {
            for (int step = 0; step < FIRST; step++) {
                training.step(6);
            }
            assertEquals(0, opened(() -> {
                for (int step = 0; step < STEPS; step++) {
                    training.step(6);
                }
            }));
        }
    }

    /** How many arenas are opened meanwhile; several tries, for what was collected is not counted. */
    private static long opened(Runnable work) throws Exception {
        for (int round = 0; round < TRIES; round++) {
            long before = Arenas.count();
            long collections = Arenas.collections();
            work.run();
            long after = Arenas.count();
            if (Arenas.collections() == collections) {
                return after - before;
            }
        }
        throw new AssertionError("a garbage collection in each of " + TRIES + " tries");
    }

    @Test
    void arenasAreCounted() throws Exception {
        assertTrue(opened(() -> {
            for (int i = 0; i < STEPS; i++) {
                try (var arena = Arena.ofConfined()) {
                    arena.allocate(8);
                }
            }
        }) >= STEPS);
    }
}
