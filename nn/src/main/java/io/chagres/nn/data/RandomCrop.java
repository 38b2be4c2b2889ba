package io.chagres.nn.data;

/**
 * A part of the image at a random place, after black pixels were put around it, as {@code torchvision.transforms.RandomCrop}. All
 * places are equally likely.
 *
 * @param height of the part
 * @param width of the part
 * @param padding how many black pixels are put on each of the four sides first
 */
public record RandomCrop(int height, int width, int padding) implements Augmentation {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if height or width is less than 1, or the padding negative
     */
    public RandomCrop {
        if (height < 1 || width < 1 || padding < 0) {
            throw new IllegalArgumentException("RandomCrop: " + height + " x " + width + " pixels, padding " + padding
                    + "; sizes are at least 1 and padding at least 0");
        }
    }

    /** A square part. */
    public RandomCrop(int size, int padding) {
        this(size, size, padding);
    }
}
