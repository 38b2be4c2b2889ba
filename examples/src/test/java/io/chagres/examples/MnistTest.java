package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.format.FormatException;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {
    @TempDir
    Path cache;
    private String before;

    @BeforeEach
    void useACacheOfOurOwn() {
        before = System.setProperty("chagres.cache", cache.toString());
    }

    @AfterEach
    void useTheOldCache() {
        if (before == null) {
            System.clearProperty("chagres.cache");
        } else {
            System.setProperty("chagres.cache", before);
        }
    }

    @Test
    void holdsSeventyThousandDigits() throws IOException {
        try (var train = Mnist.train(); var test = Mnist.test()) {
            assertEquals(60_000, train.size());
            assertEquals(10_000, test.size());
            assertEquals(Shape.of(1, 28, 28), train.inputShape());
            var images = Tensor.empty(DType.FLOAT32, 3, 1, 28, 28);
            var labels = Tensor.empty(DType.INT64, 3);
            train.read(new long[]{0, 1, 59_999}, 0, 3, images, labels);
            assertArrayEquals(new long[]{5, 0, 8}, labels.toLongArray());
            test.read(new long[]{0, 1, 9_999}, 0, 3, images, labels);
            assertArrayEquals(new long[]{7, 2, 6}, labels.toLongArray());
        }
    }

    @Test
    void unpacksOnceAndReplacesDamagedFiles() throws IOException {
        var file = MnistFile.TEST_LABELS.fromCache();
        assertTrue(file.startsWith(cache), file.toString());
        byte[] good = Files.readAllBytes(file);
        var longAgo = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(file, longAgo);
        assertEquals(file, MnistFile.TEST_LABELS.fromCache());
        assertEquals(longAgo, Files.getLastModifiedTime(file));

        byte[] flipped = good.clone();
        flipped[5000] ^= 1;
        for (byte[] damaged : List.of(flipped, Arrays.copyOf(good, 9), new byte[0])) {
            Files.write(file, damaged);
            assertEquals(file, MnistFile.TEST_LABELS.fromCache());
            assertArrayEquals(good, Files.readAllBytes(file));
        }
        assertEquals(List.of(file), filesInCache());
    }

    @Test
    void severalThreadsMayUnpackAtOnce() throws Exception {
        Callable<Path> task = MnistFile.TEST_IMAGES::fromCache;
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (var result : threads.invokeAll(Collections.nCopies(4, task))) {
                assertEquals(7_840_016, Files.size(result.get()));
            }
        }
        assertEquals(1, filesInCache().size());
    }

    @Test
    void severalProcessesMayUnpackAtOnce() throws Exception {
        var processes = new ArrayList<Process>();
        for (int i = 0; i < 2; i++) {
            processes.add(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                    System.getProperty("java.class.path"), "-Dchagres.cache=" + cache, MnistTest.class.getName())
                    .inheritIO().start());
        }
        for (var process : processes) {
            assertEquals(0, process.waitFor());
        }
        assertEquals(1, filesInCache().size());
    }

    /** The child process. */
    public static void main(String[] arguments) throws IOException {
        if (Files.size(MnistFile.TEST_IMAGES.fromCache()) != 7_840_016) {
            System.exit(1);
        }
    }

    @Test
    void aFolderMayHoldRawOrPackedFiles(@TempDir Path folder) throws IOException {
        SmallMnist.write(folder, 30, 20);
        try (var train = Mnist.train(folder); var test = Mnist.test(folder)) {
            assertEquals(30, train.size());
            assertEquals(20, test.size());
        }
        var raw = folder.resolve("t10k-images-idx3-ubyte");
        var packed = folder.resolve("t10k-images-idx3-ubyte.gz");
        byte[] bytes = gzip(Files.readAllBytes(raw));
        Files.delete(raw);
        Files.write(packed, bytes);
        for (int i = 0; i < 2; i++) {
            try (var test = Mnist.test(folder)) {
                assertEquals(20, test.size());
            }
        }
        Files.write(packed, Arrays.copyOf(bytes, bytes.length - 20));
        var e = assertThrows(IOException.class, () -> Mnist.test(folder));
        assertTrue(e.getMessage().contains(packed + " is damaged"), e.getMessage());
        Files.write(packed, gzip(new byte[]{0, 0, 8, 3}));
        assertThrows(FormatException.class, () -> Mnist.test(folder));
        Files.delete(packed);
        e = assertThrows(IOException.class, () -> Mnist.test(folder));
        assertEquals(folder + ": holds neither t10k-images-idx3-ubyte nor t10k-images-idx3-ubyte.gz", e.getMessage());
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    @Test
    void anUnusableCacheSaysWhatToDo() throws IOException {
        var file = Files.createFile(cache.resolve("file"));
        System.setProperty("chagres.cache", file.toString());
        var e = assertThrows(IOException.class, Mnist::test);
        assertTrue(e.getMessage().startsWith("cannot make the cache folder " + file), e.getMessage());
        assertTrue(e.getMessage().contains("-Dchagres.cache=DIR"), e.getMessage());
    }

    private List<Path> filesInCache() throws IOException {
        try (var files = Files.walk(cache)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
