package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's program compiles, runs and learns. */
class ReadmeTest {
    @TempDir
    Path folder;

    @Test
    void theProgramOfTheReadmeLearns() throws IOException, InterruptedException {
        String readme = Files.readString(Path.of("..", "README.md"));
        int start = readme.indexOf("```java\n") + "```java\n".length();
        var source = folder.resolve("Twenty.java");
        Files.writeString(source, readme.substring(start, readme.indexOf("```", start)));
        var output = folder.resolve("output.txt");
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), source.toString())
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), "it does not end");
        String printed = Files.readString(output);
        assertEquals(0, process.exitValue(), printed);
        var losses = printed.lines().filter(line -> line.matches("\\d+: .*"))
                .map(line -> Double.valueOf(line.split(": ")[1])).toList();
        assertEquals(5, losses.size(), printed);
        assertTrue(losses.getLast() < 0.01, printed);
    }
}
