package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.format.SafetensorsFile;
import io.chagres.runtime.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10Test {
    @TempDir
    Path folder;

    @Test
    void trainsOnTheUsersFolder() throws IOException {
        SmallCifar.write(folder, 40);
        var output = folder.resolve("output");
        var run = Run.of(new Cifar10(), "--data", folder.toString(), "--epochs", "1", "--batch-size", "10",
                "--lr", "0.01", "--output", output.toString());
        assertEquals(1, run.summary().get("epochs"));
        double loss = run.out().lines().filter(line -> line.startsWith("Epoch 1 loss: "))
                .mapToDouble(line -> Double.parseDouble(line.substring(14))).findFirst().orElseThrow();
        assertTrue(loss < Math.log(10), "no better than guessing: " + loss);
        assertTrue(run.out().contains("ResNet-20 on CIFAR-10: 200 images, batches of 10, seed 1"), run.out());
        Run.assertPictures(output);
        try (var saved = SafetensorsFile.open(output.resolve("cifar10-resnet20.safetensors"))) {
            assertEquals(Shape.of(16, 3, 3, 3), saved.shape("conv1.weight"));
        }
    }

    @Test
    void explainsItselfAndTellsMistakes() throws IOException {
        var help = Run.of(new Cifar10(), "--help");
        assertEquals(0, help.code());
        assertTrue(help.out().contains("https://www.cs.toronto.edu/~kriz/cifar.html"), help.out());
        Run.of(new Cifar10()).assertMistake(2, "Missing required option: '--data=DIR'");
        String[] arguments = {"--data", folder.toString(), "--output", folder.toString()};
        Run.of(new Cifar10(), arguments).assertMistake(1, "data_batch_1.bin is not there; CIFAR-10 in its binary form");
        SmallCifar.write(folder, 2);
        Files.write(folder.resolve("data_batch_3.bin"), new byte[5000]);
        Run.of(new Cifar10(), arguments).assertMistake(1, "data_batch_3.bin: has 5000 bytes");
    }
}
