package io.chagres.natives.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.natives.NativeBundle;
import io.chagres.natives.NativeLoadException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheTest {
    private final MemoryBundle bundle = MemoryBundle.sample();
    private final Manifest manifest = bundle.manifest();

    @TempDir
    Path parent;
    private Path root;

    @BeforeEach
    void choose() {
        root = parent.resolve("native");
    }

    @Test
    void holdsWhatTheBundleHolds() throws IOException {
        var files = take();
        assertEquals(List.of("liba.so", "libb.so"), files.stream().map(file -> file.getFileName().toString()).toList());
        for (var file : files) {
            assertEquals(root.resolve(manifest.id()), file.getParent());
            assertArrayEquals(bundle.files().get(file.getFileName().toString()), Files.readAllBytes(file));
        }
        assertNoLeftovers();
    }

    @Test
    void isTakenFromTheDiskTheSecondTime() {
        var files = take();
        var empty = new MemoryBundle(Map.of());
        assertEquals(files, cache(root).take(manifest, empty));
    }

    @Test
    void aDamagedFileIsExtractedAgainAndLogged() throws IOException {
        var damaged = take().getLast();
        var bytes = Files.readAllBytes(damaged);
        bytes[1000] ^= 1;
        Files.write(damaged, bytes);
        try (var log = new CapturedLog()) {
            take();
            assertEquals(1, log.messages().size(), log.messages()::toString);
            assertTrue(log.messages().getFirst().contains(damaged + " has SHA-256"), log.messages()::toString);
        }
        assertArrayEquals(bundle.files().get("libb.so"), Files.readAllBytes(damaged));
    }

    @Test
    void aTruncatedFileIsExtractedAgain() throws IOException {
        var file = take().getFirst();
        Files.write(file, new byte[2]);
        try (var log = new CapturedLog()) {
            take();
            assertTrue(log.messages().getFirst().contains("has 2 bytes instead of 3"), log.messages()::toString);
        }
        assertArrayEquals(bundle.files().get("liba.so"), Files.readAllBytes(file));
    }

    @Test
    void aMissingFileIsExtractedWithoutMuchAdo() throws IOException {
        var file = take().getFirst();
        Files.delete(file);
        try (var log = new CapturedLog()) {
            take();
            assertEquals(List.of(), log.messages());
        }
        assertTrue(Files.exists(file));
    }

    @Test
    void aBundleThatWasTamperedWithIsRefused() {
        bundle.files().put("liba.so", new byte[]{1, 2, 4});
        var failure = assertThrows(NativeLoadException.class, this::take);
        assertTrue(failure.getMessage().startsWith("liba.so in "), failure.getMessage());
        assertTrue(failure.getMessage().contains(Sha256.of(new byte[]{1, 2, 4})), failure.getMessage());
        assertFalse(Files.exists(root.resolve(manifest.id()).resolve("liba.so")));
        assertNoLeftovers();
    }

    @Test
    void aFullDiskIsNamed() {
        var failing = new NativeBundle() {
            @Override
            public String platform() {
                return MemoryBundle.PLATFORM;
            }

            @Override
            public InputStream open(String file) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        var failure = assertThrows(NativeLoadException.class, () -> cache(root).take(manifest, failing));
        assertTrue(failure.getMessage().contains("No space left on device"), failure.getMessage());
        assertTrue(failure.getMessage().contains("CHAGRES_NATIVE_CACHE"), failure.getMessage());
        assertNoLeftovers();
    }

    @Test
    void leftoversOfTheDeadAreRemovedAndThoseOfTheLivingKept() throws IOException {
        take();
        var dead = Files.createDirectory(root.resolve(".extract-1"));
        Files.createFile(dead.resolve("libb.so"));
        Files.setLastModifiedTime(dead, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        var living = Files.createDirectory(root.resolve(".extract-2"));
        take();
        assertFalse(Files.exists(dead));
        assertTrue(Files.exists(living));
    }

    @Test
    void manyThreadsGetTheSameFiles() throws InterruptedException, ExecutionException {
        try (var threads = Executors.newFixedThreadPool(16)) {
            var calls = new ArrayList<Callable<List<Path>>>();
            for (int i = 0; i < 64; i++) {
                calls.add(this::take);
            }
            for (var result : threads.invokeAll(calls)) {
                assertEquals(2, result.get().size());
            }
        }
        assertNoLeftovers();
    }

    @Test
    void anInterruptedThreadExtractsAllTheSame() {
        Thread.currentThread().interrupt();
        var files = take();
        assertTrue(Thread.interrupted());
        assertTrue(files.stream().allMatch(Files::exists));
    }

    @Test
    void ofTheDefaultFoldersTheFirstPossibleIsUsed() throws IOException {
        var blocked = Files.createFile(parent.resolve("file")).resolve("native");
        var settings = new Settings(Optional.empty(), Optional.empty(), List.of(blocked, root), Map.of());
        assertEquals(root, Cache.open(settings).take(manifest, bundle).getFirst().getParent().getParent());
    }

    @Test
    void withNoPossibleFolderAllAreNamed() throws IOException {
        var blocked = Files.createFile(parent.resolve("file")).resolve("native");
        var failure = assertThrows(NativeLoadException.class, () -> cache(blocked));
        assertTrue(failure.getMessage().contains(parent.resolve("file").toString()), failure.getMessage());
        assertTrue(failure.getMessage().contains("CHAGRES_NATIVE_CACHE"), failure.getMessage());
    }

    private List<Path> take() {
        return cache(root).take(manifest, bundle);
    }

    static Cache cache(Path folder) {
        return Cache.open(new Settings(Optional.empty(), Optional.of(new Settings.Folder(folder, "the test")),
                List.of(), Map.of()));
    }

    private void assertNoLeftovers() {
        try (var entries = Files.list(root)) {
            assertEquals(List.of(manifest.id()), entries.map(path -> path.getFileName().toString()).toList());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertTrue(Files.isDirectory(root.resolve(manifest.id()), LinkOption.NOFOLLOW_LINKS));
    }
}
