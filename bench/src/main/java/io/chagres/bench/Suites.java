package io.chagres.bench;

import io.chagres.bench.peers.PeerSuite;
import io.chagres.bench.scaling.ScalingSuite;
import java.util.LinkedHashMap;
import java.util.Map;

/** The suites by name, in the order in which they run. */
final class Suites {
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
}
