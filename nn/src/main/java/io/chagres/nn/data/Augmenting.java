package io.chagres.nn.data;

import io.chagres.runtime.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@link Augmentation}s as one pass over an image. Each row of pixels is read once, through a table with the float of every byte,
 * and written forwards or backwards; what lies outside the image is black.
 */
final class Augmenting implements Column.Conversion {
    /** Sets these numbers apart from others drawn of the same seed, such as the order of an epoch. */
    private static final long STREAM = 0x4155_474D_454E_5400L;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;
    private static final int TOP = 0, LEFT = 1, FLIP = 2;

    private final long seed;
    private final int channels, height, width;
    private final RandomCrop crop;
    private final double flip;
    private final float[][] tables;

    /**
     * @param image [channels, height, width]
     * @throws IllegalArgumentException if a kind is there twice or does not fit the image
     */
    Augmenting(Shape image, long seed, Augmentation... augmentations) {
        this.seed = mix(seed ^ STREAM);
        this.channels = Math.toIntExact(image.dim(0));
        this.height = Math.toIntExact(image.dim(1));
        this.width = Math.toIntExact(image.dim(2));
        RandomCrop cropping = null;
        RandomHorizontalFlip flipping = null;
        Normalize normalizing = null;
        for (var augmentation : augmentations) {
            switch (augmentation) {
                case RandomCrop it -> cropping = only(cropping, it);
                case RandomHorizontalFlip it -> flipping = only(flipping, it);
                case Normalize it -> normalizing = only(normalizing, it);
            }
        }
        this.crop = cropping == null ? new RandomCrop(height, width, 0) : cropping;
        this.flip = flipping == null ? 0 : flipping.p();
        if (crop.height() > height + 2L * crop.padding() || crop.width() > width + 2L * crop.padding()) {
            throw new IllegalArgumentException(
                    "data set: " + crop + " is larger than images " + image + " with padding "
                            + crop.padding());
        }
        if (normalizing != null && normalizing.mean().size() != channels) {
            throw new IllegalArgumentException("data set: " + normalizing + " has " + normalizing.mean().size()
                    + " channels, images " + image + " have " + channels);
        }
        this.tables = new float[channels][256];
        for (int c = 0; c < channels; c++) {
            double mean = normalizing == null ? 0 : normalizing.mean().get(c);
            double std = normalizing == null ? 1 : normalizing.std().get(c);
            for (int pixel = 0; pixel < 256; pixel++) {
                tables[c][pixel] = (float) ((pixel / 255.0 - mean) / std);
            }
        }
    }

    private static <A extends Augmentation> A only(A before, A now) {
        if (before != null) {
            throw new IllegalArgumentException("data set: " + before + " and " + now + "; one of a kind is possible");
        }
        return now;
    }

    /** The shape of what comes out. */
    Shape shape() {
        return Shape.of(channels, crop.height(), crop.width());
    }

    @Override
    public void convert(MemorySegment x, long xo, MemorySegment y, long yo, long row, long epoch) {
        int top = below(height + 2L * crop.padding() - crop.height() + 1, epoch, row, TOP) - crop.padding();
        int left = below(width + 2L * crop.padding() - crop.width() + 1, epoch, row, LEFT) - crop.padding();
        boolean mirrored = (bits(epoch, row, FLIP) >>> 11) * 0x1p-53 < flip;
        long from = xo;
        long to = yo;
        for (int c = 0; c < channels; c++) {
            for (int i = top; i < top + crop.height(); i++) {
                boolean inside = i >= 0 && i < height;
                pixels(tables[c], x, from + (long) i * width, inside ? width : 0, left, y, to, mirrored);
                to += 4L * crop.width();
            }
            from += (long) height * width;
        }
    }

    /** Writes a row of the part, which begins at pixel {@code left} of a row of so many pixels. */
    private void pixels(float[] table, MemorySegment x, long xo, int count, int left, MemorySegment y, long yo,
            boolean mirrored) {
        int wanted = crop.width();
        int start = Math.clamp(-(long) left, 0, wanted);
        int end = Math.clamp((long) count - left, start, wanted);
        long to = mirrored ? yo + 4L * (wanted - 1) : yo;
        int step = mirrored ? -4 : 4;
        for (int k = 0; k < start; k++, to += step) {
            y.set(ValueLayout.JAVA_FLOAT, to, table[0]);
        }
        for (int k = start; k < end; k++, to += step) {
            y.set(ValueLayout.JAVA_FLOAT, to, table[x.get(ValueLayout.JAVA_BYTE, xo + left + k) & 0xff]);
        }
        for (int k = end; k < wanted; k++, to += step) {
            y.set(ValueLayout.JAVA_FLOAT, to, table[0]);
        }
    }

    /** A number uniform in [0, bound), but for a bias of 2<sup>-50</sup>. */
    private int below(long bound, long epoch, long row, int number) {
        return (int) Math.unsignedMultiplyHigh(bits(epoch, row, number), bound);
    }

    /** 64 random bits, a hash of seed, epoch, image and number; no generator, which would be garbage for each image. */
    private long bits(long epoch, long row, int number) {
        return mix(mix(mix(seed + GOLDEN * epoch) + GOLDEN * row) + GOLDEN * (number + 1));
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). */
    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }
}
