package io.chagres.natives.load;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.chagres.natives.NativeLoadException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Folders and files that nobody but this user can change. Where the system has no POSIX permissions, as on Windows,
 * only links are refused: the user's profile is private there by inheritance.
 */
final class PrivateFolder {
    private static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

    private PrivateFolder() {
    }

    /**
     * The folder, made with mode 0700 if there was none.
     *
     * @throws IOException if it cannot be made
     * @throws NativeLoadException if it is there, but is a link, or not only this user's to write
     */
    static Path open(Path folder) throws IOException {
        if (folder.getParent() != null) {
            Files.createDirectories(folder.getParent());
        }
        try {
            Files.createDirectory(folder, mode("rwx------"));
        } catch (FileAlreadyExistsException _) {
            // Most often we made it in an earlier run; the check tells.
        }
        var fault = fault(folder, BasicFileAttributes::isDirectory, "is not a directory");
        if (fault.isPresent()) {
            throw new NativeLoadException(
                    "refusing to load native code from %s: it %s; remove it, or choose another folder with %s"
                            .formatted(folder, fault.get(), Settings.CACHE));
        }
        return folder;
    }

    /** A new folder with mode 0700 and a name that nobody could foresee. */
    static Path temporary(Path parent, String prefix) throws IOException {
        return Files.createTempDirectory(parent, prefix, mode("rwx------"));
    }

    /** A new, empty file with mode 0600. */
    static void createFile(Path file) throws IOException {
        Files.createFile(file, mode("rw-------"));
    }

    /** Why this file, which exists, is not safe to load. */
    static Optional<String> fault(Path file) throws IOException {
        return fault(file, BasicFileAttributes::isRegularFile, "is not a regular file");
    }

    private static Optional<String> fault(Path path, Predicate<BasicFileAttributes> kind, String otherwise)
            throws IOException {
        var attributes = Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS);
        if (attributes.isSymbolicLink()) {
            return Optional.of("is a symbolic link");
        }
        if (!kind.test(attributes)) {
            return Optional.of(otherwise);
        }
        if (!POSIX) {
            return Optional.empty();
        }
        var owner = (int) Files.getAttribute(path, "unix:uid", NOFOLLOW_LINKS);
        var user = Foreign.number(Foreign.system(), "geteuid");
        if (owner != user) {
            return Optional.of("belongs to user " + owner + ", not to user " + user + " who runs this");
        }
        var permissions = Files.getPosixFilePermissions(path, NOFOLLOW_LINKS);
        var writable = permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE);
        return writable
                ? Optional.of("can be written by others (" + PosixFilePermissions.toString(permissions) + ")")
                : Optional.empty();
    }

    private static FileAttribute<?>[] mode(String permissions) {
        return POSIX
                ? new FileAttribute<?>[]{
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))}
                : new FileAttribute<?>[0];
    }
}
