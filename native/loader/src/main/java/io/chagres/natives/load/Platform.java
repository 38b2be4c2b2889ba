package io.chagres.natives.load;

import io.chagres.natives.NativeLoadException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The platforms that there are libraries for. */
enum Platform {
    LINUX_X86_64, LINUX_ARM64, MACOSX_ARM64, WINDOWS_X86_64;

    /** As in the names of artifacts and folders, such as {@code linux-x86_64}. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_", "-");
    }

    /** The platform that this JVM was built for, which on an emulating system is not that of the hardware. */
    static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static Platform of(String os, String arch) {
        return named(system(os) + "-" + architecture(arch));
    }

    static Platform named(String id) {
        return Arrays.stream(values()).filter(platform -> platform.id().equals(id)).findFirst()
                .orElseThrow(() -> new NativeLoadException("there are no native libraries for " + id + ", only for "
                        + Arrays.stream(values()).map(Platform::id).collect(Collectors.joining(", "))
                        + "; run a JVM built for one of these"));
    }

    private static String system(String os) {
        if (os.startsWith("Mac")) {
            return "macosx";
        }
        return os.startsWith("Windows") ? "windows" : os.toLowerCase(Locale.ROOT);
    }

    private static String architecture(String arch) {
        return switch (arch) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm64";
            default -> arch;
        };
    }
}
