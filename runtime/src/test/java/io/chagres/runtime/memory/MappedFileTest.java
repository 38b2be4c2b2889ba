package io.chagres.runtime.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.reliability.Garbage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFileTest {
    @TempDir
    private Path folder;

    /** A file of floats 0, 1, 2 and so on. */
    private Path floats(int count) throws IOException {
        var bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.nativeOrder());
        for (int i = 0; i < count; i++) {
            bytes.putFloat(i);
        }
        return Files.write(folder.resolve("floats.bin"), bytes.array());
    }

    @Test
    void tensorsSeeTheFile() throws IOException {
        long data = Memory.liveBytes(Owner.DATA);
        try (var file = MappedFile.open(floats(10))) {
            assertEquals(40, file.size());
            assertEquals(data + 40, Memory.liveBytes(Owner.DATA));
            var part = Tensor.map(file, 8, DType.FLOAT32, Shape.of(2, 3));
            assertArrayEquals(new float[]{2, 3, 4, 5, 6, 7}, part.toFloatArray());
            part.close();
            assertTrue(part.isOpen(), "a view does not close the file");
        }
        assertEquals(data, Memory.liveBytes(Owner.DATA));
    }

    @Test
    void afterCloseTheFileIsNamed() throws IOException {
        var file = MappedFile.open(floats(4));
        var tensor = Tensor.map(file, 0, DType.FLOAT32, Shape.of(4));
        var segment = file.segment();
        file.close();
        file.close();
        for (var use : new Runnable[]{tensor::toFloatArray, () -> tensor.add(1), file::segment}) {
            var gone = assertThrows(IllegalStateException.class, use::run);
            assertTrue(gone.getMessage().contains("floats.bin was closed"), gone.getMessage());
        }
        assertFalse(tensor.isOpen());
        assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_FLOAT, 0));
    }

    @Test
    void itCannotBeWritten() throws IOException {
        try (var file = MappedFile.open(floats(4))) {
            var tensor = Tensor.map(file, 0, DType.FLOAT32, Shape.of(4));
            var refused = assertThrows(IllegalArgumentException.class, () -> tensor.fill(1));
            assertTrue(refused.getMessage().contains("read only"), refused.getMessage());
            assertThrows(IllegalArgumentException.class, () -> tensor.copyFrom(Tensor.ones(4)));
            assertThrows(RuntimeException.class, () -> file.segment().set(ValueLayout.JAVA_FLOAT, 0, 1));
            assertArrayEquals(new float[]{0, 1, 2, 3}, tensor.toFloatArray());
        }
    }

    @Test
    void whatLiesOutsideOrAskewIsRefused() throws IOException {
        try (var file = MappedFile.open(floats(4))) {
            assertThrows(IndexOutOfBoundsException.class, () -> Tensor.map(file, 4, DType.FLOAT32, Shape.of(4)));
            assertThrows(IndexOutOfBoundsException.class, () -> Tensor.map(file, -4, DType.FLOAT32, Shape.of(1)));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> Tensor.map(file, Long.MAX_VALUE, DType.FLOAT32, Shape.of(1)));
            assertThrows(IllegalArgumentException.class, () -> Tensor.map(file, 2, DType.FLOAT32, Shape.of(1)));
            assertEquals(0, Tensor.map(file, 16, DType.FLOAT32, Shape.of(0)).numel());
        }
    }

    @Test
    void anEmptyFileIsMapped() throws IOException {
        try (var file = MappedFile.open(Files.createFile(folder.resolve("empty")))) {
            assertEquals(0, file.size());
            assertEquals(0, file.segment().byteSize());
        }
    }

    @Test
    void whatCannotBeOpenedIsNamed() {
        var missing = assertThrows(IOException.class, () -> MappedFile.open(folder.resolve("missing.bin")));
        assertTrue(missing.getMessage().contains("missing.bin"), missing.getMessage());
        assertThrows(IOException.class, () -> MappedFile.open(folder));
    }

    @Test
    void beyondTheBudgetNothingIsMapped() throws Exception {
        Garbage.collect();
        long budget = Memory.budget();
        var path = floats(1000);
        long data = Memory.liveBytes(Owner.DATA);
        try {
            Memory.setBudget(Memory.liveBytes() + 3999);
            assertThrows(MemoryBudgetException.class, () -> MappedFile.open(path));
        } finally {
            Memory.setBudget(budget);
        }
        assertEquals(data, Memory.liveBytes(Owner.DATA));
        MappedFile.open(path).close();
    }
}
