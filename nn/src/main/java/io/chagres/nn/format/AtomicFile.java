package io.chagres.nn.format;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Writes a file so that its name stands for all of the old content or all of the new, whatever happens in between: a full
 * disk, an exception, the end of the process, a power failure.
 * <p>
 * The content goes into a new file of another name in the same directory, which is synced and renamed; then the directory
 * is synced. If anything fails up to the renaming, the new file is removed and the old one is as it was. What a killed
 * process left behind is removed when the same file is written next. A symbolic link is replaced, not followed.
 */
public final class AtomicFile {

    /** Writes the content of a file, from its beginning to its end. */
    @FunctionalInterface
    public interface Content {
        /** Writes to the channel and leaves it open; what it throws makes the whole writing fail. */
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    private AtomicFile() {
    }

    /**
     * Writes or replaces a file. A thread that was interrupted before can still write, and stays interrupted; interrupted
     * while it writes, it fails.
     *
     * @throws IOException naming the file and the cause
     */
    public static void write(Path file, Content content) throws IOException {
        write(new RealDisk(), file, content);
    }

    static void write(Disk disk, Path file, Content content) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            writeUninterrupted(disk, file, content);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void writeUninterrupted(Disk disk, Path file, Content content) throws IOException {
        var target = file.toAbsolutePath();
        var directory = target.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new IOException("cannot write " + file + ": there is no directory " + directory);
        }
        String prefix = "." + target.getFileName() + ".";
        String suffix = ".chagres";
        var temporary = directory.resolve(prefix + randomHex() + suffix);
        disk.removeAbandoned(directory,
                Pattern.compile(Pattern.quote(prefix) + "[0-9a-f]{16}" + Pattern.quote(suffix)));
        try {
            replace(disk, target, temporary, content);
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + reason(e), e);
        }
        try {
            disk.syncDirectory(directory);
        } catch (IOException e) {
            throw new IOException(file + " is written, but might not survive a power failure: " + reason(e), e);
        }
    }

    private static void replace(Disk disk, Path target, Path temporary, Content content) throws IOException {
        try (var output = disk.create(temporary)) {
            try {
                content.writeTo(output);
                output.sync();
                disk.rename(temporary, target);
            } catch (IOException | RuntimeException | Error e) {
                try {
                    disk.delete(temporary);
                } catch (IOException alsoFailed) {
                    e.addSuppressed(alsoFailed);
                }
                throw e;
            }
        }
    }

    private static String randomHex() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
