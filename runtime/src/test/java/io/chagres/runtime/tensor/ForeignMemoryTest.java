package io.chagres.runtime.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.reliability.Garbage;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Convert;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Tensors over memory that somebody else allocated: segments and files. */
class ForeignMemoryTest {
    @Test
    void changesOfOneAreChangesOfTheOther() {
        try (var arena = Arena.ofConfined()) {
            var segment = arena.allocate(24, 8);
            var x = Tensor.wrap(segment, DType.FLOAT32, 2, 3);
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, 4, 7);
            assertArrayEquals(new float[]{0, 0, 0, 0, 7, 0}, x.toFloatArray());
            x.select(0, 0).fill(2);
            assertEquals(2, segment.getAtIndex(ValueLayout.JAVA_FLOAT, 2));
            assertEquals(segment.address(), x.segment().address());
            assertArrayEquals(new float[]{12, 14, 14, 49}, x.matmul(x.t()).toFloatArray());
            assertEquals(Shape.of(3), Tensor.wrap(segment, DType.INT64).shape());
            x.close();
            assertThrows(IllegalStateException.class, x::toFloatArray);
            assertEquals(7, segment.getAtIndex(ValueLayout.JAVA_FLOAT, 4));
        }
    }

    @Test
    void operationsOnTheWholeTeamReadConfinedMemory() {
        int n = 300_000;
        try (var arena = Arena.ofConfined(); var _ = Scope.open()) {
            var x = Tensor.wrap(arena.allocate(4L * n, 64), DType.FLOAT32, n).fill(3);
            assertEquals(3.0 * n, x.add(x).to(DType.FLOAT64).sum().item() / 2);
            var weight = x.narrow(0, 0, 4).requiresGrad(true);
            weight.mul(weight).sum().backward();
            assertArrayEquals(new float[]{6, 6, 6, 6}, weight.grad().toFloatArray());
        }
    }

    @Test
    void whenTheArenaIsClosedTheTensorIsGone() {
        Tensor x;
        Tensor view;
        Tensor kept;
        MemorySegment exposed;
        try (var arena = Arena.ofConfined()) {
            x = Tensor.wrap(arena.allocate(16, 4), DType.FLOAT32, 4).fill(1);
            view = x.narrow(0, 1, 2);
            exposed = x.segment();
            kept = Tensor.wrap(arena.allocate(16, 4), DType.FLOAT32, 4).fill(5).keep();
            assertTrue(x.isOpen());
        }
        for (var gone : new Tensor[]{x, view}) {
            assertFalse(gone.isOpen());
            for (var use : new Executable[]{gone::toFloatArray, gone::clone, gone::segment,
                    () -> gone.fill(1), () -> gone.add(gone)}) {
                var thrown = assertThrows(IllegalStateException.class, use);
                assertTrue(thrown.getMessage().contains("its arena was closed"), thrown.getMessage());
            }
            assertTrue(gone.toString().contains("gone"), gone.toString());
        }
        assertThrows(IllegalStateException.class, () -> exposed.get(ValueLayout.JAVA_FLOAT, 0));
        assertArrayEquals(new float[]{5, 5, 5, 5}, kept.toFloatArray());
        kept.close();
    }

    @Test
    void aFunctionThatClosesTheArenaWhileItFillsIsTold() {
        var arena = Arena.ofConfined();
        var x = Tensor.wrap(arena.allocate(16, 4), DType.FLOAT32, 4);
        var thrown = assertThrows(IllegalStateException.class, () -> Convert.fill(x, i -> {
            if (i == 2) {
                arena.close();
            }
            return i;
        }));
        assertTrue(thrown.getMessage().contains("closed"), thrown.getMessage());
    }

    @Test
    void aConfinedArenaServesItsThreadOnly() {
        try (var arena = Arena.ofConfined()) {
            var segment = arena.allocate(16, 4);
            var x = Tensor.wrap(segment, DType.FLOAT32, 4);
            var thrown = assertThrows(CompletionException.class,
                    () -> CompletableFuture.supplyAsync(x::toFloatArray).join());
            assertTrue(thrown.getCause() instanceof IllegalStateException, thrown.toString());
            assertTrue(thrown.getMessage().contains("confined"), thrown.getMessage());
            assertThrows(CompletionException.class,
                    () -> CompletableFuture.supplyAsync(() -> Tensor.wrap(segment, DType.FLOAT32, 4)).join());
            assertTrue(CompletableFuture.supplyAsync(x::toString).join().contains("another thread"));
        }
    }

    @Test
    void arenasThatAreNeverClosedServeAllThreads() {
        for (var arena : new Arena[]{Arena.ofAuto(), Arena.global()}) {
            var x = Tensor.wrap(arena.allocate(16, 4), DType.FLOAT32, 4).fill(2);
            assertArrayEquals(new float[]{2, 2, 2, 2}, CompletableFuture.supplyAsync(x::toFloatArray).join());
        }
    }

    @Test
    void whatCannotBeWrapped() {
        refused(() -> Tensor.wrap(MemorySegment.ofArray(new float[4]), DType.FLOAT32, 4), "heap");
        try (var shared = Arena.ofShared()) {
            var segment = shared.allocate(16, 4);
            refused(() -> Tensor.wrap(segment, DType.FLOAT32, 4), "shared arena");
        }
        try (var arena = Arena.ofConfined()) {
            var segment = arena.allocate(18, 8);
            refused(() -> Tensor.wrap(segment.asSlice(2), DType.FLOAT32, 4), "not aligned");
            refused(() -> Tensor.wrap(segment, DType.FLOAT32), "18 bytes");
            assertThrows(IndexOutOfBoundsException.class, () -> Tensor.wrap(segment, DType.FLOAT32, 5));
            assertThrows(NullPointerException.class, () -> Tensor.wrap(segment, null, 5));
            var readOnly = Tensor.wrap(segment.asReadOnly(), DType.INT16, 9);
            assertEquals(0, readOnly.sum().item());
            refused(() -> readOnly.fill(1), "read only");
        }
        MemorySegment ended;
        try (var arena = Arena.ofConfined()) {
            ended = arena.allocate(8);
        }
        var thrown = assertThrows(IllegalStateException.class, () -> Tensor.wrap(ended, DType.INT8, 1));
        assertTrue(thrown.getMessage().contains("closed"), thrown.getMessage());
        assertThrows(NullPointerException.class, () -> Tensor.wrap(null, DType.FLOAT32, 1));
    }

    private static void refused(Executable call, String fact) {
        var thrown = assertThrows(IllegalArgumentException.class, call);
        assertTrue(thrown.getMessage().contains(fact), thrown.getMessage());
    }

    @Test
    void rawFiles(@TempDir Path folder) throws IOException, InterruptedException {
        Garbage.collect();
        var file = Files.write(folder.resolve("numbers.raw"), new byte[]{1, 0, 2, 0, 3, 0, 4, 0});
        long before = Memory.liveBytes();
        var x = Tensor.map(file, DType.INT16, 2, 2);
        assertArrayEquals(new int[]{1, 2, 3, 4}, x.toIntArray());
        refused(() -> x.fill(1), "read only");
        x.close();
        assertEquals(before, Memory.liveBytes());
        assertThrows(IllegalStateException.class, x::toIntArray);
        try (var all = Tensor.map(file, DType.UINT8)) {
            assertEquals(Shape.of(8), all.shape());
        }
        assertThrows(IndexOutOfBoundsException.class, () -> Tensor.map(file, DType.INT16, 5));
        assertThrows(NoSuchFileException.class, () -> Tensor.map(folder.resolve("none"), DType.INT16, 5));
        assertEquals(before, Memory.liveBytes());
    }
}
