package io.chagres.nn.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Runs a main class of the tests in a JVM of its own, which may hang or die without harm to this one. */
final class ChildJvm {
    private static final int MOST_SECONDS = 120;
    private static final String INCUBATOR = "WARNING: Using incubator modules: jdk.incubator.vector";

    private ChildJvm() {
    }

    /**
     * How one ended.
     *
     * @param exit its exit code
     * @param out what it printed
     * @param err what it complained of, but for the line that announces the Vector API
     * @param crash what the JVM wrote about its own crash; empty if it did not
     */
    record Ended(int exit, String out, String err, String crash) {
        /** What it printed; fails if it did not end as a good program does. */
        String clean() {
            assertEquals("", crash, "the JVM crashed");
            assertEquals("", err, "it complained; it printed: " + out);
            assertEquals(0, exit, "exit code; it printed: " + out);
            return out;
        }
    }

    /** Runs a class, with options for the JVM and variables for its environment. */
    static Ended run(Class<?> main, List<String> options, Map<String, String> variables, String... arguments)
            throws IOException, InterruptedException {
        var folder = Files.createTempDirectory("child");
        try {
            var out = folder.resolve("out");
            var err = folder.resolve("err");
            var builder = new ProcessBuilder(command(main, options, arguments)).directory(folder.toFile())
                    .redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(variables);
            var process = builder.start();
            try {
                if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError(main.getSimpleName() + " hangs; it printed: " + Files.readString(out)
                            + Files.readString(err));
                }
                return new Ended(process.exitValue(), Files.readString(out), complaints(err), crash(folder));
            } finally {
                process.destroyForcibly().waitFor();
            }
        } finally {
            delete(folder);
        }
    }

    private static List<String> command(Class<?> main, List<String> options, String... arguments) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--add-modules", "jdk.incubator.vector", "-cp",
                System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    private static String complaints(Path err) throws IOException {
        try (var lines = Files.lines(err)) {
            return lines.filter(line -> !line.equals(INCUBATOR)).collect(Collectors.joining("\n"));
        }
    }

    private static String crash(Path folder) throws IOException {
        try (var files = Files.newDirectoryStream(folder, "hs_err*")) {
            for (var file : files) {
                return Files.readString(file);
            }
        }
        return "";
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.newDirectoryStream(folder)) {
            for (var file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
