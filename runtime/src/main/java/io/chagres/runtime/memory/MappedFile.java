package io.chagres.runtime.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file mapped into memory for reading. Nothing is copied: pages are read from the file when they are first touched, and
 * may be dropped again by the operating system. Counted under {@link Owner#DATA}.
 * <p>
 * The file must not be shortened while it is mapped; the JVM turns reads past a new end into an {@code InternalError}.
 */
public final class MappedFile implements AutoCloseable {
    private final Path path;
    private final Storage storage;

    private MappedFile(Path path, Storage storage) {
        this.path = path;
        this.storage = storage;
    }

    /**
     * Maps a whole file.
     *
     * @throws IOException if the file cannot be opened or mapped; the message names it
     */
    public static MappedFile open(Path path) throws IOException {
        String origin = "mapped file " + path.getFileName();
        var arena = Arena.ofShared();
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            var segment = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return new MappedFile(path, Storage.adopt(Block.adopt(arena, segment, Owner.DATA, origin), origin));
        } catch (FileSystemException | RuntimeException e) {
            arena.close();
            throw e;
        } catch (IOException e) {
            arena.close();
            throw new IOException(path + " cannot be mapped: " + e, e);
        }
    }

    /** The file. */
    public Path path() {
        return path;
    }

    /** Its size in bytes. */
    public long size() {
        return storage.bytes();
    }

    /**
     * Its bytes, read only.
     *
     * @throws IllegalStateException if the file was closed
     */
    public MemorySegment segment() {
        return storage.expose("mapped file");
    }

    /** The storage, for tensors that are views of the file. */
    public Storage storage() {
        return storage;
    }

    /** Ends the mapping; tensors over it can no longer be read. Closing twice does nothing. */
    @Override
    public void close() {
        storage.close("its mapped file " + path.getFileName() + " was closed");
    }
}
