package io.chagres.nn.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** After the first epoch a training allocates nothing off the heap, and its last batch may be smaller than the others. */
class SteadyTrainingTest {
    /** Where the first result of a step lies. */
    private static long address() {
        try (var _ = Scope.open()) {
            return Tensor.ones(1).storage().address();
        }
    }

    @Test
    void anEpochAllocatesNothingAndEndsWhereItBegan() throws InterruptedException {
        Garbage.collect();
        try (var _ = Threads.share(1); var training = new Training(3, 70, 32, 48)) {
            training.run(2);
            long address = address();
            Memory.resetPeak();
            var before = Memory.report();
            Set<Long> addresses = new TreeSet<>();
            for (int epoch = 0; epoch < 20; epoch++) {
                training.run(1);
                addresses.add(address());
            }
            var after = Memory.report();
            assertEquals(before.live(), after.live());
            assertEquals(before.totalLive(), after.totalPeak(), "something was allocated for a while");
            assertEquals(Set.of(address), addresses);
        }
    }

    @Test
    void closingFreesAllButWhatServesOthers() throws InterruptedException {
        Garbage.collect();
        long before = Memory.liveBytes() - Memory.liveBytes(Owner.PLANS);
        for (int seed = 0; seed < 5; seed++) {
            try (var training = new Training(seed, 70, 32, 48)) {
                training.run(1);
                assertTrue(Memory.liveBytes(Owner.OPTIMIZER_STATE) > 0);
            }
        }
        Memory.trim();
        assertEquals(before, Memory.liveBytes() - Memory.liveBytes(Owner.PLANS));
    }
}
