import io.chagres.natives.NativeBundle;
import io.chagres.natives.linux.x86_64.Bundle;

/** OpenBLAS and oneDNN for Linux on x86-64. */
@SuppressWarnings("module") // the platform's name ends in a digit
module io.chagres.natives.linux.x86_64 {
    requires io.chagres.natives;

    provides NativeBundle with Bundle;
}
