package io.chagres.nn.format;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The few things that {@link AtomicFile} asks of a file system. Tests put failures between it and the real one. */
interface Disk {

    /** A file being written. Until it is closed, {@link #removeAbandoned} leaves it alone. */
    interface Output extends WritableByteChannel {
        /** Returns when what was written is on the storage device. */
        void sync() throws IOException;
    }

    /** Makes a new file; fails if the name is taken. */
    Output create(Path file) throws IOException;

    /** Gives a file a new name in the same directory, replacing the file that has it, in one step. */
    void rename(Path from, Path to) throws IOException;

    /** Returns when the names in a directory are on the storage device. */
    void syncDirectory(Path directory) throws IOException;

    /** Removes a file; does nothing if there is none. */
    void delete(Path file) throws IOException;

    /** Removes the files whose names match and whose writers ended without closing them, as far as that can be done. */
    void removeAbandoned(Path directory, Pattern name);
}
