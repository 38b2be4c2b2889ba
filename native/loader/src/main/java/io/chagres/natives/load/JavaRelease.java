package io.chagres.natives.load;

import java.lang.Runtime.Version;
import java.util.Optional;

/** Java releases that run Chagres, but not well. */
final class JavaRelease {
    private static final Version NEEDED = Version.parse("25.0.3");

    private JavaRelease() {
    }

    /** What to tell the user about this release, if anything. */
    static Optional<String> warning(Version running) {
        return running.compareToIgnoreOptional(NEEDED) >= 0
                ? Optional.empty()
                : Optional
                        .of("Java " + running + " can corrupt the heap while native code runs (JDK-8377811); update to "
                                + NEEDED + " or newer");
    }
}
