package io.chagres.examples;

import io.chagres.nn.format.AtomicFile;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Supplier;
import javax.imageio.ImageIO;

/** Something drawn, on white, with smooth letters; needs no screen. */
abstract class Picture {
    static final Color RIGHT = new Color(0x1b7a3d);
    static final Color WRONG = new Color(0xc8321f);
    static final Color FAINT = new Color(0x50555c);

    /** Pixels from left to right. */
    abstract int width();

    /** Pixels from top to bottom. */
    abstract int height();

    /** Draws everything. */
    abstract void draw(Graphics2D g);

    /**
     * Writes a picture to a file.
     *
     * @throws IOException if the file cannot be written, or Java finds no fonts to draw with
     */
    void writePng(Path file) throws IOException {
        writePng(file, this::image);
    }

    private BufferedImage image() {
        var image = new BufferedImage(width(), height(), BufferedImage.TYPE_INT_RGB);
        var g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width(), height());
        draw(g);
        g.dispose();
        return image;
    }

    /** {@link #writePng(Path)} for what others draw. */
    static void writePng(Path file, Supplier<BufferedImage> image) throws IOException {
        var png = new ByteArrayOutputStream();
        try {
            ImageIO.write(image.get(), "png", png);
        } catch (LinkageError | InternalError noFonts) {
            throw new IOException("cannot draw " + file + ": Java finds no fonts; install fontconfig and a font",
                    noFonts);
        }
        AtomicFile.write(file, channel -> {
            for (var bytes = ByteBuffer.wrap(png.toByteArray()); bytes.hasRemaining();) {
                channel.write(bytes);
            }
        });
    }

    /** A line of text, where x is its left end (0), its middle (0.5) or its right end (1). */
    static void text(Graphics2D g, String text, double x, double baseline, double anchor, int style, int size,
            Color color) {
        g.setFont(new Font(Font.SANS_SERIF, style, size));
        g.setColor(color);
        g.drawString(text, (float) (x - anchor * g.getFontMetrics().stringWidth(text)), (float) baseline);
    }
}
