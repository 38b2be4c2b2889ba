package io.chagres.runtime.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.reliability.Garbage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** How tensors outlive their scope: {@code keep()} and {@code moveTo}. */
class KeepTest {
    @Test
    void aKeptTensorLivesUntilItIsClosed() throws InterruptedException {
        Garbage.collect();
        long before = Memory.liveBytes(Owner.ACTIVATIONS);
        Tensor kept;
        try (var _ = Scope.open()) {
            var sum = Tensor.of(new float[]{1, 2, 3}).add(1);
            kept = sum.keep();
            assertSame(sum, kept);
            assertSame(kept, kept.keep());
        }
        assertArrayEquals(new float[]{2, 3, 4}, kept.toFloatArray());
        assertEquals(before + 12, Memory.liveBytes(Owner.ACTIVATIONS));
        kept.close();
        kept.close();
        assertEquals(before, Memory.liveBytes(Owner.ACTIVATIONS));
        var gone = assertThrows(IllegalStateException.class, kept::toFloatArray);
        assertTrue(gone.getMessage().contains("kept add") && gone.getMessage().contains("it was closed"),
                gone.getMessage());
    }

    @Test
    void aKeptTensorServesAllThreads() throws Exception {
        Tensor kept;
        try (var _ = Scope.open()) {
            kept = Tensor.of(new float[]{3}).keep();
        }
        assertEquals(3, ScopeTest.elsewhere(kept::item));
        ScopeTest.elsewhere(() -> {
            kept.close();
            return null;
        });
        assertFalse(kept.isOpen());
    }

    @Test
    void aKeptViewIsNoViewAnyMore() {
        Tensor row;
        try (var _ = Scope.open()) {
            row = Tensor.of(new float[]{1, 2, 3, 4}, 2, 2).select(0, 1).keep();
        }
        assertArrayEquals(new float[]{3, 4}, row.toFloatArray());
        row.close();
        assertFalse(row.isOpen());
    }

    @Test
    void aViewWithStridesIsNotKept() {
        try (var _ = Scope.open()) {
            var columns = Tensor.ones(2, 3).t();
            var refused = assertThrows(IllegalStateException.class, columns::keep);
            assertTrue(refused.getMessage().contains("contiguous()"), refused.getMessage());
        }
    }

    @Test
    void keepingTooLateAllocatesNothing() {
        Tensor late;
        try (var _ = Scope.open()) {
            late = Tensor.ones(1000);
        }
        Memory.resetPeak();
        long before = Memory.peakBytes();
        assertThrows(IllegalStateException.class, late::keep);
        assertEquals(before, Memory.peakBytes());
        try (var scope = Scope.open()) {
            assertThrows(IllegalStateException.class, () -> late.moveTo(scope));
            assertEquals(0, scope.bytes());
        }
    }

    @Test
    void aMovedTensorEndsWithItsNewScope() {
        Tensor moved;
        try (var outer = Scope.open()) {
            try (var _ = Scope.open()) {
                moved = Tensor.of(new float[]{1, 2}).add(1).moveTo(outer);
            }
            assertArrayEquals(new float[]{2, 3}, moved.toFloatArray());
        }
        assertFalse(moved.isOpen());
    }

    @Test
    void movingIntoAScopeFreesWhatItLeaves() {
        try (var scope = Scope.open()) {
            var tensor = Tensor.owned(Owner.DATA, DType.FLOAT32, Shape.of(50), "rows");
            var left = tensor.storage();
            tensor.moveTo(scope);
            assertFalse(left.isOpen());
            assertArrayEquals(new float[50], tensor.toFloatArray());
        }
    }

    @Test
    void movingIntoAClosedScopeFails() {
        var closed = Scope.open();
        closed.close();
        try (var _ = Scope.open()) {
            var tensor = Tensor.ones(2);
            assertThrows(IllegalStateException.class, () -> tensor.moveTo(closed));
            assertTrue(tensor.isOpen());
        }
    }

    @Test
    void keepingDoesNotDisturbBackward() {
        try (var _ = Scope.open()) {
            var w = Tensor.of(new float[]{2, 0, 0, 2}, 2, 2).requiresGrad(true);
            var product = Tensor.of(new float[]{1, 2, 3, 4}, 2, 2).matmul(w);
            var loss = product.square().sum();
            product.keep();
            loss.backward();
            assertArrayEquals(new float[]{4 + 36, 8 + 48, 8 + 48, 16 + 64}, w.grad().toFloatArray());
            product.close();
        }
    }

    @Test
    void theGradientComesAlong() {
        Tensor leaf;
        try (var _ = Scope.open()) {
            leaf = Tensor.of(new float[]{3}).requiresGrad(true);
            leaf.square().sum().backward();
            leaf.keep();
        }
        assertEquals(6, leaf.grad().item());
        try (var _ = Scope.open()) {
            leaf.zeroGrad();
            leaf.square().sum().backward();
            assertEquals(6, leaf.grad().item());
        }
        leaf.close();
        assertFalse(leaf.grad().isOpen());
    }
}
