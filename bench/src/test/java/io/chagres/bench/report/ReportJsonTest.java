package io.chagres.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportJsonTest {
    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        var report = Samples.whole();
        var file = folder.resolve("new").resolve("report.json");

        ReportJson.write(report, file);

        assertEquals(report, ReportJson.read(file));
        assertTrue(report.measurements().stream().anyMatch(one -> !one.isMeasured()), "one figure is missing");
    }

    @Test
    void anotherFormatIsRefused() throws IOException {
        var file = folder.resolve("report.json");
        ReportJson.write(Samples.whole(), file);
        Files.writeString(file, Files.readString(file).replace("\"format\" : 1", "\"format\" : 2"));

        var failure = assertThrows(IOException.class, () -> ReportJson.read(file));

        assertTrue(failure.getMessage().contains("format 2"), failure.getMessage());
    }

    @Test
    void ofTwoReportsTheNewerFigureCountsAndDifferencesAreNoted() {
        var setting = Map.of("size", "1");
        var old = new Report(Report.FORMAT, "2026-01-01T00:00:00Z", Samples.machine(), Samples.software("0.0.9"),
                new TreeMap<>(), List.of(), List.of(Samples.time("kernels", "A", "chagres", setting, 1),
                        Samples.time("kernels", "B", "chagres", setting, 2)));
        var newer = Samples.report(List.of(Samples.time("kernels", "A", "chagres", setting, 3)));

        var merged = Report.merge(List.of(newer, old));

        assertEquals(List.of(3.0, 2.0), merged.measurements().stream().map(Measurement::median).toList());
        assertEquals(newer.software(), merged.software());
        assertTrue(merged.notes().toString().contains("0.0.9"), merged.notes().toString());
        assertThrows(IllegalArgumentException.class, () -> Report.merge(List.of()));
    }

    @Test
    void thisMachineAndItsSoftwareCanBeTold() throws IOException {
        var report = new Report(Report.FORMAT, "2026-11-25T12:00:00Z", Machine.here(), Software.here(), new TreeMap<>(),
                List.of(), List.of());
        var file = folder.resolve("report.json");

        ReportJson.write(report, file);

        assertEquals(report, ReportJson.read(file));
        assertTrue(report.machine().cores() > 0 && report.machine().memoryGib() > 0, report.machine().toString());
        assertFalse(report.software().chagres().isBlank() || report.software().chagres().contains("${"));
        assertTrue(report.software().openBlas().matches("\\d+\\..*, \\S+"), report.software().openBlas());
    }
}
