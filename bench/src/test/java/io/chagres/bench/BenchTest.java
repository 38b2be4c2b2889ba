package io.chagres.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.bench.report.Measurement;
import io.chagres.bench.report.ReportJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {
    private final List<SuiteSettings> asked = new ArrayList<>();
    private final StringWriter err = new StringWriter();
    private double median = 10;
    @TempDir
    Path folder;

    private int bench(Object... words) {
        var suites = new LinkedHashMap<String, Suite>();
        suites.put("good", this::measure);
        suites.put("bad", _ -> {
            throw new IllegalStateException("a wrong result");
        });
        var line = Bench.commandLine(suites, suites);
        line.setErr(new PrintWriter(err, true));
        return line.execute(List.of(words).stream().map(String::valueOf).toArray(String[]::new));
    }

    private List<Measurement> measure(SuiteSettings settings) {
        asked.add(settings);
        return List
                .of(new Measurement("peers", "W1", "torch", new TreeMap<>(Map.of("threads", "1")), "us", true, median,
                        median - 1, median + 1, 5, new TreeMap<>(), "torch 2.9; warning: restless"));
    }

    @Test
    void aSuiteIsRunAsAskedAndReported() throws IOException {
        assertEquals(0, bench("good", "--quick", "--only", "A", "--only", "B", "--threads", "1,2", "--out", folder));

        var settings = asked.getFirst();
        assertTrue(settings.quick() && settings.wants("xBx") && !settings.wants("C"));
        assertEquals(List.of(1, 2), settings.threads());
        var report = ReportJson.read(folder.resolve("report.json"));
        assertEquals(measure(settings), report.measurements());
        assertEquals(Map.of("torch", "torch 2.9"), report.software().peers());
        assertTrue(report.otherCpus().containsKey("good"));
        assertTrue(Files.exists(folder.resolve("report.md")));
    }

    @Test
    void withoutAWordTheFormIsLong() {
        assertEquals(0, bench("good", "--out", folder));
        assertFalse(asked.getFirst().quick());
        assertTrue(asked.getFirst().wants("anything"));
    }

    @Test
    void quickRunsAllAndASuiteThatFailsLosesNothing() throws IOException {
        assertEquals(1, bench("quick", "--out", folder));

        assertTrue(asked.getFirst().quick());
        var report = ReportJson.read(folder.resolve("report.json"));
        assertEquals(1, report.measurements().size());
        assertTrue(report.notes().toString().contains("Suite bad failed"), report.notes().toString());
        assertTrue(report.notes().toString().contains("Short form"), report.notes().toString());
    }

    @Test
    void twoReportsAreComparedAndPutIntoAPage() throws IOException {
        var a = folder.resolve("a");
        var b = folder.resolve("b");
        var readme = Files.writeString(folder.resolve("README.md"), "<!-- report -->\n<!-- /report -->\n");
        bench("good", "--out", a);
        median = 20;
        bench("good", "--out", b);

        assertEquals(0, bench("compare", a.resolve("report.json"), b.resolve("report.json")));
        assertEquals(1, bench("compare", "--fail", a.resolve("report.json"), b.resolve("report.json")));
        assertEquals(0, bench("compare", "--fail", b.resolve("report.json"), a.resolve("report.json")));
        assertEquals(0, bench("report", a.resolve("report.json"), b.resolve("report.json"), "--readme", readme));
        assertTrue(Files.readString(readme).contains("| torch | 1 | 20.0 (19.0 - 21.0)"), Files.readString(readme));
        assertTrue(Files.readString(readme).contains("- torch, threads 1: warning: restless"),
                Files.readString(readme));
        assertTrue(Files.exists(folder.resolve("latest.json")));
    }

    @Test
    void whatIsNotUnderstoodIsRefused() {
        assertEquals(2, bench("quiiick"));
        assertEquals(2, bench());
        assertEquals(2, bench("good", "--nonsense"));
        assertEquals(2, bench("compare", "one.json"));
        assertTrue(err.toString().contains("quick"), err.toString());
    }

    @Test
    void allSuitesAreCommands() {
        var commands = Bench.commandLine(Suites.all(), Suites.quick()).getSubcommands().keySet();
        assertTrue(
                commands.containsAll(List.of("quick", "full", "peers", "steps", "scaling", "kernels", "calls",
                        "compare", "report", "jmh")),
                commands.toString());
    }

    @Test
    void aTableOfProductsIsMeasured() throws IOException {
        var file = folder.resolve("table.txt");
        assertEquals(0, bench("gemm-table", "--sizes", 2, "--out", file));
        var lines = Files.readAllLines(file).stream().filter(line -> !line.startsWith("#")).toList();
        assertEquals(2 * 2 * 4, lines.size());
        assertTrue(lines.stream().allMatch(line -> line.matches("(SINGLE|BATCH) [12] [12] [12]( \\d+\\.\\d\\d){2}")),
                lines::toString);
    }
}
