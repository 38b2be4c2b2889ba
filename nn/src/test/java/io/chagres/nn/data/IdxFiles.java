package io.chagres.nn.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** IDX files made by hand. */
final class IdxFiles {
    private IdxFiles() {
    }

    /** Unsigned bytes of these sizes. */
    static byte[] bytes(byte[] data, int... dims) {
        var buffer = ByteBuffer.allocate(4 + 4 * dims.length + data.length).putInt(0x0800 | dims.length);
        for (int dim : dims) {
            buffer.putInt(dim);
        }
        return buffer.put(data).array();
    }

    /** Random images of some height and width, and classes below 10, in files images and classes of a directory. */
    static ImageDataset images(Path directory, int count, int height, int width) throws IOException {
        var random = new Random(count);
        byte[] pixels = new byte[count * height * width];
        random.nextBytes(pixels);
        byte[] classes = new byte[count];
        for (int i = 0; i < count; i++) {
            classes[i] = (byte) random.nextInt(10);
        }
        Files.write(directory.resolve("images"), bytes(pixels, count, height, width));
        Files.write(directory.resolve("classes"), bytes(classes, count));
        return ImageDataset.open(directory.resolve("images"), directory.resolve("classes"));
    }
}
