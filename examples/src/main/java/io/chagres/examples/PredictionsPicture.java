package io.chagres.examples;

import io.chagres.nn.data.ImageDataset;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Locale;
import java.util.stream.IntStream;

/** Some test images with what a network takes them for: the first ones, and the first of those that it got wrong. */
final class PredictionsPicture extends Picture {
    private static final int COLUMNS = 12;
    private static final int ROWS = 2;
    private static final int ZOOM = 3;
    private static final int MARGIN = 24;
    private static final int TITLE = 60;
    private static final int HEADING = 34;
    private static final int GAP = 14;
    private static final int CAPTION = 40;

    private final String title;
    private final ImageDataset images;
    private final Evaluation evaluation;
    private final int tileWidth;
    private final int tileHeight;

    /** Draws images with pixels in [0, 1], of one channel or three; the evaluation is in their order. */
    PredictionsPicture(String title, ImageDataset images, Evaluation evaluation) {
        this.title = title;
        this.images = images;
        this.evaluation = evaluation;
        this.tileHeight = (int) (ZOOM * images.inputShape().dim(1));
        this.tileWidth = (int) (ZOOM * images.inputShape().dim(2));
    }

    @Override
    int width() {
        return 2 * MARGIN + COLUMNS * (tileWidth + GAP) - GAP;
    }

    @Override
    int height() {
        return TITLE + 2 * (HEADING + ROWS * (tileHeight + CAPTION)) + MARGIN;
    }

    @Override
    void draw(Graphics2D g) {
        int wrong = evaluation.size() - evaluation.right();
        text(g, String.format(Locale.ROOT, "%s: %.2f %% of %,d test images right", title, 100 * evaluation.accuracy(),
                evaluation.size()), MARGIN, 40, 0, Font.BOLD, 22, Color.BLACK);
        int y = TITLE;
        int[] first = IntStream.range(0, Math.min(COLUMNS * ROWS, evaluation.size())).toArray();
        section(g, "The first test images, and what the network takes them for", y, first);
        y += HEADING + ROWS * (tileHeight + CAPTION);
        int[] mistakes = IntStream.range(0, evaluation.size()).filter(i -> !evaluation.isRight(i))
                .limit(COLUMNS * ROWS).toArray();
        section(g, String.format(Locale.ROOT, "The first of the %,d mistakes", wrong), y, mistakes);
    }

    private void section(Graphics2D g, String heading, int y, int[] numbers) {
        text(g, heading, MARGIN, y + 18, 0, Font.PLAIN, 16, FAINT);
        for (int i = 0; i < numbers.length; i++) {
            tile(g, numbers[i], MARGIN + i % COLUMNS * (tileWidth + GAP),
                    y + HEADING + i / COLUMNS * (tileHeight + CAPTION));
        }
    }

    private void tile(Graphics2D g, int number, int x, int y) {
        boolean right = evaluation.isRight(number);
        var color = right ? RIGHT : WRONG;
        g.drawImage(image(number), x, y, tileWidth, tileHeight, null);
        g.setColor(color);
        g.setStroke(new BasicStroke(right ? 2 : 4));
        g.drawRect(x, y, tileWidth, tileHeight);
        double middle = x + tileWidth / 2.0;
        var names = evaluation.classes();
        int line = y + tileHeight + 17;
        text(g, names.get(evaluation.predictions()[number]), middle, line, 0.5, Font.BOLD, 13, color);
        if (!right) {
            text(g, "is " + names.get(evaluation.labels()[number]), middle, line + 15, 0.5, Font.PLAIN, 12, FAINT);
        }
    }

    private BufferedImage image(int number) {
        var shape = images.inputShape();
        float[] pixels;
        try (var input = Tensor.empty(DType.FLOAT32, shape.insert(0, 1).toArray());
                var label = Tensor.empty(DType.INT64, 1)) {
            images.read(new long[]{number}, 0, 1, input, label);
            pixels = input.toFloatArray();
        }
        return image(shape, pixels);
    }

    private static BufferedImage image(Shape shape, float[] pixels) {
        int height = (int) shape.dim(1);
        int width = (int) shape.dim(2);
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < height * width; i++) {
            int rgb = 0;
            for (int c = 0; c < 3; c++) {
                int channel = shape.dim(0) == 3 ? c : 0;
                rgb = rgb << 8 | Math.round(255 * pixels[channel * height * width + i]);
            }
            image.setRGB(i % width, i / width, rgb);
        }
        return image;
    }
}
