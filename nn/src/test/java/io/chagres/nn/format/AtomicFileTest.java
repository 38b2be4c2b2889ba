package io.chagres.nn.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    private static final byte[] OLD = "the old content".getBytes();
    private static final byte[] NEW = new byte[10_000];

    static {
        new Random(1).nextBytes(NEW);
    }

    @TempDir
    Path directory;

    @Test
    void syncsTheFileThenRenamesThenSyncsTheDirectory() throws IOException {
        var disk = new FaultyDisk();
        AtomicFile.write(disk, directory.resolve("a.bin"), bytes(NEW));
        assertEquals(List.of("removeAbandoned", "create", "write", "sync", "rename", "close", "syncDirectory"),
                disk.calls);
        assertArrayEquals(NEW, Files.readAllBytes(directory.resolve("a.bin")));
        assertOnlyFile("a.bin");
    }

    @Test
    void aFullDiskAtAnyByteLeavesTheOldFileAndNothingElse() throws IOException {
        var file = directory.resolve("a.bin");
        Files.write(file, OLD);
        for (int k = 0; k < NEW.length; k += 997) {
            var disk = new FaultyDisk();
            disk.capacity = k;
            var e = assertThrows(IOException.class, () -> AtomicFile.write(disk, file, bytes(NEW)));
            assertEquals("cannot write " + file + ": No space left on device", e.getMessage());
            assertArrayEquals(OLD, Files.readAllBytes(file));
            assertOnlyFile("a.bin");
        }
        var disk = new FaultyDisk();
        disk.capacity = NEW.length;
        AtomicFile.write(disk, file, bytes(NEW));
        assertArrayEquals(NEW, Files.readAllBytes(file));
    }

    @Test
    void anyFailureUpToTheRenamingLeavesTheOldFileAndNothingElse() throws IOException {
        var file = directory.resolve("a.bin");
        Files.write(file, OLD);
        for (String call : List.of("create", "sync", "rename")) {
            var disk = new FaultyDisk();
            disk.failing = call;
            var e = assertThrows(IOException.class, () -> AtomicFile.write(disk, file, bytes(NEW)));
            assertEquals("cannot write " + file + ": " + call + " failed", e.getMessage());
            assertArrayEquals(OLD, Files.readAllBytes(file));
            assertOnlyFile("a.bin");
        }
    }

    @Test
    void aFailedSyncOfTheDirectorySaysThatTheFileIsWritten() throws IOException {
        var file = directory.resolve("a.bin");
        var disk = new FaultyDisk();
        disk.failing = "syncDirectory";
        var e = assertThrows(IOException.class, () -> AtomicFile.write(disk, file, bytes(NEW)));
        assertTrue(e.getMessage().startsWith(file + " is written, but"), e.getMessage());
        assertArrayEquals(NEW, Files.readAllBytes(file));
    }

    @Test
    void whatTheContentThrowsComesThroughAndLeavesNothing() throws IOException {
        var file = directory.resolve("a.bin");
        var mistake = new IllegalStateException("mistake");
        assertSame(mistake, assertThrows(IllegalStateException.class, () -> AtomicFile.write(file, channel -> {
            channel.write(ByteBuffer.wrap(NEW));
            throw mistake;
        })));
        assertEquals(List.of(), names());
    }

    @Test
    void anInterruptedThreadCanSaveWhatItHas() throws IOException {
        Thread.currentThread().interrupt();
        AtomicFile.write(directory.resolve("a.bin"), bytes(NEW));
        assertTrue(Thread.interrupted(), "still interrupted");
        assertArrayEquals(NEW, Files.readAllBytes(directory.resolve("a.bin")));
    }

    @Test
    void anInterruptWhileWritingLeavesTheOldFileAndNothingElse() throws IOException {
        var file = directory.resolve("a.bin");
        Files.write(file, OLD);
        var e = assertThrows(IOException.class, () -> AtomicFile.write(file, channel -> {
            Thread.currentThread().interrupt();
            channel.write(ByteBuffer.wrap(NEW));
        }));
        assertTrue(Thread.interrupted(), "still interrupted");
        assertEquals("cannot write " + file + ": ClosedByInterruptException", e.getMessage());
        assertArrayEquals(OLD, Files.readAllBytes(file));
        assertOnlyFile("a.bin");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        var file = directory.resolve("missing/a.bin");
        var e = assertThrows(IOException.class, () -> AtomicFile.write(file, bytes(NEW)));
        assertEquals("cannot write " + file + ": there is no directory " + file.getParent(), e.getMessage());
    }

    @Test
    void removesWhatAKilledWriterLeftAndNothingElse() throws IOException {
        Files.write(directory.resolve(".a.bin.0123456789abcdef.chagres"), OLD);
        var others = List.of(".a.bin.0123.chagres", ".b.bin.0123456789abcdef.chagres", "a.bin.bak");
        for (String name : others) {
            Files.write(directory.resolve(name), OLD);
        }
        AtomicFile.write(directory.resolve("a.bin"), bytes(NEW));
        var expected = new ArrayList<>(others);
        expected.add("a.bin");
        assertEquals(expected.stream().sorted().toList(), names());
    }

    @Test
    void twoWritersOfOneFileDoNotDisturbEachOther() throws IOException {
        var file = directory.resolve("a.bin");
        AtomicFile.write(file, channel -> {
            AtomicFile.write(file, bytes(OLD));
            assertArrayEquals(OLD, Files.readAllBytes(file));
            channel.write(ByteBuffer.wrap(NEW));
        });
        assertArrayEquals(NEW, Files.readAllBytes(file));
        assertOnlyFile("a.bin");
    }

    @Test
    void twoProcessesMayWriteAndOneBeKilledWithoutATornFile() throws Exception {
        var file = directory.resolve("a.bin");
        var random = new Random(7);
        for (int kill = 0; kill < 5; kill++) {
            var child = ChildJvm.start(AtomicFileTest.class, file.toString());
            assertEquals("writing", child.inputReader().readLine());
            for (int i = random.nextInt(20); i >= 0; i--) {
                AtomicFile.write(file, bytes(new byte[1 << 16]));
                assertWhole(Files.readAllBytes(file));
            }
            assertTrue(child.isAlive(), "the child lost its file to us");
            child.destroyForcibly().waitFor();
            assertWhole(Files.readAllBytes(file));
        }
        AtomicFile.write(file, bytes(NEW));
        assertOnlyFile("a.bin");
    }

    private static void assertWhole(byte[] content) {
        assertEquals(1 << 16, content.length);
        for (byte b : content) {
            assertEquals(content[0], b);
        }
    }

    /** The child JVM: writes the same file for ever, each time full of another byte. */
    public static void main(String[] args) throws IOException {
        for (int i = 0;; i++) {
            var content = new byte[1 << 16];
            Arrays.fill(content, (byte) i);
            AtomicFile.write(Path.of(args[0]), channel -> {
                for (int from = 0; from < content.length; from += 4096) {
                    channel.write(ByteBuffer.wrap(content, from, 4096));
                }
            });
            if (i == 0) {
                System.out.println("writing");
            }
        }
    }

    private static AtomicFile.Content bytes(byte[] bytes) {
        return channel -> channel.write(ByteBuffer.wrap(bytes));
    }

    private void assertOnlyFile(String name) throws IOException {
        assertEquals(List.of(name), names());
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
