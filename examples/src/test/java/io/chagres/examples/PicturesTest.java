package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.nn.Module;
import io.chagres.nn.data.DataLoader;
import io.chagres.nn.data.ImageDataset;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturesTest {
    @TempDir
    Path folder;

    /** Three images of one pixel, whose class is said by their brightness: 0, 1, 1, but image 1 looks like class 0. */
    private static ImageDataset images() {
        return ImageDataset.of(Tensor.of(new float[]{0, 0, 255}, 3, 1, 1, 1).to(DType.UINT8),
                Tensor.of(new long[]{0, 1, 1}));
    }

    /** Takes bright images for class 1. */
    private static final class Bright extends Module {
        @Override
        public Tensor forward(Tensor x) {
            return Tensor.of(new float[]{0.5f, 0}, 2).add(x.view(-1, 1).mul(Tensor.of(new float[]{0, 1}, 2)));
        }
    }

    @Test
    void anEvaluationCounts() {
        var data = images();
        try (var net = new Bright(); var loader = DataLoader.of(data).batchSize(2)) {
            var evaluation = Evaluation.of(net, loader, List.of("dark", "bright"));
            assertArrayEquals(new int[]{0, 1, 1}, evaluation.labels());
            assertArrayEquals(new int[]{0, 0, 1}, evaluation.predictions());
            assertEquals(2, evaluation.right());
            assertEquals(2 / 3.0, evaluation.accuracy());
            assertArrayEquals(new int[]{1, 0}, evaluation.confusion()[0]);
            assertArrayEquals(new int[]{1, 1}, evaluation.confusion()[1]);
            var e = assertThrows(IllegalArgumentException.class, () -> Evaluation.of(net, loader, List.of("dark")));
            assertEquals("test image 1 is of class 1; there are 1 classes", e.getMessage());
        }
    }

    @Test
    void rightAndWrongOnesLookDifferent() throws IOException {
        var evaluation = new Evaluation(List.of("dark", "bright"), new int[]{0, 1, 1}, new int[]{0, 0, 1});
        var file = folder.resolve("predictions.png");
        new PredictionsPicture("Three", images(), evaluation).writePng(file);
        var picture = ImageIO.read(file.toFile());
        // the frames of the three images, and what is in them
        assertEquals(Picture.RIGHT.getRGB(), picture.getRGB(24, 94));
        assertEquals(Picture.WRONG.getRGB(), picture.getRGB(24 + 17, 94));
        assertEquals(Picture.RIGHT.getRGB(), picture.getRGB(24 + 34, 94));
    }

    @Test
    void theDarkestCellsAreTheGreatestShares() throws IOException {
        var evaluation = new Evaluation(List.of("dark", "bright"), new int[]{0, 1, 1}, new int[]{0, 0, 1});
        var file = folder.resolve("confusion.png");
        new ConfusionPicture("Three", evaluation).writePng(file);
        var picture = ImageIO.read(file.toFile());
        int[] corners = {picture.getRGB(155, 125), picture.getRGB(155 + 84, 125), picture.getRGB(155, 125 + 46),
                picture.getRGB(155 + 84, 125 + 46)};
        assertEquals(0xff1f4e9c, corners[0]);
        assertEquals(0xffffffff, corners[1]);
        assertNotEquals(0xffffffff, corners[2]);
        assertNotEquals(corners[2], corners[3]);
    }
}
