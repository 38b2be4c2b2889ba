package io.chagres.runtime.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.MemoryBudgetException;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.plan.Plans;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** R10: 64 MiB, and more than that is asked for, wherever memory comes from. */
class BudgetTest {
    private static final long MIB = 1 << 20;
    private static final long ROOM = 64 * MIB;

    private final long budget = Memory.budget();
    private long before;

    @BeforeEach
    void leaveSomeRoom() throws InterruptedException {
        Garbage.collect();
        Plans.clear();
        before = Memory.liveBytes();
        Memory.setBudget(before + ROOM);
    }

    @AfterEach
    void allIsFreedAgain() {
        Memory.setBudget(budget);
        Memory.trim();
        Plans.clear();
        assertEquals(before, Memory.liveBytes());
    }

    private static MemoryBudgetException exceeds(Runnable call) {
        var refused = assertThrows(MemoryBudgetException.class, call::run);
        assertEquals(Memory.budget(), refused.limit());
        assertTrue(refused.used() <= refused.limit() && refused.asked() > refused.limit() - refused.used(),
                refused.getMessage());
        assertTrue(Memory.liveBytes() <= Memory.budget(), refused.getMessage());
        return refused;
    }

    @Test
    void inOneTensor() {
        assertEquals(65 * MIB, exceeds(() -> Tensor.empty(DType.INT8, 65 * MIB)).asked());
        try (var _ = Scope.open()) {
            assertEquals(65 * MIB, exceeds(() -> Tensor.empty(DType.INT8, 65 * MIB)).asked());
            Tensor.empty(DType.INT8, 64 * MIB);
        }
    }

    @Test
    void inManyTensors() {
        try (var _ = Scope.open()) {
            for (int i = 0; i < 600; i++) {
                Tensor.empty(DType.INT8, MIB / 10);
            }
            var refused = exceeds(() -> {
                for (int i = 0; i < 100; i++) {
                    Tensor.empty(DType.INT8, MIB / 10);
                }
            });
            assertTrue(refused.getMessage().contains("ACTIVATIONS "), refused.getMessage());
        }
        try (var _ = Scope.open()) {
            Tensor.empty(DType.INT8, 60 * MIB);
        }
    }

    @Test
    void inForwardAndTheScopeWorksOn() {
        try (var _ = Scope.open()) {
            var x = Tensor.ones(1000, 1000);
            exceeds(() -> {
                var y = x;
                for (int i = 0; i < 20; i++) {
                    y = y.add(1);
                }
            });
            assertEquals(2, x.narrow(0, 0, 1).add(1).select(1, 5).item());
        }
    }

    @Test
    void inBackwardAndASmallerBatchThenTrains() {
        var weight = Tensor.owned(Owner.PARAMETERS, DType.FLOAT32, Shape.of(1024, 1024), "weight").fill(1)
                .requiresGrad(true);
        try (var _ = Scope.open()) {
            var loss = loss(weight, 4096); // 16 MiB each for input, sum and result
            exceeds(loss::backward);
            assertNull(weight.grad(), "half a gradient must not look like one");
        }
        try (var _ = Scope.open()) {
            loss(weight, 64).backward();
            assertEquals(64, weight.grad().select(0, 0).select(0, 0).item());
        }
        weight.close();
    }

    /** The gradient of each weight is the number of rows. */
    private static Tensor loss(Tensor weight, long rows) {
        return Tensor.ones(rows, 1024).matmul(weight).relu().sum();
    }

    @Test
    void inAGradientBuffer() {
        var leaf = Tensor.owned(Owner.PARAMETERS, DType.FLOAT32, Shape.of(10 * MIB), "leaf").requiresGrad(true);
        try (var _ = Scope.open()) {
            var sum = leaf.sum();
            var refused = exceeds(sum::backward);
            assertEquals(40 * MIB, refused.asked());
            assertTrue(refused.getMessage().contains("asked for GRADIENTS"), refused.getMessage());
            assertNull(leaf.grad());
        }
        leaf.close();
    }

    @Test
    void inTheScratchpadOfAProduct() {
        try (var _ = Scope.open()) {
            transposed(512).matmul(transposed(512));
        }
        assumeTrue(Memory.liveBytes(Owner.WORKSPACE) > 0, "the kernel needs no scratchpad here");
        try (var _ = Scope.open()) {
            var a = transposed(512);
            var b = transposed(512);
            Memory.trim();
            Memory.setBudget(Memory.liveBytes());
            var refused = exceeds(() -> a.matmul(b));
            assertTrue(refused.getMessage().contains("asked for WORKSPACE"), refused.getMessage());
        }
        Memory.setBudget(before + ROOM);
        try (var _ = Scope.open()) {
            assertEquals(512, transposed(512).matmul(transposed(512)).mean().item());
        }
    }

    /** Ones in an order that products copy together in a scratchpad. */
    private static Tensor transposed(long n) {
        return Tensor.ones(n, n).t();
    }
}
