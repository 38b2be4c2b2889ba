package io.chagres.bench.report;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes images of at most 256 colours, whose files are a third as large. */
final class Palette {
    private static final int MOST = 256;
    private static final int FULL = 255;

    private Palette() {
    }

    /** The image in as many levels of red, green and blue as 256 colours allow; white stays white. */
    static BufferedImage reduce(BufferedImage image) {
        int levels = FULL;
        Map<Integer, Integer> colours = colours(image, levels);
        while (colours.size() > MOST) {
            levels /= 2;
            colours = colours(image, levels);
        }
        int[] table = colours.keySet().stream().mapToInt(Integer::intValue).toArray();
        var model = new IndexColorModel(Byte.SIZE, table.length, table, 0, false, -1, DataBuffer.TYPE_BYTE);
        var reduced = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_BYTE_INDEXED, model);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                reduced.getRaster().setSample(x, y, 0, colours.get(round(image.getRGB(x, y), levels)));
            }
        }
        return reduced;
    }

    /** Colours with their numbers; stops when there are too many. */
    private static Map<Integer, Integer> colours(BufferedImage image, int levels) {
        var colours = new LinkedHashMap<Integer, Integer>();
        for (int y = 0; y < image.getHeight() && colours.size() <= MOST; y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                colours.putIfAbsent(round(image.getRGB(x, y), levels), colours.size());
            }
        }
        return colours;
    }

    private static int round(int rgb, int levels) {
        return channel(rgb >> 16 & FULL, levels) << 16 | channel(rgb >> 8 & FULL, levels) << 8
                | channel(rgb & FULL, levels);
    }

    private static int channel(int value, int levels) {
        return (value * levels + FULL / 2) / FULL * FULL / levels;
    }
}
