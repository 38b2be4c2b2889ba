package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.train.TrainingListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressTest {
    private long nanos;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void linesComeOnceASecond() {
        var lines = new ProgressLines(out, 2, 1000, () -> nanos);
        for (int step = 1; step <= 10; step++) {
            nanos += 250_000_000;
            lines.stepDone(1, step, 100, 0.5);
        }
        lines.epochDone(1, 0.25);
        assertEquals(List.of("epoch 1/2: 20 %, 400 samples/s, loss 0.5000, 4 s left",
                "epoch 1/2: 40 %, 400 samples/s, loss 0.5000, 3 s left", "Epoch 1 loss: 0.2500"),
                bytes.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void aLongTrainingHasNoMoreThanTwoHundredLines() {
        var lines = new ProgressLines(out, 1, 1000, () -> nanos);
        for (int step = 1; step <= 1000; step++) {
            nanos += 2_000_000_000;
            lines.stepDone(1, step, 1, 0.5);
        }
        assertTrue(bytes.toString(StandardCharsets.UTF_8).lines().count() <= 200);
    }

    @Test
    void barsShowTheEpochAndEndWithIt() {
        try (var bars = new ProgressBars(out, 2, 200)) {
            for (int step = 1; step <= 100; step++) {
                bars.stepDone(2, step, 2, 0.5);
            }
            bars.epochDone(2, 0.25);
        }
        String shown = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(shown.contains("Epoch 2/2 100%"), shown);
        assertTrue(shown.contains("200/200 samples"), shown);
        assertTrue(shown.contains("samples/s"), shown);
        assertTrue(shown.contains("loss 0.5000"), shown);
        assertTrue(shown.endsWith("Epoch 2 loss: 0.2500" + System.lineSeparator()), shown);
    }

    @Test
    void theCurveHasFewPointsWhateverTheNumberOfSteps(@TempDir Path folder) throws IOException {
        var curve = new LossCurve(10, 938);
        for (int step = 0; step < 9380; step++) {
            curve.add(step);
        }
        assertEquals(408, curve.losses().size());
        assertEquals(0, curve.losses().get(0));
        assertEquals(12, curve.losses().get(1));
        assertEquals(35, curve.losses().get(2));
        curve.writePng(folder.resolve("loss.png"));
        var image = ImageIO.read(folder.resolve("loss.png").toFile());
        assertEquals(540, image.getHeight());
        var e = assertThrows(IOException.class, () -> curve.writePng(folder.resolve("missing/loss.png")));
        assertTrue(e.getMessage().contains("missing"), e.getMessage());
    }

    @Test
    void aLossOutOfBoundsIsAGap(@TempDir Path folder) throws IOException {
        var curve = new LossCurve(1, 3);
        for (double loss : new double[]{1, Double.POSITIVE_INFINITY, Double.NaN}) {
            curve.add(loss);
        }
        assertEquals(List.of(1.0, Double.NaN, Double.NaN), curve.losses());
        curve.writePng(folder.resolve("loss.png"));
        assertEquals(900, ImageIO.read(folder.resolve("loss.png").toFile()).getWidth());
    }

    @Test
    void theLogCountsHeapBytesOfStepsButNotOfTheDisplay() {
        var display = new TrainingListener() {
            byte[] last;

            @Override
            public void stepDone(int epoch, long step, int samples, double loss) {
                last = new byte[100_000];
            }
        };
        var log = new TrainingLog(display, 1, 1000);
        byte[] own = null;
        for (int step = 1; step <= 1000; step++) {
            own = new byte[5000];
            log.stepDone(1, step, 10, 0.1);
        }
        assertEquals(5000, own.length);
        assertEquals(100_000, display.last.length);
        assertEquals(10_000, log.samples());
        assertTrue(log.heapBytesPerStep() >= 5000 && log.heapBytesPerStep() < 10_000,
                log.heapBytesPerStep() + " bytes");
    }
}
