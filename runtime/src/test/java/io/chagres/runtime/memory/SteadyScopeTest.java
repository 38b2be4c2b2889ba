package io.chagres.runtime.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.runtime.reliability.Garbage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** After the first steps, a scope is the same memory again: nothing is allocated, freed or zeroed. */
class SteadyScopeTest {
    private static final int STEPS = 50;

    /** A step with tensors of many sizes and a scope within; returns where they lie. */
    private static long[] step() {
        var addresses = new long[12];
        try (var _ = Scope.open()) {
            for (int i = 0; i < 10; i++) {
                addresses[i] = Tensor.full(DType.FLOAT32, i, 1000 << i).storage().address();
            }
            try (var _ = Scope.open()) {
                addresses[10] = Tensor.ones(70_000).storage().address();
            }
            addresses[11] = Tensor.ones(3).storage().address();
        }
        return addresses;
    }

    @Test
    void aSteadyStepAllocatesNothing() throws InterruptedException {
        Garbage.collect();
        step();
        var addresses = step();
        Memory.resetPeak();
        var before = Memory.report();
        for (int i = 0; i < STEPS; i++) {
            assertArrayEquals(addresses, step());
        }
        var after = Memory.report();
        assertEquals(before.live(), after.live());
        assertEquals(before.totalLive(), after.totalPeak(), "something was allocated for a while");
    }

    @Test
    void theMemoryIsNotZeroedAgain() {
        for (int i = 0; i < 3; i++) {
            try (var _ = Scope.open()) {
                Tensor.full(DType.FLOAT32, 7, 500);
            }
        }
        try (var _ = Scope.open()) {
            var expected = new float[500];
            Arrays.fill(expected, 7);
            assertArrayEquals(expected, Tensor.empty(DType.FLOAT32, 500).toFloatArray());
        }
    }

    @Test
    void aSlabThatGrewInPiecesBecomesOne() throws InterruptedException {
        Garbage.collect();
        try (var _ = Scope.open()) {
            for (int i = 0; i < 40; i++) {
                Tensor.empty(DType.INT8, 64_000);
            }
        }
        assertEquals(40 * 64_000, Memory.liveBytes(Owner.RESERVE));
        try (var _ = Scope.open()) {
            long first = Tensor.empty(DType.INT8, 64_000).storage().address();
            for (int i = 1; i < 40; i++) {
                assertEquals(first + i * 64_000, Tensor.empty(DType.INT8, 64_000).storage().address());
            }
        }
    }

    @Test
    void theSlabGivenBackLastIsTakenFirst() {
        long hot;
        try (var _ = Scope.open()) {
            try (var _ = Scope.open()) {
                Tensor.ones(1);
            }
            hot = Tensor.ones(1).storage().address();
        }
        try (var _ = Scope.open()) {
            assertEquals(hot, Tensor.ones(1).storage().address());
        }
    }
}
