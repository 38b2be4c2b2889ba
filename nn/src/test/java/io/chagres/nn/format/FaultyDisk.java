package io.chagres.nn.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The real disk, which notes every call, and fails where it is told to. */
final class FaultyDisk implements Disk {
    private final Disk real = new RealDisk();

    final List<String> calls = new ArrayList<>();
    /** The call that fails; null for none. */
    String failing;
    /** Bytes that can be written before the disk is full. */
    long capacity = Long.MAX_VALUE;

    private void call(String name) throws IOException {
        calls.add(name);
        if (name.equals(failing)) {
            throw new IOException(name + " failed");
        }
    }

    @Override
    public Output create(Path file) throws IOException {
        call("create");
        var output = real.create(file);
        return new Output() {
            @Override
            public int write(ByteBuffer bytes) throws IOException {
                call("write");
                int fitting = (int) Math.min(bytes.remaining(), capacity);
                if (fitting < bytes.remaining()) {
                    output.write(bytes.slice(bytes.position(), fitting));
                    throw new IOException("No space left on device");
                }
                capacity -= fitting;
                return output.write(bytes);
            }

            @Override
            public void sync() throws IOException {
                call("sync");
                output.sync();
            }

            @Override
            public boolean isOpen() {
                return output.isOpen();
            }

            @Override
            public void close() throws IOException {
                calls.add("close");
                output.close();
            }
        };
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        call("rename");
        real.rename(from, to);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        call("syncDirectory");
        real.syncDirectory(directory);
    }

    @Override
    public void delete(Path file) throws IOException {
        real.delete(file);
    }

    @Override
    public void removeAbandoned(Path directory, Pattern name) {
        calls.add("removeAbandoned");
        real.removeAbandoned(directory, name);
    }
}
