package io.chagres.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.format.FormatException;
import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
    @TempDir
    Path directory;

    @Test
    void imagesComeAsFloatsOfOneChannelAndClassesAsInt64() throws IOException {
        long before = Memory.liveBytes();
        try (var images = IdxFiles.images(directory, 9, 4, 5)) {
            assertEquals(9, images.size());
            assertEquals(Shape.of(1, 4, 5), images.inputShape());
            assertEquals(DType.FLOAT32, images.inputDType());
            assertEquals(Shape.of(), images.labelShape());
            assertEquals(DType.INT64, images.labelDType());
            try (var inputs = Tensor.empty(DType.FLOAT32, 3, 1, 4, 5); var labels = Tensor.empty(DType.INT64, 3)) {
                images.read(new long[]{77, 8, 0, 8, 77}, 1, 3, inputs, labels);
                byte[] pixels = Files.readAllBytes(directory.resolve("images"));
                byte[] classes = Files.readAllBytes(directory.resolve("classes"));
                int[] rows = {8, 0, 8};
                for (int i = 0; i < 3; i++) {
                    assertEquals(classes[8 + rows[i]], labels.toLongArray()[i]);
                    for (int j = 0; j < 20; j++) {
                        assertEquals((pixels[16 + rows[i] * 20 + j] & 0xff) / 255.0, inputs.toFloatArray()[i * 20 + j],
                                1e-7);
                    }
                }
            }
        }
        // at most: what the collector frees meanwhile may have been counted before
        assertTrue(Memory.liveBytes() <= before);
    }

    @Test
    void imagesAndClassesMustBelongTogether() throws IOException {
        var images = Files.write(directory.resolve("i"), IdxFiles.bytes(new byte[12], 2, 2, 3));
        var flat = Files.write(directory.resolve("f"), IdxFiles.bytes(new byte[12], 2, 6));
        var three = Files.write(directory.resolve("c"), IdxFiles.bytes(new byte[3], 3));
        long before = Memory.liveBytes();
        var e = assertThrows(FormatException.class, () -> ImageDataset.open(images, three));
        assertEquals(three + ": holds [3]; the images of " + images + " need [2]", e.getMessage());
        e = assertThrows(FormatException.class, () -> ImageDataset.open(flat, three));
        assertEquals(flat + ": holds [2, 6]; images are [n, height, width]", e.getMessage());
        assertThrows(IOException.class, () -> ImageDataset.open(images, directory.resolve("missing")));
        assertTrue(Memory.liveBytes() <= before);
    }

    @Test
    void aClosedDataSetCannotBeRead() throws IOException {
        var images = IdxFiles.images(directory, 2, 1, 1);
        images.close();
        images.close();
        var inputs = Tensor.empty(DType.FLOAT32, 1, 1, 1, 1);
        var labels = Tensor.empty(DType.INT64, 1);
        assertThrows(IllegalStateException.class, () -> images.read(new long[1], 0, 1, inputs, labels));
    }

    @Test
    void tensorsAreGatheredAndScaled() {
        var data = new TensorDataset(Tensor.of(new float[]{1, 2, 3, 4, 5, 6}, 3, 2),
                Tensor.of(new float[]{10, 20, 30}, 3, 1), 0.5);
        assertEquals(Shape.of(2), data.inputShape());
        assertEquals(Shape.of(1), data.labelShape());
        assertEquals(DType.FLOAT32, data.labelDType());
        var inputs = Tensor.empty(DType.FLOAT32, 2, 2);
        var labels = Tensor.empty(DType.FLOAT32, 2, 1);
        data.read(new long[]{2, 0}, 0, 2, inputs, labels);
        assertArrayEquals(new float[]{2.5f, 3, 0.5f, 1}, inputs.toFloatArray());
        assertArrayEquals(new float[]{30, 10}, labels.toFloatArray());
    }

    @Test
    void rowsAndTensorsAreChecked() {
        var data = new TensorDataset(Tensor.zeros(3, 2), Tensor.of(new long[]{1, 2, 3}));
        var inputs = Tensor.empty(DType.FLOAT32, 1, 2);
        var labels = Tensor.empty(DType.INT64, 1);
        assertThrows(IndexOutOfBoundsException.class, () -> data.read(new long[]{3}, 0, 1, inputs, labels));
        assertThrows(IndexOutOfBoundsException.class, () -> data.read(new long[]{-1}, 0, 1, inputs, labels));
        var e = assertThrows(IllegalArgumentException.class, () -> data.read(new long[2], 0, 2, inputs, labels));
        assertEquals("data set: 2 rows of inputs need a contiguous tensor of FLOAT32 [2, 2], not one of FLOAT32 [1, 2]",
                e.getMessage());
        assertThrows(IllegalArgumentException.class,
                () -> data.read(new long[1], 0, 1, inputs, Tensor.empty(DType.INT32, 1)));
        inputs.close();
        assertThrows(IllegalStateException.class, () -> data.read(new long[1], 0, 1, inputs, labels));
    }

    @Test
    void whatCannotBeADataSetIsRefused() {
        var labels = Tensor.of(new long[]{1, 2, 3});
        var e = assertThrows(IllegalArgumentException.class, () -> new TensorDataset(Tensor.zeros(2, 2), labels));
        assertEquals("data set: 2 inputs [2, 2], but 3 labels [3]", e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> new TensorDataset(labels, labels));
        assertTrue(e.getMessage().contains("INT64 cannot be scaled to float32"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new TensorDataset(Tensor.zeros(3, 3).t(), labels));
        assertThrows(IllegalArgumentException.class, () -> new TensorDataset(Tensor.scalar(1), labels));
    }
}
