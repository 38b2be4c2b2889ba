package io.chagres.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Where a report is written to: JSON, Markdown and charts. */
public final class ReportFolder {
    private static final String BEGIN = "<!-- report -->";
    private static final String END = "<!-- /report -->";
    private static final Set<String> SECTIONS = Set.of(KernelSection.SUITE, "calls", StepSection.SUITE,
            ScalingSection.SUITE, PeerSection.SUITE);

    private ReportFolder() {
    }

    /**
     * Writes {@code report.json}, {@code report.md} and the folder {@code charts}.
     *
     * @throws IOException if a file cannot be written, or Java finds no fonts for the charts
     */
    public static void write(Report report, Path folder) throws IOException {
        ReportJson.write(report, folder.resolve("report.json"));
        emptyCharts(folder);
        var page = new Page(folder, 2);
        fill(page, report);
        Files.writeString(folder.resolve("report.md"), "# Benchmarks of Chagres\n\n" + page);
    }

    /**
     * Puts a report into a page: between the lines {@code <!-- report -->} and {@code <!-- /report -->}, with {@code latest.json}
     * and the folder {@code charts} beside it.
     *
     * @throws IOException if the page has no such lines, or a file cannot be written
     */
    public static void writeInto(Report report, Path readme) throws IOException {
        String text = Files.readString(readme);
        int begin = text.indexOf(BEGIN + "\n");
        int end = text.indexOf(END, begin + 1);
        if (begin < 0 || end < 0) {
            throw new IOException(readme + " has no lines " + BEGIN + " and " + END + " to put a report between");
        }
        var folder = readme.toAbsolutePath().getParent();
        ReportJson.write(report, folder.resolve("latest.json"));
        emptyCharts(folder);
        var page = new Page(folder, 3);
        fill(page, report);
        Files.writeString(readme, text.substring(0, begin) + BEGIN + "\n\n" + page + "\n" + text.substring(end));
    }

    /** Charts of an earlier report would stay for good otherwise. */
    private static void emptyCharts(Path folder) throws IOException {
        var charts = folder.resolve("charts");
        if (Files.isDirectory(charts)) {
            try (var old = Files.newDirectoryStream(charts, "*.png")) {
                for (var file : old) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void fill(Page page, Report report) {
        page.paragraph("Run of " + report.when() + ". Figures are medians (least - greatest sample).");
        report.notes().forEach(page::bullet);
        if (!report.notes().isEmpty()) {
            page.gap();
        }
        page.details("machine and software: " + report.machine().processor() + ", " + report.machine().cores()
                + " cores; Chagres " + report.software().chagres());
        page.table(List.of("what", "which"), Surroundings.of(report).entrySet().stream()
                .map(entry -> List.of(entry.getKey(), entry.getValue())).toList());
        page.endDetails();
        if (!report.otherCpus().isEmpty()) {
            page.paragraph("CPUs that other processes kept busy meanwhile, on average: " + String.join(", ",
                    report.otherCpus().entrySet().stream()
                            .map(entry -> String.format(Locale.ROOT, "%s %.2f", entry.getKey(), entry.getValue()))
                            .toList())
                    + ".");
        }
        PeerSection.write(page, report.suite(PeerSection.SUITE));
        StepSection.write(page, report.suite(StepSection.SUITE));
        ScalingSection.write(page, report.suite(ScalingSection.SUITE));
        KernelSection.write(page, report.suite(KernelSection.SUITE));
        GeneralSection.writeEach(page, "What every operation does once", report.suite("calls"));
        GeneralSection.write(page, "Other measurements", report.measurements().stream()
                .filter(one -> !SECTIONS.contains(one.suite())).toList());
    }
}
