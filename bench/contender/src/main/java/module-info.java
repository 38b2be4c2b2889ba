/** What every library does to take part in a comparison of whole steps; depends on nothing but the JDK. */
module io.chagres.bench.contender {
    requires java.management;
    requires jdk.management;

    exports io.chagres.bench.contender;
}
