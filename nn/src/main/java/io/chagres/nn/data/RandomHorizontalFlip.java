package io.chagres.nn.data;

/**
 * Left becomes right for some of the images, as {@code torchvision.transforms.RandomHorizontalFlip}.
 *
 * @param p the probability that an image is mirrored
 */
public record RandomHorizontalFlip(double p) implements Augmentation {
    /**
     * Checks the probability.
     *
     * @throws IllegalArgumentException if it is not in [0, 1]
     */
    public RandomHorizontalFlip {
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException("RandomHorizontalFlip: probability " + p + "; it is in [0, 1]");
        }
    }

    /** Half of the images. */
    public RandomHorizontalFlip() {
        this(0.5);
    }
}
