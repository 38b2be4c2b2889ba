import io.chagres.natives.Checkup;
import io.chagres.natives.NativeBundle;

/** Finds, checks and loads the native libraries. Carries none: those come in one artifact per platform. */
module io.chagres.natives {
    exports io.chagres.natives;

    uses NativeBundle;
    uses Checkup;
}
