package io.chagres.nn.data;

/**
 * Something done to the images of an {@link ImageDataset} on their way into a batch, named as in {@code torchvision.transforms}:
 *
 * <pre>{@code
 * var train = ImageDataset.cifar10(folder, true)
 *         .with(seed, new RandomCrop(32, 4), new RandomHorizontalFlip(), Normalize.CIFAR10);
 * }</pre>
 *
 * Images are cut, then mirrored, then normalised, in one pass from bytes to floats. What is random depends on the seed, the epoch
 * and the image's number alone: same seed, same batches, whoever draws them in whatever order.
 */
public sealed interface Augmentation permits RandomCrop, RandomHorizontalFlip, Normalize {
}
