package io.chagres.natives.load;

import io.chagres.natives.NativeBundle;
import io.chagres.natives.NativeLoadException;
import io.chagres.natives.load.Manifest.Library;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Libraries on disk: one folder per content, read in full before each use. No lock is held: files are only ever moved
 * into place whole, so whoever reads at the same time sees the old file or the new one.
 */
final class Cache {
    private final Path root;

    private Cache(Path root) {
        this.root = root;
    }

    /**
     * The cache in the folder that the settings name.
     *
     * @throws NativeLoadException if it cannot be made, or others could write to it
     */
    static Cache open(Settings settings) {
        var folders = settings.cache().map(folder -> List.of(folder.path())).orElse(settings.defaultCaches());
        var causes = new ArrayList<IOException>();
        for (var folder : folders) {
            try {
                return new Cache(PrivateFolder.open(folder));
            } catch (IOException e) {
                causes.add(e);
            }
        }
        throw new NativeLoadException("no folder can be made to extract native libraries into: " + causes
                + "; name one with " + Settings.CACHE, causes.getLast());
    }

    /**
     * The files of the manifest in its order, each verified. What is missing or damaged is first taken from the bundle.
     *
     * @throws NativeLoadException if that fails, or if the bundle holds something else
     */
    List<Path> take(Manifest manifest, NativeBundle bundle) {
        try {
            var entry = PrivateFolder.open(root.resolve(manifest.id()));
            Extraction.removeStale(root);
            extract(faulty(manifest, entry), bundle, entry);
            return manifest.libraries().stream().map(library -> entry.resolve(library.name())).toList();
        } catch (IOException e) {
            var bytes = manifest.libraries().stream().mapToLong(Library::bytes).sum();
            throw new NativeLoadException(
                    """
                            extracting the native libraries (%d MB) from %s to %s failed: %s; make room there, or \
                            choose another folder with %s"""
                            .formatted(bytes >> 20, Bundles.describe(bundle), root, e, Settings.CACHE),
                    e);
        }
    }

    private void extract(List<Library> libraries, NativeBundle bundle, Path entry) throws IOException {
        if (libraries.isEmpty()) {
            return;
        }
        try (var extraction = new Extraction(root, bundle)) {
            for (var library : libraries) {
                extraction.extract(library, entry);
            }
        }
        for (var library : libraries) {
            var fault = fault(library, entry.resolve(library.name()));
            if (fault.isPresent()) {
                throw new IOException(entry.resolve(library.name()) + ", just extracted, " + fault.get());
            }
        }
    }

    private static List<Library> faulty(Manifest manifest, Path entry) throws IOException {
        var faulty = new ArrayList<Library>();
        for (var library : manifest.libraries()) {
            var file = entry.resolve(library.name());
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                faulty.add(library);
                continue;
            }
            var fault = fault(library, file);
            if (fault.isPresent()) {
                faulty.add(library);
                Loading.LOG.log(Level.WARNING, file + " " + fault.get() + "; extracting it again");
            }
        }
        return faulty;
    }

    private static Optional<String> fault(Library library, Path file) throws IOException {
        var fault = PrivateFolder.fault(file);
        if (fault.isPresent()) {
            return fault;
        }
        var bytes = Files.size(file);
        if (bytes != library.bytes()) {
            return Optional.of("has " + bytes + " bytes instead of " + library.bytes());
        }
        var sha256 = Sha256.of(file);
        return sha256.equals(library.sha256())
                ? Optional.empty()
                : Optional.of("has SHA-256 " + sha256 + " instead of " + library.sha256());
    }
}
