package io.chagres.examples;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A data set of MNIST's form that is learnt in a moment: each class has its own bright row, on noise. */
final class SmallMnist {
    private SmallMnist() {
    }

    /** Writes the four files into a folder and returns it. */
    static Path write(Path folder, int train, int test) throws IOException {
        write(folder, "train", train);
        write(folder, "t10k", test);
        return folder;
    }

    private static void write(Path folder, String name, int count) throws IOException {
        var random = new Random(count);
        var images = ByteBuffer.allocate(16 + 784 * count).putInt(0x803).putInt(count).putInt(28).putInt(28);
        var labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            int label = random.nextInt(10);
            labels.put((byte) label);
            for (int pixel = 0; pixel < 784; pixel++) {
                images.put((byte) (pixel / 28 == 2 * label ? 255 : random.nextInt(100)));
            }
        }
        Files.write(folder.resolve(name + "-images-idx3-ubyte"), images.array());
        Files.write(folder.resolve(name + "-labels-idx1-ubyte"), labels.array());
    }
}
