package io.chagres.nn.reliability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The threads that Linux sees in this process: Java's, and those that native code started. */
final class OsThreads {
    /** Options that keep the JVM from starting and ending threads of its own while others are counted. */
    static final List<String> STEADY_JVM = List.of("-XX:+UseSerialGC", "-XX:-UseDynamicNumberOfCompilerThreads");

    private static final Path TASKS = Path.of("/proc/self/task");

    private OsThreads() {
    }

    /** How many there are. */
    static int count() throws IOException {
        try (var tasks = Files.list(TASKS)) {
            return (int) tasks.count();
        }
    }

    /** How many there are once their number no longer changes. */
    static int settled() throws IOException, InterruptedException {
        int same = 0;
        int last = count();
        while (same < 5) {
            Thread.sleep(20);
            int now = count();
            same = now == last ? same + 1 : 0;
            last = now;
        }
        return last;
    }
}
