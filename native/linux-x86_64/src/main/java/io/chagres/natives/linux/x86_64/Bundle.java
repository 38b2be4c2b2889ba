package io.chagres.natives.linux.x86_64;

import io.chagres.natives.NativeBundle;

/** The libraries for Linux on x86-64. */
public final class Bundle implements NativeBundle {
    @Override
    public String platform() {
        return "linux-x86_64";
    }
}
