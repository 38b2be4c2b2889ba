import io.chagres.natives.NativeBundle;
import io.chagres.natives.macosx.arm64.Bundle;

/** OpenBLAS and oneDNN for macOS on Apple silicon. */
@SuppressWarnings("module") // the platform's name ends in a digit
module io.chagres.natives.macosx.arm64 {
    requires io.chagres.natives;

    provides NativeBundle with Bundle;
}
