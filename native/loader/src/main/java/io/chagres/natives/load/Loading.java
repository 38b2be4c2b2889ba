package io.chagres.natives.load;

import io.chagres.natives.NativeBundle;
import io.chagres.natives.NativeInfo;
import io.chagres.natives.NativeLoadException;
import io.chagres.natives.load.Manifest.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/** The whole way from settings to loaded and checked libraries. */
public record Loading(Settings settings, Manifest manifest, Iterable<NativeBundle> bundles, Expected expected) {
    static final System.Logger LOG = System.getLogger("io.chagres.natives");

    /** The files to load, in order, and where they came from. */
    private record Located(List<Path> files, String origin) {
    }

    /** Loads for this JVM, with its settings and its bundles. */
    public static Loading intoThisJvm() {
        return new Loading(Settings.ofThisJvm(), Manifest.of(Platform.current()),
                ServiceLoader.load(NativeBundle.class, NativeBundle.class.getClassLoader()), Expected.BY_BINDINGS);
    }

    /**
     * Loads the libraries into the class loader of this class.
     *
     * @throws NativeLoadException if anything is amiss
     */
    public NativeInfo run() {
        JavaRelease.warning(Runtime.version()).ifPresent(warning -> LOG.log(System.Logger.Level.WARNING, warning));
        try {
            var located = locate();
            var environment = Variables.preset(settings.environment());
            located.files.forEach(Loading::load);
            var symbols = SymbolLookup.loaderLookup();
            var openblas = Identity.openblas(symbols, file(Role.OPENBLAS, located), expected.openblas());
            var onednn = Identity.onednn(symbols, file(Role.ONEDNN, located), expected.onednn());
            return new NativeInfo(manifest.platform(), located.origin,
                    located.files.stream().map(Loading::describe).toList(), openblas.toString(), onednn.toString(),
                    environment);
        } catch (IllegalCallerException e) {
            throw new NativeLoadException(
                    "native access is not permitted to Chagres; run java with " + nativeAccessFlag(), e);
        }
    }

    private Located locate() {
        return settings.libraries()
                .map(folder -> new Located(OverrideFolder.libraries(folder, manifest), folder.setting()))
                .orElseGet(() -> {
                    Libc.require(manifest.platform(), Libc.glibc());
                    Processor.require(manifest.platform());
                    var bundle = Bundles.find(manifest, bundles);
                    return new Located(Cache.open(settings).take(manifest, bundle), Bundles.describe(bundle));
                });
    }

    @SuppressWarnings("restricted")
    private static void load(Path file) {
        try {
            System.load(file.toString());
        } catch (UnsatisfiedLinkError e) {
            throw new NativeLoadException(LinkAdvice.explain(file, e.getMessage()), e);
        }
    }

    private Path file(Role role, Located located) {
        var name = Path.of(manifest.the(role).name());
        return located.files.stream().filter(file -> file.endsWith(name)).findFirst().orElseThrow();
    }

    private static NativeInfo.Library describe(Path file) {
        try {
            return new NativeInfo.Library(file.getFileName().toString(), file, Files.size(file));
        } catch (IOException e) {
            throw new UncheckedIOException("reading the size of a file just loaded", e);
        }
    }

    private static String nativeAccessFlag() {
        return Loading.class.getModule().isNamed()
                ? "--enable-native-access=io.chagres.natives,io.chagres.bindings,io.chagres.runtime"
                : "--enable-native-access=ALL-UNNAMED";
    }
}
