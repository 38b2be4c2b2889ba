package io.chagres.runtime.reliability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The threads that Linux sees in this process: Java's, and those that native code started. */
public final class OsThreads {
    /** Options that keep the JVM from starting and ending threads of its own while others are counted. */
    public static final List<String> STEADY_JVM = List.of("-XX:+UseSerialGC", "-XX:-UseDynamicNumberOfCompilerThreads");

    private static final Path TASKS = Path.of("/proc/self/task");
    private static final long MOST_MILLIS = 10_000;

    private OsThreads() {
    }

    /** How many there are. */
    public static int count() throws IOException {
        try (var tasks = Files.list(TASKS)) {
            return (int) tasks.count();
        }
    }

    /** How many there are once their number no longer changes. */
    public static int settled() throws IOException, InterruptedException {
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

    /** How many there are when those that are about to end have ended: waits until they are at most so many, but not for ever. */
    public static int settled(int most) throws IOException, InterruptedException {
        long end = System.currentTimeMillis() + MOST_MILLIS;
        while (count() > most && System.currentTimeMillis() < end) {
            Thread.sleep(10);
        }
        return count();
    }
}
