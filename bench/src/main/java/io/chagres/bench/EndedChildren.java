package io.chagres.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this JVM's child processes took, such as JMH's forks; by Linux's books, elsewhere nothing is seen. */
final class EndedChildren {
    private static final Path BOOKS = Path.of("/proc/self/stat");
    /** Fields cutime and cstime of proc(5), counted from the one behind the command's name. */
    private static final int USER = 13;
    private static final int SYSTEM = 14;
    private static final double TICKS_PER_SECOND = 100;

    private EndedChildren() {
    }

    /** CPU seconds of all that have ended; one that still runs is not in the books yet. */
    static double cpuSeconds() {
        if (!Files.isReadable(BOOKS)) {
            return 0;
        }
        try {
            String line = Files.readString(BOOKS);
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM])) / TICKS_PER_SECOND;
        } catch (IOException e) {
            return 0;
        }
    }
}
