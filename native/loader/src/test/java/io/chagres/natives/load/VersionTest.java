package io.chagres.natives.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionTest {
    @ParameterizedTest
    @CsvSource({"OpenBLAS 0.3.31 DYNAMIC_ARCH Zen MAX_THREADS=64, 0.3.31", "OpenBLAS 0.3.31.dev, 0.3.31",
            "2.36, 2.36.0"})
    void isFoundInText(String text, String version) {
        assertEquals(version, Version.in(text).toString());
    }

    @Test
    void isNotMadeUp() {
        assertThrows(IllegalArgumentException.class, () -> Version.in("OpenBLAS (unknown)"));
    }

    @ParameterizedTest
    @CsvSource({"0.3.31, 0.3.31, true", "0.3.31, 0.3.40, true", "0.3.31, 0.3.30, false", "0.3.31, 0.4.0, false",
            "0.3.31, 1.3.31, false", "3.13.0, 3.13.2, true", "3.13.0, 3.14.0, true", "3.13.0, 3.12.9, false",
            "3.13.0, 4.0.0, false", "3.13.0, 2.20.0, false"})
    void acceptsNoOlderAndNoBreakingOne(String needed, String found, boolean accepted) {
        assertEquals(accepted, Version.in(needed).accepts(Version.in(found)));
    }
}
