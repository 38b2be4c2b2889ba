package io.chagres.natives.load;

import io.chagres.natives.NativeBundle;
import io.chagres.natives.load.Manifest.Library;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;

/** Takes files out of a bundle: each is written beside the cache's entries, checked, synced, then moved into place. */
final class Extraction implements AutoCloseable {
    private static final String PREFIX = ".extract-";
    /** No extraction takes this long: whoever started it is dead. */
    private static final Duration STALE = Duration.ofHours(1);

    private final NativeBundle bundle;
    private final Path folder;

    Extraction(Path root, NativeBundle bundle) throws IOException {
        this.bundle = bundle;
        this.folder = PrivateFolder.temporary(root, PREFIX);
    }

    void extract(Library library, Path entry) throws IOException {
        var file = folder.resolve(library.name());
        PrivateFolder.createFile(file);
        // Not a channel: an interrupt would close it.
        try (var from = bundle.open(library.name()); var to = new FileOutputStream(file.toFile())) {
            Bundles.requireIntact(bundle, library, Sha256.ofCopy(from, to));
            to.getFD().sync();
        }
        var target = entry.resolve(library.name());
        try {
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AccessDeniedException e) {
            // Windows: another JVM has put its copy here and loaded it since we looked. The caller checks that copy.
            if (!Files.exists(target)) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        remove(folder);
    }

    /** Removes what JVMs left behind that died while they extracted. */
    static void removeStale(Path root) throws IOException {
        try (var leftovers = Files.newDirectoryStream(root, PREFIX + "*")) {
            for (var folder : leftovers) {
                if (lastModified(folder).isBefore(Instant.now().minus(STALE))) {
                    remove(folder);
                }
            }
        }
    }

    private static Instant lastModified(Path folder) {
        try {
            return Files.getLastModifiedTime(folder).toInstant();
        } catch (IOException _) {
            return Instant.now();
        }
    }

    /** As far as possible; the next start tries again. */
    private static void remove(Path folder) {
        try (var files = Files.newDirectoryStream(folder)) {
            for (var file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException _) {
            return;
        }
    }
}
