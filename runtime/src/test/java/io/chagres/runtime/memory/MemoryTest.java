package io.chagres.runtime.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.reliability.Garbage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {
    private static final long MIB = 1 << 20;

    private final long budget = Memory.budget();

    @BeforeAll
    static void nothingElseMovesTheBooks() throws InterruptedException {
        Garbage.collect();
    }

    @BeforeEach
    void nothingIsIdle() {
        Memory.trim();
    }

    @AfterEach
    void restore() {
        Memory.setBudget(budget);
    }

    @ParameterizedTest
    @EnumSource
    void everyByteIsCountedUnderItsOwner(Owner owner) {
        var before = Memory.report();
        var memory = Storage.own(owner, 12_345, "books");
        var during = Memory.report();
        memory.close();
        var after = Memory.report();
        assertEquals(before.live().get(owner) + 12_345, during.live().get(owner));
        assertEquals(before.totalLive() + 12_345, during.totalLive());
        assertEquals(before.live(), after.live());
        assertEquals(before.totalLive(), after.totalLive());
        assertEquals(during.live().values().stream().mapToLong(Long::longValue).sum(), during.totalLive());
    }

    @Test
    void peaksAreExactToo() {
        Memory.resetPeak();
        long live = Memory.liveBytes();
        long data = Memory.liveBytes(Owner.DATA);
        var first = Storage.own(Owner.DATA, 1000, "first");
        var second = Storage.own(Owner.DATA, 500, "second");
        first.close();
        var third = Storage.own(Owner.PARAMETERS, 700, "third");
        assertEquals(live + 1500, Memory.peakBytes());
        assertEquals(data + 1500, Memory.report().peak().get(Owner.DATA));
        Memory.resetPeak();
        assertEquals(live + 1200, Memory.peakBytes());
        second.close();
        third.close();
        assertEquals(live, Memory.liveBytes());
    }

    @Test
    void aScopesSlabIsActivationsWhileOpenAndReserveAfter() {
        long outside = Memory.liveBytes(Owner.ACTIVATIONS);
        try (var scope = Scope.open()) {
            Tensor.empty(DType.INT8, 100);
            assertEquals(outside + (64 << 10), Memory.liveBytes(Owner.ACTIVATIONS));
            assertEquals(128, scope.bytes());
        }
        assertEquals(outside, Memory.liveBytes(Owner.ACTIVATIONS));
        assertEquals(64 << 10, Memory.liveBytes(Owner.RESERVE));
        Memory.trim();
        assertEquals(0, Memory.liveBytes(Owner.RESERVE));
    }

    @Test
    void gradientsGoWithTheirParameter() {
        long parameters = Memory.liveBytes(Owner.PARAMETERS);
        long gradients = Memory.liveBytes(Owner.GRADIENTS);
        var weight = Tensor.owned(Owner.PARAMETERS, DType.FLOAT32, Shape.of(100), "weight").requiresGrad(true);
        try (var _ = Scope.open()) {
            weight.square().sum().backward();
        }
        assertEquals(parameters + 400, Memory.liveBytes(Owner.PARAMETERS));
        assertEquals(gradients + 400, Memory.liveBytes(Owner.GRADIENTS));
        weight.close();
        assertEquals(parameters, Memory.liveBytes(Owner.PARAMETERS));
        assertEquals(gradients, Memory.liveBytes(Owner.GRADIENTS));
    }

    @Test
    void beyondTheBudgetTheExceptionSaysWhoHoldsWhat() {
        long live = Memory.liveBytes();
        Memory.setBudget(live + 10 * MIB);
        var held = Storage.own(Owner.DATA, 8 * MIB, "held");
        var refused = assertThrows(MemoryBudgetException.class,
                () -> Storage.own(Owner.PARAMETERS, 3 * MIB, "weights"));
        assertEquals(3 * MIB, refused.asked());
        assertEquals(live + 8 * MIB, refused.used());
        assertEquals(live + 10 * MIB, refused.limit());
        for (String fact : List.of("3,145,728 bytes asked for PARAMETERS", "DATA ", "smaller batches",
                "chagres.memory.budget")) {
            assertTrue(refused.getMessage().contains(fact), refused.getMessage());
        }
        assertEquals(live + 8 * MIB, Memory.liveBytes());
        var fits = Storage.own(Owner.PARAMETERS, 2 * MIB, "weights");
        assertEquals(Memory.budget(), Memory.liveBytes());
        fits.close();
        held.close();
    }

    @Test
    void idleSlabsMakeRoom() {
        long live = Memory.liveBytes();
        Memory.setBudget(live + 10 * MIB);
        try (var _ = Scope.open()) {
            Tensor.empty(DType.INT8, 8 * MIB);
        }
        assertEquals(8 * MIB, Memory.liveBytes(Owner.RESERVE));
        Storage.own(Owner.DATA, 9 * MIB, "data").close();
        assertEquals(0, Memory.liveBytes(Owner.RESERVE));
    }

    @Test
    void aScopeUsesTheBudgetToTheLastByte() {
        Memory.setBudget(Memory.liveBytes() + 10 * MIB);
        try (var _ = Scope.open()) {
            for (int i = 0; i < 10 * 16; i++) {
                Tensor.empty(DType.INT8, MIB / 16);
            }
            assertThrows(MemoryBudgetException.class, () -> Tensor.empty(DType.INT8, 1));
        }
    }

    @Test
    void tensorsThatAreGarbageMakeRoom() throws InterruptedException {
        Memory.setBudget(Memory.liveBytes() + 16 * MIB);
        for (int i = 0; i < 20; i++) {
            Tensor.empty(DType.INT8, 4 * MIB); // outside all scopes, and unreachable at once
        }
        Garbage.collect();
    }

    @Test
    void aRefusalByTheSystemLeavesTheBooksAsTheyWere() {
        Memory.setBudget(Long.MAX_VALUE);
        Memory.resetPeak();
        long live = Memory.liveBytes();
        var refused = assertThrows(MemoryBudgetException.class, () -> Storage.own(Owner.DATA, 1L << 60, "too much"));
        assertInstanceOf(OutOfMemoryError.class, refused.getCause());
        assertEquals(live, refused.used());
        assertEquals(live, Memory.liveBytes());
        assertEquals(live, Memory.peakBytes());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -64, Long.MIN_VALUE})
    void negativeSizesDoNotDisturbTheBooks(long bytes) {
        var before = Memory.report();
        assertThrows(IllegalArgumentException.class, () -> Storage.own(Owner.DATA, bytes, "negative"));
        assertThrows(IllegalArgumentException.class, () -> Storage.result(bytes, "negative"));
        try (var scope = Scope.open()) {
            assertThrows(IllegalArgumentException.class, () -> Storage.result(bytes, "negative"));
            assertEquals(0, scope.bytes());
        }
        assertEquals(before.live(), Memory.report().live());
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 62, Long.MAX_VALUE - 64, Long.MAX_VALUE})
    void hugeSizesAreBeyondTheBudget(long bytes) {
        assertThrows(MemoryBudgetException.class, () -> Storage.own(Owner.DATA, bytes, "huge"));
        try (var _ = Scope.open()) {
            assertThrows(MemoryBudgetException.class, () -> Storage.result(bytes, "huge"));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void aBudgetIsPositive(long bytes) {
        assertThrows(IllegalArgumentException.class, () -> Memory.setBudget(bytes));
        assertEquals(budget, Memory.budget());
    }

    @Test
    void aBudgetBelowWhatIsHeldOnlyStopsMore() {
        var held = Storage.own(Owner.DATA, MIB, "held");
        Memory.setBudget(1);
        assertThrows(MemoryBudgetException.class, () -> Storage.own(Owner.DATA, 1, "more"));
        assertTrue(held.isOpen());
        held.close();
    }

    @Test
    void countsAreRightWhenManyThreadsAllocate() throws InterruptedException {
        long live = Memory.liveBytes();
        Memory.resetPeak();
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 8; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 200; i++) {
                    Storage.own(Owner.DATA, 1000 + i, "many").close();
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertEquals(live, Memory.liveBytes());
        assertTrue(Memory.peakBytes() <= live + 8 * 1200, () -> Memory.report().toString());
    }

    @Test
    void theReportIsATable() {
        var text = Memory.report().toString();
        for (var owner : Owner.values()) {
            assertTrue(text.contains(owner.name()), text);
        }
        assertTrue(text.lines().anyMatch(line -> line.startsWith("budget")), text);
        assertTrue(text.lines().anyMatch(line -> line.startsWith("total")), text);
    }
}
