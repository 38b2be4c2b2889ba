package io.chagres.natives.load;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.natives.NativeLoadException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorTest {
    private static final List<String> EMULATED = List.of("processor\t: 0",
            "model name\t: QEMU Virtual CPU version 2.5+", "flags\t\t: fpu sse sse2 sse4_1 cx16");
    private static final List<String> MODERN = List.of("flags\t\t: fpu sse sse2 sse4_1 sse4_2 avx avx2");

    @Test
    void oneThatIsTooOldIsRefusedByName() {
        var failure = assertThrows(NativeLoadException.class, () -> Processor.require("linux-x86_64", EMULATED));
        assertTrue(failure.getMessage().contains("SSE4.2, which 'QEMU Virtual CPU version 2.5+' has not"),
                failure.getMessage());
    }

    @Test
    void anyOtherIsLeftToTheLibraries() {
        assertDoesNotThrow(() -> Processor.require("linux-x86_64", MODERN));
        assertDoesNotThrow(() -> Processor.require("linux-x86_64", List.of()));
        assertDoesNotThrow(() -> Processor.require("linux-arm64", List.of("Features\t: fp asimd")));
    }
}
