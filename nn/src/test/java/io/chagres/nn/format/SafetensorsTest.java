package io.chagres.nn.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("a.safetensors");
    }

    @Test
    void writesTheFormatToTheByte() throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("b", Tensor.of(new float[]{1, -2}, 2, 1));
        tensors.put("a", Tensor.of(new long[]{3}, 1));
        Safetensors.save(file(), tensors, Map.of("format", "pt"));
        String header = """
                {"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]},\
                "a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""";
        byte[] expected = SafetensorsFiles.of(header + " ".repeat(-header.length() & 7),
                new byte[]{3, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0});
        assertArrayEquals(expected, Files.readAllBytes(file()));
    }

    @Test
    void everyTypeComesBackAsAnAlignedViewInTheOrderOfTheMap() throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        for (var dtype : List.of(DType.UINT8, DType.FLOAT32, DType.BOOL, DType.BFLOAT16, DType.FLOAT64, DType.INT8,
                DType.INT16, DType.FLOAT16, DType.INT64, DType.INT32)) {
            var tensor = Tensor.empty(dtype, 3, 1, 5);
            for (long i = 0; i < tensor.segment().byteSize(); i++) {
                tensor.segment().set(ValueLayout.JAVA_BYTE, i, (byte) (i * 37));
            }
            tensors.put("tensor of \"" + dtype + "\" \u00e4\ud83d\ude00", tensor);
        }
        assertEquals(DType.values().length, tensors.size());
        tensors.put("scalar", Tensor.scalar(2.5));
        tensors.put("empty", Tensor.zeros(2, 0));
        Safetensors.save(file(), tensors, Map.of());
        try (var saved = SafetensorsFile.open(file())) {
            assertEquals(List.copyOf(tensors.keySet()), List.copyOf(saved.names()));
            assertEquals(Map.of(), saved.metadata());
            for (var expected : tensors.entrySet()) {
                var view = saved.tensor(expected.getKey());
                assertEquals(expected.getValue().dtype(), view.dtype());
                assertEquals(expected.getValue().shape(), view.shape());
                assertEquals(-1, expected.getValue().segment().mismatch(view.segment()));
                assertTrue(view.segment().isReadOnly(), "a copy");
            }
            assertEquals(2.5, saved.tensor("scalar").item());
            assertEquals(Shape.of(2, 0), saved.shape("empty"));
            assertEquals(DType.FLOAT32, saved.dtype("empty"));
        }
    }

    @Test
    void viewsCostNothingBesidesTheMappedFileAndEndWithIt() throws IOException {
        Safetensors.save(file(), Map.of("w", Tensor.ones(100, 10)), Map.of("k", "v"));
        long before = Memory.liveBytes(Owner.DATA);
        var saved = SafetensorsFile.open(file());
        // at most: what the collector frees meanwhile may have been counted before
        assertTrue(Memory.liveBytes(Owner.DATA) <= before + Files.size(file()));
        long all = Memory.liveBytes();
        var view = saved.tensor("w");
        assertTrue(Memory.liveBytes() <= all);
        assertEquals(Map.of("k", "v"), saved.metadata());
        assertEquals(1, view.toFloatArray()[999]);
        saved.close();
        saved.close();
        assertTrue(Memory.liveBytes(Owner.DATA) <= before);
        assertThrows(IllegalStateException.class, view::toFloatArray);
        assertThrows(IllegalStateException.class, view::segment);
    }

    @Test
    void anUnalignedTensorOfAnotherWriterIsCopied() throws IOException {
        String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}";
        Files.write(file(), SafetensorsFiles.of(header, new byte[]{7, 0, 0, (byte) 0x80, 0x3f}));
        try (var saved = SafetensorsFile.open(file())) {
            assertEquals(7, saved.tensor("a").item());
            assertEquals(1, saved.tensor("b").item());
            assertFalse(saved.tensor("b").segment().isReadOnly());
        }
    }

    @Test
    void savingOverAnOpenFileLeavesItsViewsAsTheyWere() throws IOException {
        Safetensors.save(file(), Map.of("w", Tensor.ones(3)), Map.of());
        try (var saved = SafetensorsFile.open(file())) {
            Safetensors.save(file(), Map.of("w", Tensor.zeros(3)), Map.of());
            assertArrayEquals(new float[]{1, 1, 1}, saved.tensor("w").toFloatArray());
        }
    }

    @Test
    void aFullDiskIsReportedAndLeavesTheOldFile() throws IOException {
        Safetensors.save(file(), Map.of("w", Tensor.ones(1000)), Map.of());
        byte[] old = Files.readAllBytes(file());
        for (int capacity : new int[]{0, 8, 9, 100, 2000, old.length - 1}) {
            var disk = new FaultyDisk();
            disk.capacity = capacity;
            var e = assertThrows(IOException.class,
                    () -> Safetensors.save(disk, file(), Map.of("w", Tensor.zeros(1000)), Map.of()));
            assertEquals("cannot write " + file() + ": No space left on device", e.getMessage());
            assertArrayEquals(old, Files.readAllBytes(file()));
        }
    }

    @Test
    void refusesWhatItCannotSave() throws IOException {
        var matrix = Tensor.ones(2, 3);
        assertThrows(IllegalArgumentException.class, () -> Safetensors.save(file(), Map.of("t", matrix.t()), Map.of()));
        assertThrows(IllegalArgumentException.class,
                () -> Safetensors.save(file(), Map.of("__metadata__", matrix), Map.of()));
        matrix.close();
        assertThrows(IllegalStateException.class, () -> Safetensors.save(file(), Map.of("t", matrix), Map.of()));
        assertFalse(Files.exists(file()));
    }

    @Test
    void namesWhatThereIs() throws IOException {
        Safetensors.save(file(), Map.of("w", Tensor.ones(1)), Map.of());
        try (var saved = SafetensorsFile.open(file())) {
            var e = assertThrows(IllegalArgumentException.class, () -> saved.tensor("v"));
            assertEquals(file() + ": no tensor 'v'; it holds [w]", e.getMessage());
        }
    }

    @Test
    void aMissingFileIsNamed() {
        var e = assertThrows(IOException.class, () -> SafetensorsFile.open(file()));
        assertTrue(e.getMessage().contains(file().toString()), e.getMessage());
    }
}
