package io.chagres.natives.load;

import io.chagres.natives.NativeLoadException;
import java.util.Optional;

/** The C library: the bundles for Linux were built for glibc. */
final class Libc {
    private static final Version NEEDED = new Version(2, 34, 0);
    private static final String VERSION = "gnu_get_libc_version";

    private Libc() {
    }

    /** The version of glibc that this process runs on; none if it runs on another C library. */
    static Optional<String> glibc() {
        return Foreign.system().find(VERSION).map(_ -> Foreign.text(Foreign.system(), VERSION));
    }

    static void require(String platform, Optional<String> glibc) {
        if (!platform.startsWith("linux")) {
            return;
        }
        var found = glibc.orElseThrow(() -> new NativeLoadException(
                """
                        the native libraries for %s need glibc %s or newer, but this JVM runs on another C library \
                        (musl, as on Alpine Linux?); use a system with glibc, or set %s to a folder with OpenBLAS \
                        and oneDNN built for this one"""
                        .formatted(platform, NEEDED, Settings.LIBRARIES)));
        if (Version.in(found).compareTo(NEEDED) < 0) {
            throw new NativeLoadException(
                    """
                            the native libraries for %s need glibc %s or newer, but this system has %s; use a newer \
                            system, or set %s to a folder with OpenBLAS and oneDNN built for this one"""
                            .formatted(platform, NEEDED, found, Settings.LIBRARIES));
        }
    }
}
