package io.chagres.natives.doctor;

import io.chagres.natives.Checkup;
import io.chagres.natives.Natives;
import java.io.PrintStream;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Environment variables and system properties that the libraries or their loading listen to. */
public final class EnvironmentReport implements Checkup {
    private static final Pattern HEARD = Pattern
            .compile("(OMP|GOMP|KMP|OPENBLAS|GOTO|ONEDNN|DNNL|CHAGRES)_.*|LD_LIBRARY_PATH|LD_PRELOAD|XDG_CACHE_HOME");
    private static final String PROPERTIES = "chagres.";

    @Override
    public String title() {
        return "Environment";
    }

    @Override
    public boolean run(PrintStream out) {
        var settings = new TreeMap<>(System.getenv());
        settings.keySet().removeIf(HEARD.asMatchPredicate().negate());
        Natives.info().environment().forEach((name, value) -> settings.put(name, value + " (set by Chagres)"));
        for (var property : System.getProperties().stringPropertyNames()) {
            if (property.startsWith(PROPERTIES)) {
                settings.put(property, System.getProperty(property));
            }
        }
        settings.forEach((name, value) -> Lines.print(out, name, value));
        return true;
    }
}
