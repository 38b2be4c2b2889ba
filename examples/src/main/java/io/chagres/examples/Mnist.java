package io.chagres.examples;

import io.chagres.nn.data.ImageDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The handwritten digits of MNIST (LeCun, Cortes, Burges): images [1, 28, 28] in [0, 1] and classes 0 to 9, mapped from
 * files. They come with the examples and are unpacked on first use into the folder {@code mnist-...} of the cache: the
 * system property {@code chagres.cache}, else {@code chagres} in {@code $XDG_CACHE_HOME} or {@code ~/.cache}.
 */
public final class Mnist {
    /** What the classes are called. */
    public static final List<String> CLASSES = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private Mnist() {
    }

    /**
     * The 60,000 images to train on.
     *
     * @throws IOException if the files cannot be unpacked or opened
     */
    public static ImageDataset train() throws IOException {
        return ImageDataset.open(MnistFile.TRAIN_IMAGES.fromCache(), MnistFile.TRAIN_LABELS.fromCache());
    }

    /**
     * The 10,000 images to test with.
     *
     * @throws IOException if the files cannot be unpacked or opened
     */
    public static ImageDataset test() throws IOException {
        return ImageDataset.open(MnistFile.TEST_IMAGES.fromCache(), MnistFile.TEST_LABELS.fromCache());
    }

    /**
     * Images to train on from files of the same names and form in a folder, such as Fashion-MNIST; may end in .gz.
     *
     * @param folder null for {@link #train()}
     * @throws IOException if the files are not there or damaged
     */
    public static ImageDataset train(Path folder) throws IOException {
        return folder == null
                ? train()
                : ImageDataset.open(MnistFile.TRAIN_IMAGES.from(folder), MnistFile.TRAIN_LABELS.from(folder));
    }

    /**
     * Images to test with from a folder; see {@link #train(Path)}.
     *
     * @param folder null for {@link #test()}
     * @throws IOException if the files are not there or damaged
     */
    public static ImageDataset test(Path folder) throws IOException {
        return folder == null
                ? test()
                : ImageDataset.open(MnistFile.TEST_IMAGES.from(folder), MnistFile.TEST_LABELS.from(folder));
    }
}
