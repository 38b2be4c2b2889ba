package io.chagres.bench;

import io.chagres.bench.report.Measurement;
import io.chagres.bench.report.Machine;
import io.chagres.bench.report.Report;
import io.chagres.bench.report.ReportFolder;
import io.chagres.bench.report.Software;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs suites and writes a report, anew after each suite, so that nothing is lost. */
@Command(mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private final Map<String, Suite> suites;

    @Option(names = "--quick", description = "Fewer sizes and shorter runs.")
    private boolean quick;

    @Option(names = "--millis", paramLabel = "N", defaultValue = "0", description = "JMH's iterations take so long; otherwise what benchmarks ask for, and 100 with --quick.")
    private int millis;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "bench/target/report", description = "Where the report goes; ${DEFAULT-VALUE} if nothing is said.")
    private Path out;

    @Option(names = "--only", paramLabel = "REGEX", description = "Only benchmarks in whose name this is found; may be given several times.")
    private List<String> only = List.of();

    @Option(names = "--threads", paramLabel = "N", split = ",", description = "On how many threads kernels and peers run, such as 1,2.")
    private List<Integer> threads = List.of();

    /**
     * @param suites by name
     * @param quick whether the short form is all there is
     */
    RunCommand(Map<String, Suite> suites, boolean quick) {
        this.suites = suites;
        this.quick = quick;
    }

    @Override
    public Integer call() throws IOException {
        var settings = new SuiteSettings(quick, millis, only, threads, out, System.out);
        var measurements = new ArrayList<Measurement>();
        var otherCpus = new TreeMap<String, Double>();
        var notes = new ArrayList<String>();
        int exit = 0;
        if (quick) {
            notes.add("Short form: fewer sizes and shorter runs than in full.");
        }
        if (millis > 0) {
            notes.add("JMH's iterations took " + millis + " ms.");
        }
        for (var suite : suites.entrySet()) {
            var others = new OtherProcesses(EndedChildren::cpuSeconds);
            try {
                measurements.addAll(suite.getValue().run(settings));
            } catch (IOException | RuntimeException e) {
                e.printStackTrace();
                notes.add("Suite " + suite.getKey() + " failed: " + e);
                exit = 1;
            }
            otherCpus.put(suite.getKey(), Math.round(100 * others.busyCpus()) / 100.0);
            ReportFolder.write(report(measurements, otherCpus, notes), out);
        }
        System.out.println("See " + out.resolve("report.md").toAbsolutePath().normalize());
        return exit;
    }

    private static Report report(List<Measurement> measurements, TreeMap<String, Double> otherCpus,
            List<String> notes) {
        String now = ZonedDateTime.now().truncatedTo(ChronoUnit.SECONDS).format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
        return new Report(Report.FORMAT, now, Machine.here(), Software.here().with(peers(measurements)), otherCpus,
                notes, measurements);
    }

    /** What peers that have a figure say of themselves: their notes, up to what the suite adds. */
    private static TreeMap<String, String> peers(List<Measurement> measurements) {
        var peers = new TreeMap<String, String>();
        measurements.stream().filter(one -> one.suite().equals("peers") && one.isMeasured() && !one.note().isEmpty())
                .forEach(one -> peers.putIfAbsent(one.contender(), one.note().split("; warning:")[0]));
        return peers;
    }
}
