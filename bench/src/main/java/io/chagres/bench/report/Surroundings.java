package io.chagres.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** What is not measured and yet decides figures, as names and values. */
final class Surroundings {
    private Surroundings() {
    }

    /** What machine and software are called, in the order of a table. */
    static Map<String, String> of(Report report) {
        var all = machine(report.machine());
        var software = report.software();
        all.put("JVM", software.jvm());
        all.put("JVM flags", software.jvmFlags().isEmpty() ? "none" : String.join(" ", software.jvmFlags()));
        all.put("Chagres", software.chagres() + "; own kernels: " + software.kernels() + "; at most "
                + software.threadLimit() + " threads");
        all.put("OpenBLAS", software.openBlas());
        all.put("oneDNN", software.oneDnn());
        software.peers().forEach((name, version) -> all.put("peer " + name, version));
        software.environment().forEach(all::put);
        return all;
    }

    private static Map<String, String> machine(Machine machine) {
        var all = new LinkedHashMap<String, String>();
        all.put("processor", machine.processor() + ", " + machine.cores() + " cores for the JVM"
                + (machine.virtual() ? ", virtual machine" : ""));
        all.put("instruction sets", machine.instructionSets());
        all.put("caches", machine.caches());
        all.put("memory", String.format(Locale.ROOT, "%.1f GiB", machine.memoryGib()));
        all.put("system", machine.system() + ", " + machine.kernel());
        all.put("clock governor", machine.governor());
        return all;
    }

    /** In which things one report differs from another, such as {@code JVM: 25.0.1 instead of 25}. */
    static List<String> differences(Report one, Report other) {
        var ours = of(one);
        var theirs = of(other);
        var names = new TreeSet<>(ours.keySet());
        names.addAll(theirs.keySet());
        var all = new ArrayList<String>();
        for (String name : names) {
            String value = ours.getOrDefault(name, "not there");
            String reference = theirs.getOrDefault(name, "not there");
            boolean unaskedPeer = name.startsWith("peer ") && (!ours.containsKey(name) || !theirs.containsKey(name));
            if (!value.equals(reference) && !unaskedPeer) {
                all.add(name + ": " + value + " instead of " + reference);
            }
        }
        return all;
    }
}
