package io.chagres.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFolderTest {
    private static final Pattern IMAGE = Pattern.compile("!\\[[^]]*]\\(([^)]+)\\)");
    private static final long MOST_BYTES = 60_000;

    @TempDir
    Path folder;

    @Test
    void aReportHasAllTablesAndCharts() throws Exception {
        ReportFolder.write(Samples.whole(), folder);

        String page = Files.readString(folder.resolve("report.md"));
        assertEquals(Samples.whole(), ReportJson.read(folder.resolve("report.json")));
        for (String words : new String[]{"# Benchmarks of Chagres", "## Kernels", "## The training step", "## Scaling",
                "## Other libraries", "## What every operation does once", "## Other measurements", "Some Processor",
                "0.3.31, SkylakeX", "torch 2.9", "OMP_NUM_THREADS", "kernels 0.05", "Nobody measured this.",
                "not available: no such process", "one\\|two", "1.50x", "0.06 in 20 of 21 rounds", "80.0 %",
                "| EmbeddingGather | at every size, from 256 elements on | 2.00x at 131k | `naive` |"}) {
            assertTrue(page.contains(words), () -> words + " is missing in:\n" + page);
        }
        // Times are equal at 2,667; straight lines in logarithms between the sizes 256 and 4,096 meet at about 2,900.
        assertTrue(
                page.matches("(?s).*\\| Softmax threads=1 \\| from about 2\\.9k elements on \\| 3.97x at 1M .*"),
                page);
        checkTables(page);
        checkCharts(page, 6);
    }

    /** Rows have as many cells as their heading. */
    private static void checkTables(String page) {
        for (String part : page.split("\\R\\R")) {
            if (part.startsWith("|")) {
                String[] lines = part.split("\\R");
                assertTrue(lines.length > 2, part);
                for (String line : lines) {
                    assertEquals(cells(lines[0]), cells(line), part);
                }
            }
        }
    }

    private static long cells(String line) {
        return line.replace("\\|", "").chars().filter(c -> c == '|').count();
    }

    /** Each chart that is linked is there, is PNG and small; none is there that is not linked. */
    private void checkCharts(String page, int expected) throws Exception {
        var linked = IMAGE.matcher(page).results().map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(expected, linked.size(), linked.toString());
        for (String link : linked) {
            var file = folder.resolve(link);
            assertTrue(Files.size(file) < MOST_BYTES, link + ": " + Files.size(file));
            assertTrue(ImageIO.read(file.toFile()).getWidth() > 0, link);
        }
        try (var files = Files.list(folder.resolve("charts"))) {
            assertEquals(linked, files.map(file -> "charts/" + file.getFileName())
                    .collect(Collectors.toCollection(TreeSet::new)));
        }
    }

    @Test
    void aReportIsPutBetweenItsMarksAndReplacesTheOneThere() throws Exception {
        var readme = folder.resolve("README.md");
        Files.writeString(readme, "before\n<!-- report -->\nold\n<!-- /report -->\nafter\n");
        Files.createDirectories(folder.resolve("charts"));
        Files.writeString(folder.resolve("charts/old.png"), "old");

        ReportFolder.writeInto(Samples.whole(), readme);
        String once = Files.readString(readme);
        ReportFolder.writeInto(Samples.whole(), readme);

        assertEquals(once, Files.readString(readme));
        assertTrue(once.startsWith("before\n<!-- report -->\n\n") && once.endsWith("\n<!-- /report -->\nafter\n"),
                once);
        assertTrue(once.contains("### Kernels") && !once.contains("old"), once);
        checkCharts(once, 6);
        assertEquals(Samples.whole(), ReportJson.read(folder.resolve("latest.json")));
    }

    @Test
    void aPageWithoutMarksIsLeftAlone() throws IOException {
        var readme = folder.resolve("README.md");
        Files.writeString(readme, "nothing\n");

        assertThrows(IOException.class, () -> ReportFolder.writeInto(Samples.whole(), readme));

        assertEquals("nothing\n", Files.readString(readme));
        assertFalse(Files.exists(folder.resolve("latest.json")));
    }
}
