package io.chagres.bench.contender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTest {
    @TempDir
    Path folder;

    /** All that a process prints when it is told some lines. */
    private List<String> run(Workload workload, String mode, String lines) throws IOException, InterruptedException {
        var file = folder.resolve("data");
        Data.write(file, workload, 2);
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Counting.class.getName(), workload.name(), mode, "2", "1",
                file.toString()).redirectError(Redirect.DISCARD).start();
        try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
            in.write(lines);
        }
        var printed = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        assertEquals(0, process.waitFor());
        return printed;
    }

    @Test
    void answersEachLine() throws IOException, InterruptedException {
        var printed = run(Workload.W1, "train", "describe\nrun 1\nlearn 4\nwhat now\nquit\ndescribe\n");
        assertEquals("opened W1 training, batch 2, 1 thread", printed.getFirst());
        var answers = printed.stream().filter(line -> line.startsWith("@")).toList();
        assertEquals(5, answers.size(), answers.toString());
        assertEquals("@first 1.0", answers.get(0));
        assertEquals("@is counting", answers.get(1));
        String[] ran = answers.get(2).split(" ");
        assertEquals("@ran", ran[0]);
        assertTrue(Long.parseLong(ran[1]) >= 1 && Long.parseLong(ran[2]) >= 1_000_000 && Long.parseLong(ran[3]) >= 0,
                answers.get(2));
        assertEquals("@learned 1.0 0.25", answers.get(3));
        assertEquals("@error what is: what now", answers.get(4));
        assertTrue(printed.contains("closed after 4"), "the session that learns");
        assertEquals("closed after " + (1 + Long.parseLong(ran[1])), printed.getLast(), "the session that runs");
    }

    @Test
    void goesThroughTheBatchesOutOfStepAndLearnsOneBatch() throws IOException, InterruptedException {
        var steps = run(Workload.W1, "infer", "run 0\nlearn 2\n").stream().filter(line -> line.startsWith("step"))
                .map(line -> line.substring(0, 8)).toList();
        assertEquals(List.of("step 0 0", "step 1 1", "step 0 0", "step 0 0"), steps);
    }

    @Test
    void saysWhatIsMissing() throws IOException, InterruptedException {
        assertEquals(List.of("@notyet no LSTM"), run(Workload.W6, "train", ""));
    }

    @Test
    void saysWhatWentWrongInOneLine() throws IOException, InterruptedException {
        assertEquals(List.of("@error java.lang.IllegalStateException: out of order"), run(Workload.W5, "train", ""));
    }
}
