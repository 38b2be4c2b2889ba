package io.chagres.natives.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.natives.NativeLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Nobody else can slip in a file, or a folder. */
@DisabledOnOs(OS.WINDOWS)
class PermissionsTest {
    private static final int SOMEBODY_ELSE = 54321;

    private final MemoryBundle bundle = MemoryBundle.sample();
    private final Manifest manifest = bundle.manifest();

    @TempDir
    Path parent;
    private Path root;
    private Path entry;

    @BeforeEach
    void choose() {
        root = parent.resolve("native");
        entry = root.resolve(manifest.id());
    }

    @Test
    void onlyTheUserReadsAndWrites() throws IOException {
        take();
        assertEquals("rwx------", permissions(root));
        assertEquals("rwx------", permissions(entry));
        assertEquals("rw-------", permissions(entry.resolve("liba.so")));
    }

    @Test
    void aLinkInsteadOfTheCacheIsRefused() throws IOException {
        Files.createSymbolicLink(root, Files.createDirectory(parent.resolve("elsewhere")));
        assertRefused(root, "is a symbolic link");
    }

    @Test
    void aLinkInsteadOfAnEntryIsRefused() throws IOException {
        take();
        Files.move(entry, parent.resolve("elsewhere"));
        Files.createSymbolicLink(entry, parent.resolve("elsewhere"));
        assertRefused(entry, "is a symbolic link");
    }

    @Test
    void aFolderThatAllCanWriteIsRefused() throws IOException {
        Files.createDirectory(root);
        allow(root, "rwxrwxrwx");
        assertRefused(root, "can be written by others (rwxrwxrwx)");
        assertFalse(Files.exists(entry), "nothing may be written there");
    }

    @Test
    void anEntryThatTheGroupCanWriteIsRefused() throws IOException {
        take();
        allow(entry, "rwxrwx---");
        assertRefused(entry, "can be written by others (rwxrwx---)");
    }

    @Test
    void aFolderOfAnotherUserIsRefused() throws IOException {
        Files.createDirectory(root);
        give(root);
        assertRefused(root, "belongs to user " + SOMEBODY_ELSE);
    }

    @Test
    void aFileInsteadOfAFolderIsRefused() throws IOException {
        Files.createFile(root);
        assertRefused(root, "is not a directory");
    }

    @Test
    void aLinkInsteadOfALibraryIsReplaced() throws IOException {
        take();
        var file = entry.resolve("liba.so");
        var target = Files.move(file, parent.resolve("elsewhere"));
        Files.createSymbolicLink(file, target);
        try (var log = new CapturedLog()) {
            take();
            assertTrue(log.messages().getFirst().contains("is a symbolic link"), log.messages()::toString);
        }
        assertTrue(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS));
        assertArrayEquals(new byte[]{1, 2, 3}, Files.readAllBytes(target));
    }

    @Test
    void aLibraryThatOthersCanWriteIsReplaced() throws IOException {
        take();
        var file = entry.resolve("liba.so");
        allow(file, "rw-rw-rw-");
        try (var log = new CapturedLog()) {
            take();
            assertTrue(log.messages().getFirst().contains("can be written by others"), log.messages()::toString);
        }
        assertEquals("rw-------", permissions(file));
    }

    @Test
    void aLibraryOfAnotherUserIsReplaced() throws IOException {
        take();
        var file = entry.resolve("liba.so");
        give(file);
        try (var log = new CapturedLog()) {
            take();
            assertTrue(log.messages().getFirst().contains("belongs to user"), log.messages()::toString);
        }
        assertEquals(Files.getAttribute(entry, "unix:uid"), Files.getAttribute(file, "unix:uid"));
    }

    private void take() {
        CacheTest.cache(root).take(manifest, bundle);
    }

    private void assertRefused(Path folder, String reason) {
        var failure = assertThrows(NativeLoadException.class, this::take);
        assertTrue(failure.getMessage().startsWith("refusing to load native code from " + folder + ": it " + reason),
                failure.getMessage());
        assertTrue(failure.getMessage().contains("CHAGRES_NATIVE_CACHE"), failure.getMessage());
    }

    /** Only root can give files away. */
    private static void give(Path path) throws IOException {
        assumeTrue(Foreign.number(Foreign.system(), "geteuid") == 0, "not root");
        Files.setAttribute(path, "unix:uid", SOMEBODY_ELSE);
    }

    private static void allow(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    }
}
