package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.plan.Plans;
import io.chagres.runtime.reliability.Garbage;
import io.chagres.runtime.thread.Threads;

/** That a step, once it has run, prepares and allocates nothing off the heap. */
final class Steady {
    private Steady() {
    }

    /** The step opens a scope for what it computes. */
    static void check(Runnable step) throws InterruptedException {
        Garbage.collect();
        try (var _ = Threads.share(1)) {
            step.run();
            step.run();
            Memory.resetPeak();
            var before = Memory.report();
            int plans = Plans.count();
            for (int i = 0; i < 20; i++) {
                step.run();
            }
            assertEquals(before.live(), Memory.report().live());
            assertEquals(before.totalLive(), Memory.report().totalPeak(), "something was allocated for a while");
            assertEquals(plans, Plans.count());
        }
    }
}
