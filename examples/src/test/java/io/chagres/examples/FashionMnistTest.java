package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.format.SafetensorsFile;
import io.chagres.runtime.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FashionMnistTest {
    @TempDir
    Path folder;

    @Test
    void trainsOnAFolder() throws IOException {
        SmallMnist.write(folder, 200, 50);
        var output = folder.resolve("output");
        var run = Run.of(new FashionMnist(), "--data", folder.toString(), "--epochs", "1", "--batch-size", "10",
                "--output", output.toString());
        assertEquals(1, run.summary().get("epochs"));
        assertTrue(run.out().contains("ResNet-20 on Fashion-MNIST: 200 images, batches of 10, seed 1"), run.out());
        Run.assertPictures(output);
        try (var saved = SafetensorsFile.open(output.resolve("fashion-mnist-resnet20.safetensors"))) {
            assertEquals(Shape.of(16, 1, 3, 3), saved.shape("conv1.weight"));
        }
    }

    @Test
    void saysHowToComeByTheData() throws IOException {
        assertEquals(folder, FashionMnist.existing(folder));
        var e = assertThrows(IOException.class, () -> FashionMnist.existing(folder.resolve("none")));
        assertTrue(e.getMessage().contains("apt-get install dataset-fashion-mnist"), e.getMessage());
        assertTrue(e.getMessage().contains("--data DIR"), e.getMessage());
        Run.of(new FashionMnist(), "--data", folder.toString(), "--output", folder.toString()).assertMistake(1,
                "holds neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz");
        var help = Run.of(new FashionMnist(), "--help");
        assertEquals(0, help.code());
        assertTrue(help.out().contains("dataset-fashion-mnist"), help.out());
    }
}
