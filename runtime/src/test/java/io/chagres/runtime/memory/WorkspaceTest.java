package io.chagres.runtime.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.reliability.Garbage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
    @BeforeAll
    static void nothingElseMovesTheBooks() throws InterruptedException {
        Garbage.collect();
    }

    @BeforeEach
    void nothingIsIdle() {
        Memory.trim();
    }

    @Test
    void aSteadyUserAllocatesNothing() {
        var first = Workspace.take(5000);
        long address = first.address();
        first.giveBack();
        assertEquals(5000, Memory.liveBytes(Owner.WORKSPACE));
        for (int size : new int[]{5000, 64, 0, 4999}) {
            var again = Workspace.take(size);
            assertEquals(address, again.address());
            again.giveBack();
        }
        assertEquals(5000, Memory.liveBytes(Owner.WORKSPACE));
    }

    @Test
    void eachUserHasItsOwn() {
        var first = Workspace.take(100);
        var second = Workspace.take(100);
        assertNotEquals(first.address(), second.address());
        second.giveBack();
        first.giveBack();
        assertEquals(200, Memory.liveBytes(Owner.WORKSPACE));
        Memory.trim();
        assertEquals(0, Memory.liveBytes(Owner.WORKSPACE));
    }

    @Test
    void beyondTheBudgetItIsRefusedAndCanBeAskedForAgain() {
        long budget = Memory.budget();
        try {
            Memory.setBudget(Memory.liveBytes() + 1000);
            assertThrows(MemoryBudgetException.class, () -> Workspace.take(2000));
            assertEquals(0, Memory.liveBytes(Owner.WORKSPACE));
            Workspace.take(1000).giveBack();
            assertThrows(MemoryBudgetException.class, () -> Workspace.take(2000));
        } finally {
            Memory.setBudget(budget);
        }
        var workspace = Workspace.take(2000);
        assertEquals(2000, Memory.liveBytes(Owner.WORKSPACE));
        workspace.giveBack();
    }
}
