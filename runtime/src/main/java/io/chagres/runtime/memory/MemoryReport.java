package io.chagres.runtime.memory;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * A count of the bytes off the heap at one moment.
 *
 * @param live bytes held now, by owner
 * @param peak the most that each owner ever held (since {@link Memory#resetPeak()})
 * @param totalLive bytes held now
 * @param totalPeak the most that was ever held at once
 * @param budget the limit in bytes
 */
public record MemoryReport(Map<Owner, Long> live, Map<Owner, Long> peak, long totalLive, long totalPeak, long budget) {

    /** Copies the maps. */
    public MemoryReport {
        live = Collections.unmodifiableMap(new EnumMap<>(live));
        peak = Collections.unmodifiableMap(new EnumMap<>(peak));
    }

    /** A table: a line an owner, then the totals. */
    @Override
    public String toString() {
        var table = new StringBuilder(
                String.format(Locale.ROOT, "%-16s %16s %16s%n", "owner", "live bytes", "peak bytes"));
        for (var owner : Owner.values()) {
            table.append(String.format(Locale.ROOT, "%-16s %,16d %,16d%n", owner, live.get(owner), peak.get(owner)));
        }
        return table.append(String.format(Locale.ROOT, "%-16s %,16d %,16d%n%-16s %,16d", "total", totalLive, totalPeak,
                "budget", budget)).toString();
    }

    /** The owners that hold something, greatest first, in one line. */
    String holders() {
        return live.entrySet().stream().filter(e -> e.getValue() > 0)
                .sorted(Map.Entry.<Owner, Long>comparingByValue().reversed())
                .map(e -> String.format(Locale.ROOT, "%s %,d", e.getKey(), e.getValue()))
                .reduce((a, b) -> a + ", " + b).orElse("nobody");
    }
}
