package io.chagres.bench;

import io.chagres.bench.peers.PeerSuite;
import io.chagres.bench.scaling.ScalingSuite;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The suites by name, in the order in which they run. */
final class Suites {
    /** Cases of peers that are enough for a glance at everything: a perceptron and a transformer. */
    private static final List<String> FEW_PEERS = List.of("W1 training batch=64 ", "W4 training");

    private Suites() {
    }

    static Map<String, Suite> all() {
        var all = new LinkedHashMap<String, Suite>();
        all.put("peers",
                settings -> PeerSuite.run(settings.quick(), settings.only(), settings.threads(), settings.log()));
        all.put("steps", settings -> StepRatios.standard(settings.quick()).run());
        all.put("scaling", new ScalingSuite());
        all.put("kernels", new JmhSuite("kernels", "io\\.chagres\\.bench\\.kernel\\.", 1));
        all.put("calls", new JmhSuite("calls", "io\\.chagres\\.bench\\.(Call|Allocation|Segment)Bench\\.", 1));
        return all;
    }

    /** Those of the short form of everything, which compares fewer steps of peers unless some are asked for. */
    static Map<String, Suite> quick() {
        var quick = all();
        quick.computeIfPresent("peers", (_, peers) -> settings -> peers.run(settings.only().isEmpty()
                ? new SuiteSettings(settings.quick(), settings.millis(), FEW_PEERS, settings.threads(), settings.out(),
                        settings.log())
                : settings));
        return quick;
    }
}
