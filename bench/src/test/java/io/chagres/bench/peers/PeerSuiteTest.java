package io.chagres.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.bench.contender.Workload;
import io.chagres.bench.report.Measurement;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerSuiteTest {
    private static final PeerCase CASE = new PeerCase(Workload.W1, true, 3, 2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private PeerSettings settings(Duration patience, String... only) {
        return new PeerSettings(Arrays.stream(only).map(Pattern::compile).toList(), List.of(2), 3,
                Duration.ofMillis(50), Duration.ofMillis(100), patience, Duration.ofSeconds(60),
                folder.resolve("errors"));
    }

    private Peer fake(String behaviour) {
        return new Peer(behaviour,
                List.of(Peer.java(), "-cp", System.getProperty("java.class.path"), FakeContender.class.getName(),
                        behaviour),
                Map.of("FAKE_THREADS", "{threads} threads", "FAKE_LOG", folder.resolve("log").toString()), List.of(),
                "");
    }

    private List<Measurement> run(Duration patience, PeerCase c, Peer... peers) throws IOException {
        var rows = new PeerSuite(List.of(peers), settings(patience), new PrintStream(printed)).run(List.of(c));
        assertEquals(0, ProcessHandle.current().children().filter(ProcessHandle::isAlive).count(), "orphans");
        return rows;
    }

    private static void assertOut(Measurement row, String note) {
        assertTrue(Double.isNaN(row.median()) && Double.isNaN(row.least()) && Double.isNaN(row.greatest()));
        assertEquals(0, row.samples());
        assertTrue(row.note().contains(note), row.note());
    }

    @Test
    void tellsWhatAContenderSaid() throws IOException {
        var row = run(PATIENCE, CASE, fake("good")).getFirst();
        assertEquals("peers", row.suite());
        assertEquals("W1 training", row.benchmark());
        assertEquals("good", row.contender());
        assertEquals(Map.of("batch", "3", "threads", "2"), row.parameters());
        assertEquals("samples/s", row.unit());
        assertFalse(row.lessIsBetter());
        assertEquals(3000, row.median(), 1e-6);
        assertEquals(3000, row.least(), 1e-6);
        assertEquals(3000, row.greatest(), 1e-6);
        assertTrue(row.samples() >= 3);
        assertEquals(100, row.extras().get("heap bytes a step"));
        assertEquals(2.5, row.extras().get("loss at step 1"));
        assertEquals(0.5, row.extras().get("loss at step 100"));
        assertTrue(row.extras().get("time to first step, s") > 0);
        assertTrue(row.extras().containsKey("peak memory, MiB"));
        assertTrue(row.extras().containsKey("threads of the process"));
        assertTrue(row.note().startsWith("fake on 2 threads"), row.note());
        String table = printed.toString(StandardCharsets.UTF_8);
        assertTrue(table.contains("| good | 3,000.0 (3,000.0 - 3,000.0) | 1: 2.5000, 100: 0.5000 |"), table);
    }

    @Test
    void whoeverIsOutStopsNobody() throws IOException {
        var rows = run(PATIENCE, CASE, fake("notyet"), fake("error"), fake("death"), fake("late-death"), fake("good"),
                Peer.missing("absent", "not installed"), new Peer("nothing", List.of("/no/such/program"), Map.of(),
                        List.of(), ""));
        assertOut(rows.get(0), "not yet: no convolution");
        assertOut(rows.get(1), "not available: out of memory");
        assertOut(rows.get(2), "not available: it ended with exit code 3: cannot load a library");
        assertOut(rows.get(3), "not available: it ended with exit code 4");
        assertEquals(3000, rows.get(4).median(), 1e-6);
        assertOut(rows.get(5), "not available: not installed");
        assertOut(rows.get(6), "not available: ");
        assertEquals(7, rows.size());
    }

    @Test
    void whoeverHangsIsKilled() throws IOException {
        var rows = run(Duration.ofSeconds(5), CASE, fake("hang"), fake("good"));
        assertOut(rows.get(0), "not available: no answer to its first step within 5 s");
        assertEquals(3000, rows.get(1).median(), 1e-6);
    }

    @Test
    void contendersTakeTurns() throws IOException {
        run(PATIENCE, CASE, fake("a"), fake("b"), fake("c"));
        var turns = Files.readAllLines(folder.resolve("log")).stream().filter(line -> line.endsWith(" run 50"))
                .map(line -> line.substring(0, 1)).toList();
        assertTrue(turns.size() >= 9 && turns.size() % 3 == 0, turns.toString());
        assertEquals("abc".repeat(turns.size() / 3), String.join("", turns));
    }

    @Test
    void saysWhoDidNotLearn() throws IOException {
        var row = run(PATIENCE, CASE, fake("stupid")).getFirst();
        assertTrue(row.note().contains("it did not learn"), row.note());
    }

    @Test
    void runsOnlyWhatIsWanted() throws IOException {
        var settings = settings(PATIENCE, "W1.*: good", "W2.*: a$");
        var convolution = new PeerCase(Workload.W2, true, 3, 2);
        assertTrue(settings.wants(CASE, fake("good")));
        assertTrue(settings.wants(convolution, fake("a")));
        assertFalse(settings.wants(convolution, fake("good")));
        assertFalse(settings.wants(CASE, fake("a")));
        var rows = new PeerSuite(List.of(fake("good"), fake("a")), settings, new PrintStream(printed))
                .run(List.of(CASE, new PeerCase(Workload.W5, true, 3, 2)));
        assertEquals(1, rows.size());
    }

    @Test
    void readsArgumentFiles() throws IOException {
        var contenders = Files.createDirectories(folder.resolve("module").resolve("target").resolve("contenders"));
        Files.writeString(contenders.resolve("some-library.args"),
                "#env A=b=c\n#env THREADS={threads}\n#only W2 W3\n# a remark\n-cp \"x:y\"\nMain\n");
        Files.writeString(contenders.resolve("notes.txt"), "");
        Files.createDirectories(folder.resolve("module-without-any"));
        var peers = Peer.readAll(folder);
        assertEquals(1, peers.size());
        var peer = peers.getFirst();
        assertEquals("some-library", peer.name());
        assertEquals(Map.of("A", "b=c", "THREADS", "{threads}"), peer.environment());
        assertEquals("@" + contenders.resolve("some-library.args").toAbsolutePath(), peer.command().getLast());
        assertTrue(peer.takes(new PeerCase(Workload.W3, false, 1, 1)));
        assertFalse(peer.takes(CASE));
    }

    @Test
    void chagresAnswersWithoutLearning() throws IOException {
        var row = run(PATIENCE, new PeerCase(Workload.W1, false, 4, 1), Contenders.chagres()).getFirst();
        assertEquals("W1 inference", row.benchmark());
        assertTrue(row.median() > 0, row.note());
        assertFalse(row.extras().containsKey("loss at step 1"));
    }

    @Test
    void chagresLearns() throws IOException {
        var row = run(PATIENCE, new PeerCase(Workload.W1, true, 16, 1), Contenders.chagres()).getFirst();
        assertTrue(row.median() > 0, row.note());
        assertTrue(row.extras().get("loss at step 100") < 0.1 * row.extras().get("loss at step 1"), row::toString);
    }

    @Test
    void chagresSaysWhatIsMissing() throws IOException {
        assertOut(run(PATIENCE, new PeerCase(Workload.W6, true, 1, 1), Contenders.chagres()).getFirst(),
                "not yet: no LSTM");
    }
}
