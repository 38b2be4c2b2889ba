package io.chagres.bench.contender;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DataTest {
    private static final int BATCH = 3;

    @TempDir
    Path folder;

    private Path write(String name, Workload workload) throws IOException {
        var file = folder.resolve(name);
        Data.write(file, workload, BATCH);
        return file;
    }

    @ParameterizedTest
    @EnumSource
    void writesTheSameBytesEachTime(Workload workload) throws IOException {
        byte[] once = Files.readAllBytes(write("once", workload));
        byte[] again = Files.readAllBytes(write("again", workload));
        assertArrayEquals(once, again);
        int inputBytes = BATCH * workload.inputSize() * (workload == Workload.W4 ? 8 : 4);
        int labelBytes = BATCH * workload.labelsPerSample() * 8;
        assertEquals(8 * inputBytes + 7 * labelBytes, once.length);
    }

    @ParameterizedTest
    @EnumSource
    void mapsWhatWasWritten(Workload workload) throws IOException {
        var file = write("data", workload);
        byte[] bytes = Files.readAllBytes(file);
        try (var arena = Arena.ofConfined()) {
            var data = Data.map(file, workload, BATCH, arena);
            int at = 0;
            for (int i = 0; i < Data.INPUTS; i++) {
                at = assertNext(bytes, at, data.input(i));
            }
            for (int i = 0; i < Data.LABELS; i++) {
                at = assertNext(bytes, at, data.labels(i));
            }
            assertEquals(bytes.length, at);
            assertEquals(data.input(1), data.input(1 + Data.INPUTS));
            assertEquals(data.labels(2), data.labels(2 + Data.LABELS));
            assertTrue(data.input(0).isReadOnly());
        }
    }

    private static int assertNext(byte[] bytes, int at, MemorySegment part) {
        int end = at + (int) part.byteSize();
        assertArrayEquals(Arrays.copyOfRange(bytes, at, end), part.toArray(ValueLayout.JAVA_BYTE));
        return end;
    }

    @Test
    void inputsAreStandardNormalAndLabelsAreClasses() throws IOException {
        var values = ByteBuffer.wrap(Files.readAllBytes(write("data", Workload.W1))).order(ByteOrder.LITTLE_ENDIAN);
        int n = Data.INPUTS * BATCH * 784;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            float x = values.getFloat();
            sum += x;
            squares += x * x;
        }
        assertEquals(0, sum / n, 0.05);
        assertEquals(1, squares / n, 0.05);
        boolean[] seen = new boolean[10];
        while (values.hasRemaining()) {
            seen[Math.toIntExact(values.getLong())] = true;
        }
        assertTrue(seen[0] && seen[9]);
    }

    @Test
    void workloadsHaveDataOfTheirOwn() throws IOException {
        byte[] w1 = Files.readAllBytes(write("w1", Workload.W1));
        byte[] w2 = Files.readAllBytes(write("w2", Workload.W2));
        assertEquals(w1.length, w2.length);
        assertFalse(Arrays.equals(w1, w2));
    }

    @Test
    void refusesAFileOfAnotherBatch() throws IOException {
        var file = write("data", Workload.W1);
        try (var arena = Arena.ofConfined()) {
            var e = assertThrows(IOException.class, () -> Data.map(file, Workload.W1, BATCH + 1, arena));
            assertTrue(e.getMessage().contains("W1 at batch 4"), e.getMessage());
        }
    }
}
