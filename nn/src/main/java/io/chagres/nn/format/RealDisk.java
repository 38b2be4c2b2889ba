package io.chagres.nn.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The file system of the machine. A file that is being written carries a lock, which ends with its writer's process: so a
 * file without one is abandoned. Where the file system has no locks, files are never taken for abandoned.
 */
final class RealDisk implements Disk {
    private static final boolean WINDOWS = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");

    /** What this process is writing. POSIX drops a process's locks on a file when it closes any channel to it. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    @Override
    public Output create(Path file) throws IOException {
        var name = file.toAbsolutePath();
        OURS.add(name);
        try {
            return new FileOutput(createLocked(file), name);
        } catch (IOException | RuntimeException e) {
            OURS.remove(name);
            throw e;
        }
    }

    private static FileChannel createLocked(Path file) throws IOException {
        while (true) {
            var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try {
                lock(channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                Files.deleteIfExists(file);
                throw e;
            }
            if (Files.exists(file)) {
                return channel;
            }
            channel.close(); // another process looked for abandoned files before we had the lock
        }
    }

    private static void lock(FileChannel channel) throws IOException {
        try {
            channel.lock();
        } catch (FileLockInterruptionException | ClosedChannelException interrupted) {
            throw interrupted;
        } catch (IOException noLocksHere) {
            // nobody else will have one either
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        if (!WINDOWS) { // which cannot open directories, and writes renames through
            try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void removeAbandoned(Path directory, Pattern name) {
        try (var files = Files.newDirectoryStream(directory,
                file -> name.matcher(file.getFileName().toString()).matches())) {
            for (var file : files) {
                if (!OURS.contains(file.toAbsolutePath())) {
                    removeUnlocked(file);
                }
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            // what lies there stays
        }
    }

    private static void removeUnlocked(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE); var lock = channel.tryLock()) {
            if (lock != null) {
                Files.deleteIfExists(file); // under the lock: its writer may be about to take it
            }
        } catch (IOException | OverlappingFileLockException notOurs) {
            // finished meanwhile, or no locks here
        }
    }

    private record FileOutput(FileChannel channel, Path name) implements Output {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            return channel.write(bytes);
        }

        @Override
        public void sync() throws IOException {
            channel.force(true);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            try {
                channel.close();
            } finally {
                OURS.remove(name);
            }
        }
    }
}
