/** Benchmarks; not for use as a library. */
module io.chagres.bench {
    requires info.picocli;
    requires io.chagres.bench.contender;
    requires io.chagres.nn;
    requires jmh.core;
    requires java.management;
    requires jdk.management;
    requires jdk.incubator.vector;

    opens io.chagres.bench.peers to info.picocli;
}
