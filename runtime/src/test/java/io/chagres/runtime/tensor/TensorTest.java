package io.chagres.runtime.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.reliability.Garbage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {
    @Test
    void randomNumbersComeFromTheGenerator() {
        float[] uniform = Tensor.rand(new Generator(3), 4, 5).toFloatArray();
        var generator = new Generator(3);
        for (float drawn : uniform) {
            assertEquals(generator.nextFloat(), drawn);
        }
        float[] normal = Tensor.randn(new Generator(4), 20).toFloatArray();
        var other = new Generator(4);
        for (float drawn : normal) {
            assertEquals((float) other.nextGaussian(), drawn);
        }
    }

    @Test
    void describesItself() {
        var x = Tensor.zeros(2, 3, 4);
        assertEquals(3, x.rank());
        assertEquals(24, x.numel());
        assertEquals(4, x.size(-1));
        assertEquals(12, x.stride(0));
        assertTrue(x.isContiguous());
        assertFalse(x.transpose(0, 1).isContiguous());
        assertEquals(4, x.transpose(0, 1).stride(0));
        assertEquals(x.position() + 4 * 4, x.narrow(1, 1, 2).position());
        assertThrows(IndexOutOfBoundsException.class, () -> x.size(3));
        assertThrows(IndexOutOfBoundsException.class, () -> x.stride(-4));
    }

    @Test
    void canBePrintedWhateverHappenedToItsMemory() {
        Tensor gone;
        try (var _ = Scope.open()) {
            gone = Tensor.ones(2);
            assertEquals("tensor(..., shape=[2], dtype=FLOAT32) in a scope of another thread",
                    CompletableFuture.supplyAsync(gone::toString).join());
        }
        assertEquals("tensor(..., shape=[2], dtype=FLOAT32), its memory is gone", gone.toString());
    }

    @Test
    void overBytesThatAreThereAlready() {
        var storage = Storage.collected(Owner.DATA, 64, "sixty-four bytes");
        var ints = Tensor.over(storage, 8, DType.INT32, Shape.of(2, 3))
                .copyFrom(Tensor.of(new long[]{1, 2, 3, 4, 5, 6}, 2, 3));
        assertArrayEquals(new long[]{0, 0, 1, 2, 3, 4, 5, 6, 0},
                Tensor.over(storage, 0, DType.INT32, Shape.of(9)).toLongArray());
        assertSame(storage, ints.storage());
        assertEquals(0, Tensor.over(storage, 64, DType.INT64, Shape.of(0)).numel());
        var tooLong = assertThrows(IndexOutOfBoundsException.class,
                () -> Tensor.over(storage, 60, DType.INT64, Shape.of(1)));
        assertTrue(tooLong.getMessage().contains("sixty-four bytes of 64 bytes"), tooLong.getMessage());
        assertThrows(IndexOutOfBoundsException.class, () -> Tensor.over(storage, -8, DType.INT64, Shape.of(1)));
        assertThrows(IndexOutOfBoundsException.class,
                () -> Tensor.over(storage, Long.MAX_VALUE - 3, DType.INT8, Shape.of(8)));
        var crooked = assertThrows(IllegalArgumentException.class,
                () -> Tensor.over(storage, 2, DType.FLOAT32, Shape.of(1)));
        assertTrue(crooked.getMessage().contains("not aligned to 4 bytes"), crooked.getMessage());
    }

    @Test
    void segmentIsTheMemoryItself() {
        var x = Tensor.zeros(2, 3);
        x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, 4, 7);
        assertArrayEquals(new float[]{0, 0, 0, 0, 7, 0}, x.toFloatArray());
        assertEquals(12, x.select(0, 1).segment().byteSize());
        assertEquals(7, x.select(0, 1).segment().getAtIndex(ValueLayout.JAVA_FLOAT, 1));
        var strided = assertThrows(IllegalStateException.class, () -> x.t().segment());
        assertTrue(strided.getMessage().contains("contiguous()"), strided.getMessage());
        MemorySegment ended;
        try (var _ = Scope.open()) {
            ended = Tensor.zeros(1).segment();
            ended.setAtIndex(ValueLayout.JAVA_FLOAT, 0, 1);
        }
        assertThrows(IllegalStateException.class, () -> ended.getAtIndex(ValueLayout.JAVA_FLOAT, 0));
    }

    @Test
    void closingEndsViewsAndTheGradientToo() throws InterruptedException {
        Garbage.collect();
        long before = Memory.liveBytes();
        var x = Tensor.owned(Owner.PARAMETERS, DType.FLOAT32, Shape.of(2, 3), "x").requiresGrad(true);
        var view = x.view(6);
        var state = Tensor.collected(Owner.OPTIMIZER_STATE, DType.FLOAT32, Shape.of(2, 3), "state");
        x.closeAlong(state);
        try (var _ = Scope.open()) {
            x.square().sum().backward();
        }
        var gradient = x.grad();
        view.close();
        assertTrue(x.isOpen(), "a view does not own");
        x.close();
        x.close();
        for (var tensor : new Tensor[]{x, view, gradient, state}) {
            assertFalse(tensor.isOpen());
            assertThrows(IllegalStateException.class, tensor::toFloatArray);
        }
        Memory.trim();
        assertTrue(Memory.liveBytes() <= before);
    }

    @Test
    void closingDoesNothingInAScope() {
        try (var _ = Scope.open()) {
            var x = Tensor.ones(2);
            x.close();
            assertArrayEquals(new float[]{1, 1}, x.toFloatArray());
        }
    }

    @ParameterizedTest
    @EnumSource
    void typesKnowTheirSizeAndWhetherTheyHaveGradients(DType dtype) {
        assertEquals(3L * dtype.bytes(), Tensor.full(dtype, 0, 3).storage().bytes());
        var x = Tensor.full(dtype, 1, 2);
        if (dtype.isFloatingPoint()) {
            assertTrue(x.requiresGrad(true).requiresGrad());
        } else {
            assertThrows(IllegalArgumentException.class, () -> x.requiresGrad(true));
            assertFalse(x.requiresGrad(false).requiresGrad());
        }
        assertNull(x.grad());
    }
}
