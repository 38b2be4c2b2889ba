package io.chagres.runtime.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.MemoryBudgetException;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.reliability.Garbage;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlansTest {
    private static final long ARGUMENTS = 4 * 16; // the array of one block: source, weights, result and scratchpad

    private final int capacity = Plans.capacity();

    @BeforeEach
    void begin() {
        Plans.clear();
        assertEquals(0, Memory.liveBytes(Owner.PLANS));
    }

    @AfterEach
    void everyBlockIsGivenBack() {
        Plans.setCapacity(capacity);
        Plans.clear();
        assertEquals(0, Plans.count());
        assertEquals(0, Memory.liveBytes(Owner.PLANS));
    }

    /** Ones [m, k] times ones [k, n]. */
    private static float[] product(int m, int n, int k) {
        try (var arena = Arena.ofConfined()) {
            var ones = new float[Math.max(m, n) * k];
            Arrays.fill(ones, 1);
            var operand = arena.allocateFrom(ValueLayout.JAVA_FLOAT, ones);
            var c = arena.allocate(ValueLayout.JAVA_FLOAT, (long) m * n);
            MatmulPlan.run(m, n, k, operand, 0, k, 1, operand, 0, n, 1, null, 0, c, 0, false, false);
            return c.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static void check(int m, int n, int k) {
        var expected = new float[m * n];
        Arrays.fill(expected, k);
        assertArrayEquals(expected, product(m, n, k));
    }

    @Test
    void theNumberOfPlansIsBounded() {
        Plans.setCapacity(64);
        for (int shape = 1; shape <= 500; shape++) {
            check(shape, 3, 2);
            assertTrue(Plans.count() <= 64, () -> Plans.count() + " plans");
            assertEquals(Plans.count() * ARGUMENTS, Memory.liveBytes(Owner.PLANS));
        }
        assertTrue(Plans.count() > 48, () -> Plans.count() + " plans; most of them should stay");
    }

    @Test
    void aShapeIsPreparedOnce() {
        for (int i = 0; i < 10; i++) {
            check(5, 4, 3);
        }
        assertEquals(1, Plans.count());
        assertEquals(ARGUMENTS, Memory.liveBytes(Owner.PLANS));
    }

    @Test
    void whatWasNotUsedForLongestGoesFirst() {
        Plans.setCapacity(16);
        for (int shape = 1; shape <= 100; shape++) {
            check(shape, 3, 2);
            check(1, 7, 2);
        }
        int count = Plans.count();
        check(1, 7, 2);
        assertEquals(count, Plans.count(), "the plan that was used all the time is still there");
        Plans.setCapacity(32);
        check(1, 3, 2);
        assertEquals(count + 1, Plans.count(), "the oldest is not");
    }

    @Test
    void aSmallerCapacityIsKeptToAtOnce() {
        for (int shape = 1; shape <= 100; shape++) {
            check(shape, 3, 2);
        }
        assertEquals(100, Plans.count());
        Plans.setCapacity(10);
        assertTrue(Plans.count() <= 10);
        assertEquals(Plans.count() * ARGUMENTS, Memory.liveBytes(Owner.PLANS));
        assertThrows(IllegalArgumentException.class, () -> Plans.setCapacity(7));
    }

    @Test
    void wrongShapesLeaveNothing() {
        try (var arena = Arena.ofConfined()) {
            var segment = arena.allocate(64);
            assertThrows(RuntimeException.class,
                    () -> MatmulPlan.run(100, 100, 100, segment, 0, 100, 1, segment, 0, 100, 1,
                            null, 0, segment, 0, false, false));
        }
        assertEquals(0, Plans.count());
    }

    @Test
    void withoutRoomForArgumentsTheRunIsRefusedAndCanBeTriedAgain() throws InterruptedException {
        Garbage.collect();
        long budget = Memory.budget();
        try {
            Memory.setBudget(Memory.liveBytes() + ARGUMENTS - 1);
            assertThrows(MemoryBudgetException.class, () -> product(6, 5, 4));
        } finally {
            Memory.setBudget(budget);
        }
        check(6, 5, 4);
    }

    @Test
    void onePlanRunsOnManyThreadsAtOnce() throws Exception {
        together(8, () -> {
            for (int i = 0; i < 200; i++) {
                check(33, 17, 65);
            }
            return null;
        });
        assertEquals(1, Plans.count());
        assertTrue(Memory.liveBytes(Owner.PLANS) <= 8 * ARGUMENTS, "a block for each run at once");
    }

    @Test
    void plansEndWhileOthersRunThem() throws Exception {
        Plans.setCapacity(8);
        var done = new AtomicBoolean();
        try (var executor = Executors.newSingleThreadExecutor()) {
            var clearing = executor.submit(() -> {
                while (!done.get()) {
                    Plans.clear();
                }
            });
            try {
                together(4, () -> {
                    for (int i = 0; i < 200; i++) {
                        check(1 + i % 20, 9, 8);
                    }
                    return null;
                });
            } finally {
                done.set(true);
            }
            clearing.get();
        }
    }

    private static void together(int threads, Callable<Void> work) throws Exception {
        var futures = new ArrayList<Future<Void>>();
        try (var executor = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                futures.add(executor.submit(work));
            }
        }
        for (var future : futures) {
            future.get();
        }
    }

    @Test
    void anOperandThatIsPackedFirstGivesTheSameProduct() {
        int m = 1003;
        int n = 1009;
        int k = 5;
        try (var arena = Arena.ofConfined()) {
            var a = arena.allocate(ValueLayout.JAVA_FLOAT, (long) m * k); // [k, m], read transposed
            var b = arena.allocate(ValueLayout.JAVA_FLOAT, (long) k * n);
            for (int i = 0; i < m * k; i++) {
                a.setAtIndex(ValueLayout.JAVA_FLOAT, i, i % 17 - 8);
            }
            for (int i = 0; i < k * n; i++) {
                b.setAtIndex(ValueLayout.JAVA_FLOAT, i, i % 13 - 6);
            }
            var c = arena.allocate(ValueLayout.JAVA_FLOAT, (long) m * n);
            for (int round = 1; round <= 2; round++) {
                MatmulPlan.run(m, n, k, a, 0, 1, m, b, 0, n, 1, null, 0, c, 0, round == 2, false);
                for (int i = 0; i < m; i++) {
                    for (int j = 0; j < n; j++) {
                        float sum = 0;
                        for (int l = 0; l < k; l++) {
                            sum += a.getAtIndex(ValueLayout.JAVA_FLOAT, l * m + i)
                                    * b.getAtIndex(ValueLayout.JAVA_FLOAT, l * n + j);
                        }
                        assertEquals(round * sum, c.getAtIndex(ValueLayout.JAVA_FLOAT, (long) i * n + j));
                    }
                }
            }
        }
        Memory.trim();
        assertEquals(0, Memory.liveBytes(Owner.WORKSPACE));
    }
}
