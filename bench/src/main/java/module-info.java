/** Benchmarks; not for use as a library. */
module io.chagres.bench {
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires io.chagres.bench.contender;
    requires io.chagres.nn;
    requires java.desktop;
    requires java.management;
    requires jdk.incubator.vector;
    requires jdk.management;
    requires jmh.core;
    requires org.knowm.xchart;

    opens io.chagres.bench to info.picocli;
    opens io.chagres.bench.peers to info.picocli;
    opens io.chagres.bench.report to com.fasterxml.jackson.databind;
}
