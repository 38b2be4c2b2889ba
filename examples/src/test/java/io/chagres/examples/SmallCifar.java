package io.chagres.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A data set of CIFAR-10's form that is learnt in a moment: each class has its own colour, on noise. */
final class SmallCifar {
    private SmallCifar() {
    }

    /** Writes the six files, of so many images each, into a folder and returns it. */
    static Path write(Path folder, int images) throws IOException {
        for (int i = 1; i <= 5; i++) {
            write(folder.resolve("data_batch_" + i + ".bin"), images, i);
        }
        write(folder.resolve("test_batch.bin"), images, 6);
        return folder;
    }

    private static void write(Path file, int count, long seed) throws IOException {
        var random = new Random(seed);
        byte[] bytes = new byte[count * 3073];
        for (int i = 0; i < count; i++) {
            int label = random.nextInt(10);
            bytes[i * 3073] = (byte) label;
            for (int pixel = 0; pixel < 3072; pixel++) {
                boolean bright = (label + 1 >> pixel / 1024 & 1) == 1;
                bytes[i * 3073 + 1 + pixel] = (byte) ((bright ? 150 : label > 6 ? 80 : 0) + random.nextInt(80));
            }
        }
        Files.write(file, bytes);
    }
}
