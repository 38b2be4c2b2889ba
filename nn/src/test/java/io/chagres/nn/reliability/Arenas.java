package io.chagres.nn.reliability;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** Counts arenas by looking through the heap, where those lie that were opened since the last collection, closed or not. */
final class Arenas {
    private Arenas() {
    }

    static long count() throws JMException {
        var histogram = (String) ManagementFactory.getPlatformMBeanServer().invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
                new Object[]{new String[]{"-all"}}, new String[]{String[].class.getName()});
        return histogram.lines()
                .filter(line -> line.matches(".* jdk\\.internal\\.foreign\\.(Confined|Shared|Implicit)Session( .*)?"))
                .mapToLong(line -> Long.parseLong(line.trim().split("\\s+")[1])).sum();
    }

    /** How many garbage collections there were. */
    static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(collector -> collector.getCollectionCount()).sum();
    }
}
