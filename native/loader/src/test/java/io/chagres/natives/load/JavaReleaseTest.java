package io.chagres.natives.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaReleaseTest {
    @ParameterizedTest
    @CsvSource({"25, true", "25.0.2+10-LTS, true", "25.0.3+9-LTS, false", "25.0.3-ea, true", "26, false"})
    void warnsOfReleasesWithAKnownFault(String release, boolean warned) {
        assertEquals(warned, JavaRelease.warning(Runtime.Version.parse(release)).isPresent());
    }
}
