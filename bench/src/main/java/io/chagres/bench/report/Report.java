package io.chagres.bench.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Measurements, and what they are of.
 *
 * @param format {@value #FORMAT} is what this class reads and writes
 * @param when the end of the run, in ISO 8601 with its time zone
 * @param machine where it ran
 * @param software what ran
 * @param otherCpus by suite, how many CPUs other processes kept busy on average while it ran
 * @param notes what else a reader must know, such as that figures of several runs were merged
 * @param measurements in the order in which they were made
 */
public record Report(int format, String when, Machine machine, Software software, SortedMap<String, Double> otherCpus,
        List<String> notes, List<Measurement> measurements) {
    /** The version of the format. */
    public static final int FORMAT = 1;

    /**
     * Copies the collections.
     *
     * @throws IllegalArgumentException if the format is another one
     */
    public Report {
        if (format != FORMAT) {
            throw new IllegalArgumentException("report: format " + format + "; this version of bench reads " + FORMAT);
        }
        otherCpus = Collections.unmodifiableSortedMap(new TreeMap<>(otherCpus));
        notes = List.copyOf(notes);
        measurements = List.copyOf(measurements);
    }

    /** Those of one suite. */
    public List<Measurement> suite(String name) {
        return measurements.stream().filter(measurement -> measurement.suite().equals(name)).toList();
    }

    /** By key; of two with the same key the later one counts. */
    Map<String, Measurement> byKey() {
        var all = new LinkedHashMap<String, Measurement>();
        measurements.forEach(measurement -> all.put(measurement.key(), measurement));
        return all;
    }

    /**
     * One report of several: where they measured the same, the newest counts; machine and software are those of the newest, and
     * notes say where others differ.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Report merge(List<Report> reports) {
        var sorted = reports.stream().sorted(Comparator.comparing(Report::when)).toList();
        if (sorted.isEmpty()) {
            throw new IllegalArgumentException("report: nothing to merge");
        }
        var newest = sorted.getLast();
        var others = new TreeMap<String, Double>();
        var peers = new TreeMap<String, String>();
        var notes = new ArrayList<String>();
        var all = new LinkedHashMap<String, Measurement>();
        for (var report : sorted) {
            others.putAll(report.otherCpus);
            peers.putAll(report.software.peers());
            report.notes.stream().filter(note -> !notes.contains(note)).forEach(notes::add);
            if (report != newest) {
                Surroundings.differences(report, newest)
                        .forEach(difference -> notes.add("Figures of " + report.when + ": " + difference + "."));
            }
            all.putAll(report.byKey());
        }
        return new Report(FORMAT, newest.when, newest.machine, newest.software.with(peers), others, notes,
                List.copyOf(all.values()));
    }
}
