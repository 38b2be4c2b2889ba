package io.chagres.natives.linux.arm64;

import io.chagres.natives.load.Manifest;
import org.junit.jupiter.api.Test;

/** Runs on any platform: nothing is loaded. */
class BundleTest {
    @Test
    void holdsWhatTheManifestSays() {
        Manifest.verify(new Bundle());
    }
}
