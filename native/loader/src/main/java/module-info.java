import io.chagres.natives.Checkup;
import io.chagres.natives.NativeBundle;

/** Finds, checks and loads the native libraries. Carries none: those come in one artifact per platform. */
@SuppressWarnings("module") // names modules that are built later
module io.chagres.natives {
    exports io.chagres.natives;
    exports io.chagres.natives.doctor to io.chagres.bench;

    uses NativeBundle;
    uses Checkup;
}
