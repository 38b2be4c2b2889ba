package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.format.SafetensorsFile;
import io.chagres.runtime.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MnistMlpTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"plain", "trainer"})
    void trainsSavesLoadsAndSums(String loop) throws IOException {
        SmallMnist.write(folder, 600, 200);
        var output = folder.resolve("new/output");
        var run = Run.of(new MnistMlp(), "--data", folder.toString(), "--epochs", "1", "--batch-size", "20", "--output",
                output.toString(),
                "--loop", loop, "--threads", "1");
        var summary = run.summary();
        assertEquals(
                List.of("accuracy", "epochs", "seconds", "samplesPerSecond", "peakOffHeapBytes", "heapBytesPerStep"),
                List.copyOf(summary.keySet()));
        assertEquals(1, summary.get("epochs"));
        assertTrue(summary.get("accuracy") > 0.9, run.out());
        assertEquals(600, summary.get("samplesPerSecond") * summary.get("seconds"), 1);
        assertTrue(summary.get("peakOffHeapBytes") > 4 * 109_386, run.out());
        assertTrue(summary.get("heapBytesPerStep") >= 0, run.out());
        assertTrue(run.out().contains("Epoch 1 loss: "), run.out());
        assertWeightsAsInPyTorch(output.resolve("mnist-mlp.safetensors"));
        Run.assertPictures(output);
    }

    private static void assertWeightsAsInPyTorch(Path file) throws IOException {
        try (var saved = SafetensorsFile.open(file)) {
            var shapes = new LinkedHashMap<String, Shape>();
            saved.names().forEach(name -> shapes.put(name, saved.shape(name)));
            assertEquals(Map.of("fc1.weight", Shape.of(128, 784), "fc1.bias", Shape.of(128), "fc2.weight",
                    Shape.of(64, 128), "fc2.bias", Shape.of(64), "fc3.weight", Shape.of(10, 64), "fc3.bias",
                    Shape.of(10)),
                    shapes);
            assertEquals(Map.of("format", "pt"), saved.metadata());
        }
    }

    @Test
    void trainsLeNetToo() throws IOException {
        SmallMnist.write(folder, 1500, 100);
        var run = Run.of(new MnistMlp(), "--data", folder.toString(), "--net", "lenet", "--epochs", "1", "--batch-size",
                "15", "--output",
                folder.toString());
        assertTrue(run.summary().get("accuracy") > 0.9, run.out());
        try (var saved = SafetensorsFile.open(folder.resolve("mnist-lenet.safetensors"))) {
            assertEquals(Shape.of(16, 6, 5, 5), saved.shape("conv2.weight"));
        }
    }

    @Test
    void explainsItself() {
        var run = Run.of(new MnistMlp(), "--help");
        assertEquals(0, run.code());
        for (String option : List.of("--net", "--data", "--epochs", "--batch-size", "--seed", "--lr", "--loop",
                "--threads",
                "--output")) {
            assertTrue(run.out().contains(option), run.out());
        }
    }

    @Test
    void mistakesAreTold() throws IOException {
        SmallMnist.write(folder, 20, 10);
        assertMistake(2, "--epoch", "--epoch", "1");
        assertMistake(2, "--loop", "--loop", "magic");
        assertMistake(1, "--epochs 0: at least 1 is needed", "--epochs", "0");
        assertMistake(1, "batches of 0 rows", "--batch-size", "0");
        assertMistake(1, "holds neither train-images-idx3-ubyte", "--data", folder.resolve("none").toString());
        Files.write(folder.resolve("train-labels-idx1-ubyte"), new byte[]{0, 0, 8, 1, 0, 0, 0, 20, 1});
        assertMistake(1, "makes 8 + 20 bytes; the file has 9");
    }

    private void assertMistake(int code, String message, String... arguments) {
        var all = new ArrayList<>(
                List.of("--data", folder.toString(), "--output", folder.resolve("output").toString()));
        all.addAll(List.of(arguments));
        if (List.of(arguments).contains("--data")) {
            all.subList(0, 2).clear();
        }
        Run.of(new MnistMlp(), all.toArray(String[]::new)).assertMistake(code, message);
    }
}
