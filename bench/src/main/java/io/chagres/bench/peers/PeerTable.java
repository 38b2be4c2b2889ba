package io.chagres.bench.peers;

import io.chagres.bench.contender.Workload;
import io.chagres.bench.report.Measurement;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Markdown for somebody who watches. */
final class PeerTable {
    private static final String LOSS = "loss at step ";
    private static final String[] EXTRAS = {"peak memory, MiB", "heap bytes a step", "time to first step, s",
            "threads of the process"};
    private static final String[] FORMATS = {"%.0f", "%,.0f", "%.2f", "%.0f"};

    private PeerTable() {
    }

    static void print(PeerCase c, List<Measurement> rows, String summary, PrintStream out) {
        Workload workload = c.workload();
        line(out, "");
        line(out, "**%s %s**, batch %d, %d thread%s: %s", workload, c.training() ? "training" : "inference", c.batch(),
                c.threads(), c.threads() == 1 ? "" : "s", workload.title());
        line(out, "");
        line(out, "| contender | samples/s | loss at step | %s | note |", String.join(" | ", EXTRAS));
        line(out, "|---|---|---|%s---|", "---|".repeat(EXTRAS.length));
        for (var row : rows) {
            line(out, "%s", row(row));
        }
        line(out, "");
        line(out, "%s.", summary);
    }

    private static String row(Measurement m) {
        var row = new StringBuilder("| " + m.contender() + " | ");
        if (!Double.isNaN(m.median())) {
            row.append(String.format(Locale.ROOT, "%,.1f (%,.1f - %,.1f)", m.median(), m.least(), m.greatest()));
        }
        row.append(" | ").append(losses(m));
        for (int i = 0; i < EXTRAS.length; i++) {
            Double value = m.extras().get(EXTRAS[i]);
            row.append(" | ").append(value == null ? "" : String.format(Locale.ROOT, FORMATS[i], value));
        }
        return row.append(" | ").append(m.note().replace("|", "\\|")).append(" |").toString();
    }

    /** Such as {@code 1: 2.3073, 100: 0.0004}. */
    private static String losses(Measurement m) {
        return m.extras().keySet().stream().filter(key -> key.startsWith(LOSS))
                .map(key -> String.format(Locale.ROOT, "%s: %.4f", key.substring(LOSS.length()), m.extras().get(key)))
                .collect(Collectors.joining(", "));
    }

    private static void line(PrintStream out, String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
    }
}
