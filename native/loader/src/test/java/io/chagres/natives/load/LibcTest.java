package io.chagres.natives.load;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.natives.NativeLoadException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class LibcTest {
    @Test
    void muslIsNamed() {
        var failure = assertThrows(NativeLoadException.class, () -> Libc.require("linux-arm64", Optional.empty()));
        assertTrue(failure.getMessage().contains("musl"), failure.getMessage());
    }

    @Test
    void anOldGlibcIsNamed() {
        var failure = assertThrows(NativeLoadException.class, () -> Libc.require("linux-x86_64", Optional.of("2.31")));
        assertTrue(failure.getMessage().contains("this system has 2.31"), failure.getMessage());
    }

    @Test
    void aNewGlibcWillDoAndOtherSystemsAreNotAsked() {
        assertDoesNotThrow(() -> Libc.require("linux-x86_64", Optional.of("2.41")));
        assertDoesNotThrow(() -> Libc.require("macosx-arm64", Optional.empty()));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theVersionIsAskedOfTheProcess() {
        Libc.glibc().ifPresent(version -> assertTrue(Version.in(version).major() >= 2, version));
    }
}
