package io.chagres.natives.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.natives.NativeLoadException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {
    @ParameterizedTest
    @CsvSource({"Linux, amd64, linux-x86_64", "Linux, aarch64, linux-arm64", "Mac OS X, aarch64, macosx-arm64",
            "Windows 11, amd64, windows-x86_64"})
    void isToldByJavasOwnNames(String os, String arch, String id) {
        assertEquals(id, Platform.of(os, arch).id());
    }

    @Test
    void otherPlatformsAreRefusedByName() {
        var failure = assertThrows(NativeLoadException.class, () -> Platform.of("Linux", "riscv64"));
        assertTrue(failure.getMessage().contains("linux-riscv64"), failure.getMessage());
        assertTrue(failure.getMessage().contains("linux-x86_64, linux-arm64, macosx-arm64, windows-x86_64"),
                failure.getMessage());
    }
}
