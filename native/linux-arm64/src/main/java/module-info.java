import io.chagres.natives.NativeBundle;
import io.chagres.natives.linux.arm64.Bundle;

/** OpenBLAS and oneDNN for Linux on 64-bit ARM. */
@SuppressWarnings("module") // the platform's name ends in a digit
module io.chagres.natives.linux.arm64 {
    requires io.chagres.natives;

    provides NativeBundle with Bundle;
}
