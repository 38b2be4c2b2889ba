package io.chagres.bench;

import io.chagres.bench.report.Comparison;
import io.chagres.bench.report.ReportJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what got slower and what got faster between two reports. */
@Command(name = "compare", mixinStandardHelpOptions = true, description = "Say what got slower or faster between two reports by more than the spread of either.")
final class CompareCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A.json", description = "The report before.")
    private Path before;

    @Parameters(index = "1", paramLabel = "B.json", description = "The report after.")
    private Path after;

    @Option(names = "--fail", description = "Exit with 1 if something got slower.")
    private boolean fail;

    @Override
    public Integer call() throws IOException {
        var comparison = Comparison.of(ReportJson.read(before), ReportJson.read(after));
        System.out.print(comparison);
        return fail && !comparison.slower().isEmpty() ? 1 : 0;
    }
}
