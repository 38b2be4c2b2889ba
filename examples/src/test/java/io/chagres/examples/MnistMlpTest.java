package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import io.chagres.nn.format.SafetensorsFile;
import io.chagres.runtime.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MnistMlpTest {
    @TempDir
    Path folder;

    /** Exit code and both outputs of a run. */
    private record Run(int code, String out, String err) {
        String lastLine() {
            return out.lines().reduce((a, b) -> b).orElseThrow();
        }
    }

    private static Run run(String... arguments) {
        var oldOut = System.out;
        var oldErr = System.err;
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            return new Run(MnistMlp.run(arguments), out.toString(StandardCharsets.UTF_8),
                    err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(oldOut);
            System.setErr(oldErr);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "trainer"})
    void trainsSavesLoadsAndSums(String loop) throws IOException {
        SmallMnist.write(folder, 600, 200);
        var output = folder.resolve("new/output");
        var run = run("--data", folder.toString(), "--epochs", "1", "--batch-size", "20", "--output", output.toString(),
                "--loop", loop, "--threads", "1");
        assertEquals(0, run.code(), run.err());
        var summary = numbers(run.lastLine());
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
        assertEquals(900, ImageIO.read(output.resolve("loss.png").toFile()).getWidth());
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

    private static Map<String, Double> numbers(String line) throws IOException {
        var numbers = new LinkedHashMap<String, Double>();
        try (var json = new JsonFactory().createParser(line)) {
            assertEquals(JsonToken.START_OBJECT, json.nextToken());
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                assertTrue(json.nextToken().isNumeric(), line);
                numbers.put(name, json.getDoubleValue());
            }
            assertEquals(JsonToken.END_OBJECT, json.currentToken());
        }
        return numbers;
    }

    @Test
    void trainsLeNetToo() throws IOException {
        SmallMnist.write(folder, 1500, 100);
        var run = run("--data", folder.toString(), "--net", "lenet", "--epochs", "1", "--batch-size", "15", "--output",
                folder.toString());
        assertEquals(0, run.code(), run.err());
        assertTrue(numbers(run.lastLine()).get("accuracy") > 0.9, run.out());
        try (var saved = SafetensorsFile.open(folder.resolve("mnist-lenet.safetensors"))) {
            assertEquals(Shape.of(16, 6, 5, 5), saved.shape("conv2.weight"));
        }
    }

    @Test
    void explainsItself() {
        var run = run("--help");
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
        var all = new java.util.ArrayList<>(
                List.of("--data", folder.toString(), "--output", folder.resolve("output").toString()));
        all.addAll(List.of(arguments));
        if (List.of(arguments).contains("--data")) {
            all.subList(0, 2).clear();
        }
        var run = run(all.toArray(String[]::new));
        assertEquals(code, run.code(), run.err());
        assertNotNull(run.err());
        assertTrue(run.err().contains(message), run.err());
    }
}
