package io.chagres.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Here no bundle is on the class path. */
class NativesTest {
    @Test
    void namesTheArtifactThatIsMissing() {
        var failure = assertThrows(NativeLoadException.class, Natives::load);
        assertTrue(failure.getMessage().contains("io.chagres:chagres-native-"), failure.getMessage());
        assertTrue(failure.getMessage().contains("CHAGRES_NATIVE_PATH"), failure.getMessage());
    }

    @Test
    void failsTheSameWayAgain() {
        var first = assertThrows(NativeLoadException.class, Natives::info);
        var second = assertThrows(NativeLoadException.class, Natives::symbols);
        assertNotSame(first, second);
        assertEquals(first.getMessage(), second.getMessage());
    }
}
