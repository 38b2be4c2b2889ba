package io.chagres.natives.linux.arm64;

import io.chagres.natives.NativeBundle;

/** The libraries for Linux on 64-bit ARM. */
public final class Bundle implements NativeBundle {
    @Override
    public String platform() {
        return "linux-arm64";
    }
}
