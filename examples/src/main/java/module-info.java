/** Programs that show Chagres at work, with the data that they need. Not a library: nothing is exported. */
module io.chagres.examples {
    requires io.chagres.nn;
    requires com.fasterxml.jackson.core;
    requires info.picocli;
    requires java.desktop;
    requires jdk.management;
    requires me.tongfei.progressbar;
    requires org.knowm.xchart;

    opens io.chagres.examples to info.picocli;
}
