package io.chagres.natives.doctor;

import java.io.PrintStream;

/** The look of the report. */
final class Lines {
    private Lines() {
    }

    static void print(PrintStream out, String name, Object value) {
        out.printf("  %-22s %s%n", name, value);
    }
}
