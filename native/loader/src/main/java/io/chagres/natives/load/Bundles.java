package io.chagres.natives.load;

import io.chagres.natives.NativeBundle;
import io.chagres.natives.NativeLoadException;
import io.chagres.natives.load.Manifest.Library;
import io.chagres.natives.load.Manifest.Role;
import java.util.ArrayList;
import java.util.ServiceConfigurationError;

/** Finds the bundle of a platform, and blames it when its contents are wrong. */
final class Bundles {
    private Bundles() {
    }

    static NativeBundle find(Manifest manifest, Iterable<NativeBundle> bundles) {
        var others = new ArrayList<String>();
        try {
            for (var bundle : bundles) {
                if (bundle.platform().equals(manifest.platform())) {
                    return bundle;
                }
                others.add(bundle.platform());
            }
        } catch (ServiceConfigurationError e) {
            throw new NativeLoadException("looking for the native libraries of " + manifest.platform()
                    + ", a service is declared that cannot be used: " + e.getMessage() + "; repair the class path", e);
        }
        throw new NativeLoadException(
                """
                        no native libraries for %s on the class path or module path (%s); add the Maven dependency \
                        io.chagres:chagres-native-%s in the version of chagres-native, or set %s to a folder that \
                        holds %s and %s"""
                        .formatted(manifest.platform(),
                                others.isEmpty() ? "none for other platforms either" : "only for " + others,
                                manifest.platform(), Settings.LIBRARIES, manifest.the(Role.OPENBLAS).name(),
                                manifest.the(Role.ONEDNN).name()));
    }

    /** The bundle's place, for messages. */
    static String describe(NativeBundle bundle) {
        var source = bundle.getClass().getProtectionDomain().getCodeSource();
        return source == null ? bundle.getClass().getName() : source.getLocation().toString();
    }

    static void requireIntact(NativeBundle bundle, Library library, String sha256) {
        if (!sha256.equals(library.sha256())) {
            throw new NativeLoadException(
                    """
                            %s in %s has SHA-256 %s, but %s is expected; the jar is damaged, was changed, or is of \
                            another version than chagres-native: use the same version of both"""
                            .formatted(library.name(), describe(bundle), sha256, library.sha256()));
        }
    }
}
