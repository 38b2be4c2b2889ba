package io.chagres.natives.linux.x86_64;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM of its own: what it loads, and how it ends, does not concern this one. */
record ChildJvm(Process process, Path out, Path err) {
    static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    /** Kept from run to run: to fill it takes longer than most tests. */
    static final Path CACHE = Path.of("target", "test-cache").toAbsolutePath();

    private static final List<String> HEARD = List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "GOMP_SPINCOUNT",
            "OMP_WAIT_POLICY", "CHAGRES_NATIVE_PATH",
            "CHAGRES_NATIVE_CACHE");
    private static final long MINUTES = 2;

    /** How it ended, and what it had printed. */
    record Ended(int exit, String out, String err) {
    }

    /** Starts one with these arguments. Unless the environment names another, its cache is {@link #CACHE}. */
    static ChildJvm start(Map<String, String> environment, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(arguments));
        var out = Files.createTempFile("child", ".out");
        var err = Files.createTempFile("child", ".err");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeAll(HEARD);
        builder.environment().put("CHAGRES_NATIVE_CACHE", CACHE.toString());
        builder.environment().putAll(environment);
        return new ChildJvm(builder.start(), out, err);
    }

    /** The class path of the tests. */
    static String classPath() {
        return System.getProperty("java.class.path");
    }

    Ended end() throws IOException, InterruptedException {
        try {
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                throw new AssertionError("a child JVM hangs: " + process.info().commandLine());
            }
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            process.destroyForcibly();
            Files.delete(out);
            Files.delete(err);
        }
    }
}
