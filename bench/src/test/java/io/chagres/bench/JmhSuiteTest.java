package io.chagres.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.bench.report.Measurement;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JmhSuiteTest {
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    @TempDir
    Path folder;

    private List<Measurement> run(String only, int threads) throws IOException {
        var settings = new SuiteSettings(true, 0, List.of(only), List.of(threads), folder,
                new PrintStream(log, true, StandardCharsets.UTF_8));
        return new JmhSuite("kernels", "io\\.chagres\\.bench\\.", 0).run(settings);
    }

    @Test
    void iterationsAreSamplesAndMethodsAreContenders() throws IOException {
        var all = run("\\.(CallBench\\.downcall|AllocationBench\\.slab)$", 1);

        var downcall = all.stream().filter(one -> one.contender().equals("downcall")).findFirst().orElseThrow();
        assertEquals("Call", downcall.benchmark());
        assertEquals("ns", downcall.unit());
        assertEquals(5, downcall.samples());
        assertTrue(downcall.lessIsBetter() && downcall.least() > 0 && downcall.least() <= downcall.median()
                && downcall.median() <= downcall.greatest(), downcall.toString());
        assertEquals(List.of("1024", "262144"), all.stream().filter(one -> one.contender().equals("slab"))
                .map(one -> one.parameters().get("bytes")).toList());
        assertEquals(3, all.size());
    }

    @Test
    void aBenchmarkThatFailsIsAMeasurementWithoutAFigure() throws IOException {
        var all = run("\\.GemmBench\\.openBlas$", -1);

        assertEquals(1, all.size(), all.toString());
        assertFalse(all.getFirst().isMeasured());
        assertEquals("openBlas", all.getFirst().contender());
        assertTrue(all.getFirst().note().startsWith("failed in 2 of 2 runs"), all.getFirst().note());
    }

    @Test
    void saysWhenNoBenchmarkIsCalledSo() throws IOException {
        assertEquals(List.of(), run("NoSuchBench", 1));
        assertTrue(log.toString(StandardCharsets.UTF_8).contains("no benchmark"));
    }

    @Test
    void theShortFormTakesASmallAndALargeButNoHugeOne() {
        assertArrayEquals(new String[]{"2", "4"}, JmhParameters.some(new String[]{"5", "4", "1", "3", "2"}));
        assertArrayEquals(new String[]{"8x8x8", "512x512x512"},
                JmhParameters.some(new String[]{"8x8x8", "64x64x64", "512x512x512", "1024x1024x1024"}));
        assertArrayEquals(new String[]{"7"}, JmhParameters.some(new String[]{"7"}));
        assertArrayEquals(new String[]{"2000000000"}, JmhParameters.some(new String[]{"3000000000", "2000000000"}));
    }
}
