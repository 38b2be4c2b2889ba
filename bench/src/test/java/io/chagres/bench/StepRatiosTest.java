package io.chagres.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepRatiosTest {
    @Test
    void printsFourWholeTables() {
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        new StepRatios(List.of(3, 8), List.of("8x8x8", "7x33x21", "5x1x1"), 2, 1).print(out);

        String[] tables = bytes.toString(StandardCharsets.UTF_8).strip().split("\\R\\R");
        assertEquals(5, tables.length, "a sentence and four tables");
        int[] rows = Arrays.stream(tables).skip(1).mapToInt(StepRatiosTest::countRows).toArray();
        assertEquals("[4, 2, 3, 4]", Arrays.toString(rows));
    }

    /** Rows below the heading, all of which must have as many cells. */
    private static int countRows(String table) {
        String[] lines = table.split("\\R");
        for (String line : lines) {
            assertEquals(cells(lines[0]), cells(line), table);
            assertTrue(!line.contains("NaN") && !line.contains("Infinity"), line);
        }
        return lines.length - 2;
    }

    private static long cells(String line) {
        return line.chars().filter(c -> c == '|').count();
    }
}
