package io.chagres.nn.data;

import java.util.List;

/**
 * (x - mean) / std in each channel, with pixels x in [0, 1], as {@code torchvision.transforms.Normalize} behind {@code ToTensor}.
 *
 * @param mean of each channel
 * @param std standard deviation of each channel
 */
public record Normalize(List<Double> mean, List<Double> std) implements Augmentation {
    /** For the images of CIFAR-10, by the means and deviations of those to train on. */
    public static final Normalize CIFAR10 = new Normalize(List.of(0.4914, 0.4822, 0.4465),
            List.of(0.2470, 0.2435, 0.2616));

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if there are none, or not as many means as deviations, or a number is not finite or a
     *         deviation not positive
     */
    public Normalize {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.isEmpty() || mean.size() != std.size() || !mean.stream().allMatch(Double::isFinite)
                || !std.stream().allMatch(s -> s > 0 && Double.isFinite(s))) {
            throw new IllegalArgumentException("Normalize: mean " + mean + ", std " + std
                    + "; each channel needs a mean and a positive std");
        }
    }

    /** For images of one channel. */
    public Normalize(double mean, double std) {
        this(List.of(mean), List.of(std));
    }
}
