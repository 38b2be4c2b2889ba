package io.chagres.natives.windows.x86_64;

import io.chagres.natives.NativeBundle;

/** The libraries for Windows on x86-64. */
public final class Bundle implements NativeBundle {
    @Override
    public String platform() {
        return "windows-x86_64";
    }
}
