package io.chagres.runtime.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {
    @BeforeAll
    static void onLinux() {
        assumeTrue(Pages.available());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4096, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 12_345_678})
    void everyByteIsZeroAndCanBeWritten(long bytes) {
        try (var arena = Arena.ofShared()) {
            var segment = Pages.map(bytes, arena);
            assertEquals(bytes, segment.byteSize());
            assertEquals(0, segment.address() % Pages.HUGE);
            for (long i = 0; i < bytes; i += 4096) {
                assertEquals(0, segment.get(ValueLayout.JAVA_BYTE, i));
            }
            assertEquals(0, segment.get(ValueLayout.JAVA_BYTE, bytes - 1));
            segment.fill((byte) 7);
        }
    }

    @Test
    void memoryGoesBackWithTheArena() throws Exception {
        long before = mapped();
        MemorySegment segment;
        try (var arena = Arena.ofShared()) {
            segment = Pages.map(1L << 30, arena);
            assertEquals(1 << 20, mapped() - before, 1 << 19, "KiB of address space");
        }
        assertFalse(segment.scope().isAlive());
        assertEquals(0, mapped() - before, 1 << 19, "KiB of address space");
    }

    /** KiB of address space that this process has; others in it may take some meanwhile. */
    private static long mapped() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmSize:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new AssertionError("no VmSize");
    }

    @Test
    void whatCannotBeHadIsAnError() {
        try (var arena = Arena.ofShared()) {
            assertThrows(OutOfMemoryError.class, () -> Pages.map(1L << 60, arena));
        }
    }
}
