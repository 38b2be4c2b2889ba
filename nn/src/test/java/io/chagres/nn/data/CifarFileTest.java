package io.chagres.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.format.FormatException;
import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarFileTest {
    @TempDir
    Path folder;

    /** Random images with the class i % 10 behind other class bytes of 99, which must not be read. */
    private static byte[] records(int count, int classBytes, long seed) {
        byte[] bytes = new byte[count * (classBytes + 3072)];
        new Random(seed).nextBytes(bytes);
        for (int i = 0; i < count; i++) {
            bytes[i * (classBytes + 3072)] = 99;
            bytes[i * (classBytes + 3072) + classBytes - 1] = (byte) (i % 10);
        }
        return bytes;
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    @Test
    void showsImagesAndClassesWithoutACopy() throws IOException {
        long before = Memory.liveBytes();
        for (int classBytes = 1; classBytes <= 2; classBytes++) {
            byte[] bytes = records(3, classBytes, 5);
            var path = write("some.bin", bytes);
            var file = classBytes == 1 ? CifarFile.openCifar10(path) : CifarFile.openCifar100(path);
            assertTrue(Memory.liveBytes() <= before + bytes.length);
            assertEquals(path, file.path());
            assertEquals(DType.UINT8, file.images().dtype());
            assertEquals(Shape.of(3, 3, 32, 32), file.images().shape());
            assertArrayEquals(new float[]{0, 1, 2}, file.classes().toFloatArray());
            float[] pixels = file.images().toFloatArray();
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3072; j++) {
                    assertEquals(bytes[i * (classBytes + 3072) + classBytes + j] & 0xff, pixels[i * 3072 + j]);
                }
            }
            var view = file.images();
            file.close();
            file.close();
            assertThrows(IllegalStateException.class, view::toFloatArray);
            assertTrue(Memory.liveBytes() <= before);
        }
    }

    @Test
    void wrongLengthsAreRefused() throws IOException {
        long before = Memory.liveBytes(Owner.DATA);
        for (int length : new int[]{0, 1, 3072, 3074, 2 * 3073 - 1, 3 * 3074}) {
            var path = write("bad.bin", new byte[length]);
            var e = assertThrows(FormatException.class, () -> CifarFile.openCifar10(path));
            assertEquals(path + ": has " + length
                    + " bytes; a binary file of CIFAR-10 has records of 3073 bytes, so at least one and no rest",
                    e.getMessage());
        }
        var path = write("bad.bin", new byte[3073]);
        var e = assertThrows(FormatException.class, () -> CifarFile.openCifar100(path));
        assertTrue(e.getMessage().contains("CIFAR-100 has records of 3074 bytes"), e.getMessage());
        assertTrue(Memory.liveBytes(Owner.DATA) <= before);
    }

    @Test
    void theFilesOfAFolderAreOneDataSet() throws IOException {
        var all = new byte[5][];
        int[] counts = {2, 1, 3, 1, 2};
        for (int i = 0; i < 5; i++) {
            all[i] = records(counts[i], 1, i);
            write("data_batch_" + (i + 1) + ".bin", all[i]);
        }
        write("test_batch.bin", records(4, 1, 9));
        try (var test = ImageDataset.cifar10(folder, false)) {
            assertEquals(4, test.size());
        }
        long before = Memory.liveBytes();
        var train = ImageDataset.cifar10(folder, true);
        assertEquals(9, train.size());
        assertEquals(Shape.of(3, 32, 32), train.inputShape());
        assertEquals(DType.INT64, train.labelDType());
        long[] rows = {8, 0, 2, 3, 5, 6, 1, 7};
        int[][] places = {{4, 1}, {0, 0}, {1, 0}, {2, 0}, {2, 2}, {3, 0}, {0, 1}, {4, 0}};
        var inputs = Tensor.empty(DType.FLOAT32, 8, 3, 32, 32);
        var labels = Tensor.empty(DType.INT64, 8);
        train.read(rows, 0, 8, inputs, labels);
        for (int i = 0; i < 8; i++) {
            byte[] bytes = all[places[i][0]];
            int start = places[i][1] * 3073;
            assertEquals(bytes[start], labels.toLongArray()[i]);
            float[] pixels = inputs.select(0, i).toFloatArray();
            for (int j = 0; j < 3072; j++) {
                assertEquals((bytes[start + 1 + j] & 0xff) / 255.0, pixels[j], 1e-7);
            }
        }
        assertThrows(IndexOutOfBoundsException.class,
                () -> train.read(new long[]{9, 0, 0, 0, 0, 0, 0, 0}, 0, 8, inputs, labels));
        inputs.close();
        labels.close();
        train.close();
        assertThrows(IllegalStateException.class, () -> train.read(rows, 0, 8, inputs, labels));
        assertTrue(Memory.liveBytes() <= before);
    }

    @Test
    void aMissingFileIsNamedWithWhatWasExpected() throws IOException {
        write("data_batch_1.bin", records(1, 1, 1));
        long before = Memory.liveBytes(Owner.DATA);
        var e = assertThrows(IOException.class, () -> ImageDataset.cifar10(folder, true));
        assertEquals(folder.resolve("data_batch_2.bin") + " is not there; CIFAR-10 in its binary form has "
                + "data_batch_1.bin, data_batch_2.bin, data_batch_3.bin, data_batch_4.bin, data_batch_5.bin",
                e.getMessage());
        e = assertThrows(IOException.class, () -> ImageDataset.cifar100(folder.resolve("none"), false));
        assertEquals(folder.resolve("none/test.bin") + " is not there; CIFAR-100 in its binary form has test.bin",
                e.getMessage());
        assertTrue(Memory.liveBytes(Owner.DATA) <= before);
        assertThrows(IOException.class, () -> CifarFile.openCifar10(folder.resolve("none")));
    }

    @Test
    void theFolderOfTheArchiveMayBeInside() throws IOException {
        var inner = Files.createDirectory(folder.resolve("cifar-100-binary"));
        Files.write(inner.resolve("train.bin"), records(3, 2, 1));
        try (var train = ImageDataset.cifar100(folder, true); var same = ImageDataset.cifar100(inner, true)) {
            assertEquals(3, train.size());
            assertEquals(3, same.size());
        }
    }
}
