package io.chagres.bench;

import io.chagres.bench.report.Report;
import io.chagres.bench.report.ReportFolder;
import io.chagres.bench.report.ReportJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes pages and charts of reports that are there. */
@Command(name = "report", mixinStandardHelpOptions = true, description = "Make Markdown and charts of JSON files, which are merged: the newest figure of a thing counts.")
final class ReportCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "A.json", description = "Reports.")
    private List<Path> files;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "bench/target/report", description = "Where report.json, report.md and charts go; ${DEFAULT-VALUE} if nothing is said.")
    private Path out;

    @Option(names = "--readme", paramLabel = "FILE", description = "A page to put the report into, between <!-- report --> and <!-- /report -->; latest.json and "
            + "charts go beside it.")
    private Path readme;

    @Override
    public Integer call() throws IOException {
        var reports = new ArrayList<Report>();
        for (var file : files) {
            reports.add(ReportJson.read(file));
        }
        var merged = Report.merge(reports);
        if (readme == null) {
            ReportFolder.write(merged, out);
        } else {
            ReportFolder.writeInto(merged, readme);
        }
        return 0;
    }
}
