package io.chagres.nn.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.thread.Threads;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import javax.management.JMException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** After the first steps a convolutional network allocates nothing off the heap and opens no arena. */
class SteadyConvolutionsTest {
    private static final int FIRST = 3;
    private static final int STEPS = 8;
    private static final int ATTEMPTS = 10;

    @ParameterizedTest
    @CsvSource({"LeNet5, 1", "LeNet5, 2", "ResNet20, 1", "ResNet20, 2", "Mixed, 1", "Mixed, 2"})
    void aStepTakesTheMemoryOfTheOneBefore(String name, int threads) throws InterruptedException {
        assumeTrue(threads <= Threads.limit());
        try (var _ = Threads.share(threads); var training = new ImageTraining(name, 3, 6)) {
            checkSteady(() -> training.step(6));
        }
    }

    @ParameterizedTest
    @CsvSource({"LeNet5, 1", "LeNet5, 2", "ResNet20, 1", "ResNet20, 2", "Mixed, 1", "Mixed, 2"})
    void aPassInUseTakesTheMemoryOfTheOneBefore(String name, int threads) throws InterruptedException {
        assumeTrue(threads <= Threads.limit());
        try (var _ = Threads.share(threads); var training = new ImageTraining(name, 3, 6)) {
            training.step(6);
            checkSteady(() -> training.pass(6));
        }
    }

    /** After the first calls none takes memory, and each has its result where the others have it. */
    private static void checkSteady(LongSupplier work) throws InterruptedException {
        Garbage.collect();
        // a second thread may need its first workspace late: a workspace is made when two parts first take one at once
        int attempts = 0;
        long workspaces;
        do {
            workspaces = Memory.liveBytes(Owner.WORKSPACE);
            for (int step = 0; step < STEPS; step++) {
                work.getAsLong();
            }
        } while (workspaces != Memory.liveBytes(Owner.WORKSPACE) && ++attempts < ATTEMPTS);
        for (int step = 0; step < FIRST; step++) {
            work.getAsLong();
        }
        long address = work.getAsLong();
        Memory.resetPeak();
        var before = Memory.report();
        Set<Long> addresses = new TreeSet<>();
        for (int step = 0; step < STEPS; step++) {
            addresses.add(work.getAsLong());
        }
        var after = Memory.report();
        assertEquals(before.live(), after.live());
        assertEquals(before.totalLive(), after.totalPeak(), "something was allocated for a while");
        assertEquals(Set.of(address), addresses);
    }

    /** Also the weights that were folded, and those in layouts of kernels. */
    @ParameterizedTest
    @ValueSource(strings = {"LeNet5", "ResNet20", "Mixed"})
    void closingFreesAllButWhatServesOthers(String name) throws InterruptedException {
        Garbage.collect();
        long parameters = Memory.liveBytes(Owner.PARAMETERS);
        Map<Owner, Long> before = null;
        for (int round = 0; round < 3; round++) {
            try (var training = new ImageTraining(name, 3, 6)) {
                training.step(6);
                training.pass(6);
                training.step(6);
                training.pass(5);
            }
            Garbage.collect();
            var now = Memory.report().live();
            assertEquals(before == null ? now : before, now);
            before = now;
        }
        assertEquals(parameters, Memory.liveBytes(Owner.PARAMETERS));
    }

    /** Prints how many arenas were opened in some steps; alone in its JVM, where nothing else has its memory collected. */
    static final class Opened {
        private Opened() {
        }

        static void main(String... names) throws JMException {
            Runnable work;
            if (names[0].equals("Arenas")) {
                work = Opened::open;
            } else {
                var training = new ImageTraining(names[0], 3, 6);
                work = () -> training.step(6);
            }
            for (int step = 0; step < FIRST; step++) {
                work.run();
            }
            long collections = Arenas.collections();
            long before = Arenas.count();
            for (int step = 0; step < STEPS; step++) {
                work.run();
            }
            long opened = Arenas.count() - before;
            System.out.println(Arenas.collections() == collections ? opened + " opened" : "a garbage collection");
        }

        private static void open() {
            try (var arena = Arena.ofConfined()) {
                arena.allocate(8);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"LeNet5, 0", "ResNet20, 0", "Mixed, 0", "Arenas, " + STEPS})
    void aStepOpensNoArena(String name, int opened) throws Exception {
        var options = List.of("-XX:+UseSerialGC", "-Xmn500m", "-Xmx600m");
        assertEquals(opened + " opened\n", ChildJvm.run(Opened.class, options, Map.of(), name).clean());
    }
}
