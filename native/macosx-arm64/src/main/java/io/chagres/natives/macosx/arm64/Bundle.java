package io.chagres.natives.macosx.arm64;

import io.chagres.natives.NativeBundle;

/** The libraries for macOS on Apple silicon. */
public final class Bundle implements NativeBundle {
    @Override
    public String platform() {
        return "macosx-arm64";
    }
}
