package io.chagres.runtime.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartTest {
    @ParameterizedTest
    @CsvSource({"0, 1, 64", "0, 3, 64", "1, 4, 64", "63, 2, 64", "64, 2, 64", "65, 2, 64", "1000, 7, 64",
            "1000, 1000, 1",
            "10, 3, 1", "4611686018427387904, 16, 64"})
    void partsCoverEachElementOnce(long n, int parts, long grain) {
        long end = 0;
        for (int part = 0; part < parts; part++) {
            long from = Part.start(part, parts, n, grain);
            assertEquals(end, from);
            assertTrue(from % grain == 0 || from == n, "part " + part + " begins at " + from);
            end = Part.start(part + 1, parts, n, grain);
            assertTrue(end >= from);
        }
        assertEquals(n, end);
    }
}
