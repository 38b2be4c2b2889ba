package io.chagres.bench.peers;

import io.chagres.bench.contender.Data;
import io.chagres.bench.report.Measurement;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the cases one after the other; in each, all contenders by turns, each in a process of its own. */
public final class PeerSuite {
    /** System property: the folder whose modules build other contenders. */
    public static final String FOLDER = "chagres.bench.peers";

    private final List<Peer> peers;
    private final PeerSettings settings;
    private final PrintStream log;

    PeerSuite(List<Peer> peers, PeerSettings settings, PrintStream log) {
        this.peers = peers;
        this.settings = settings;
        this.log = log;
    }

    /**
     * Measures Chagres, what the modules of {@code bench/peers} have built, and Python's PyTorch where it is installed.
     *
     * @param quick little: for a look at whether everything works
     * @param only regular expressions, one of which must be found in {@code W1 training batch=64 threads=2: chagres}; none
     *        for everything
     * @param threads numbers of threads; none for the usual ones
     * @param log where a table of each case is printed
     */
    public static List<Measurement> run(boolean quick, List<String> only, List<Integer> threads, PrintStream log)
            throws IOException {
        var usual = PeerSettings.of(quick, only);
        var settings = threads.isEmpty() ? usual : usual.withThreads(threads);
        try (var found = Contenders.find()) {
            return new PeerSuite(found.peers(), settings, log).run(PeerCase.all(settings.threads()));
        }
    }

    /** All cases that the settings want. */
    List<Measurement> run(List<PeerCase> cases) throws IOException {
        Files.createDirectories(settings.errors());
        var folder = Files.createTempDirectory("chagres-peers");
        folder.toFile().deleteOnExit();
        var measurements = new ArrayList<Measurement>();
        try {
            for (var c : cases) {
                var wanted = peers.stream().filter(peer -> settings.wants(c, peer)).toList();
                if (!wanted.isEmpty()) {
                    measurements.addAll(run(c, wanted, data(folder, c)));
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            log.println("Interrupted.");
        } finally {
            delete(folder);
        }
        return measurements;
    }

    private static Path data(Path folder, PeerCase c) throws IOException {
        var file = folder.resolve(c.workload() + "-" + c.batch() + ".data");
        if (!Files.exists(file)) {
            file.toFile().deleteOnExit();
            Data.write(file, c.workload(), c.batch());
        }
        return file;
    }

    private List<Measurement> run(PeerCase c, List<Peer> wanted, Path data) throws InterruptedException {
        var entrants = wanted.stream().map(peer -> new Entrant(peer, c, settings)).toList();
        try {
            entrants.forEach(entrant -> entrant.start(data));
            var turns = new PeerTurns(entrants, settings);
            turns.run();
            if (!turns.isQuiet()) {
                entrants.stream().filter(Entrant::isIn)
                        .forEach(entrant -> entrant.note("warning: other programs kept %.2f CPUs busy",
                                turns.otherCpus()));
            }
            entrants.forEach(Entrant::finish);
            var rows = entrants.stream().map(entrant -> entrant.measurement(turns.of(entrant))).toList();
            PeerTable.print(c, rows, turns.summary(), log);
            return rows;
        } finally {
            entrants.forEach(Entrant::close);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
