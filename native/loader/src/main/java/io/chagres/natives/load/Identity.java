package io.chagres.natives.load;

import io.chagres.natives.NativeLoadException;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;

/** Whether loaded libraries are what their names promise: by symbols that only the real ones have, and by version. */
final class Identity {
    private static final List<String> OPENBLAS = List.of("openblas_get_config", "openblas_set_num_threads",
            "openblas_set_threads_callback_function", "cblas_sgemm");
    private static final List<String> ONEDNN = List.of("dnnl_version", "dnnl_get_effective_cpu_isa",
            "dnnl_primitive_execute", "dnnl_sgemm");

    private Identity() {
    }

    static Version openblas(SymbolLookup symbols, Path file, Version expected) {
        requireSymbols(symbols, OPENBLAS, "OpenBLAS", file, expected);
        return requireVersion(Version.in(Foreign.text(symbols, "openblas_get_config")), "OpenBLAS", file, expected);
    }

    static Version onednn(SymbolLookup symbols, Path file, Version expected) {
        requireSymbols(symbols, ONEDNN, "oneDNN", file, expected);
        var version = Foreign.address(symbols, "dnnl_version", 3 * ValueLayout.JAVA_INT.byteSize());
        return requireVersion(
                new Version(version.getAtIndex(ValueLayout.JAVA_INT, 0), version.getAtIndex(ValueLayout.JAVA_INT, 1),
                        version.getAtIndex(ValueLayout.JAVA_INT, 2)),
                "oneDNN", file, expected);
    }

    private static void requireSymbols(SymbolLookup symbols, List<String> names, String product, Path file,
            Version expected) {
        for (var name : names) {
            if (symbols.find(name).isEmpty()) {
                throw new NativeLoadException(
                        "%s has no symbol '%s': it is not %s, or a build that leaves parts out; %s"
                                .formatted(file, name, product, needed(product, expected)));
            }
        }
    }

    private static Version requireVersion(Version found, String product, Path file, Version expected) {
        if (!expected.accepts(found)) {
            throw new NativeLoadException(
                    "%s is %s %s; %s".formatted(file, product, found, needed(product, expected)));
        }
        return found;
    }

    private static String needed(String product, Version expected) {
        return """
                needed is %s %s or newer, below %s: take it from the artifact chagres-native-* of this platform, or \
                set %s"""
                .formatted(product, expected, expected.end(), Settings.LIBRARIES);
    }
}
