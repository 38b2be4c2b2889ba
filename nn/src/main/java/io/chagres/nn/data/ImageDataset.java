package io.chagres.nn.data;

import io.chagres.nn.format.FormatException;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Images and their classes, of bytes in mapped files or in tensors. Inputs are float32 [channels, height, width] in [0, 1] or as
 * {@linkplain Augmentation augmentations} make them, labels are int64 scalars. Bytes are turned into floats on their way from the
 * mapped file to the batch.
 */
public final class ImageDataset implements Dataset {
    private final Tensor[] images;
    private final Column inputs;
    private final Column labels;
    private final Runnable closing;

    private ImageDataset(Tensor[] images, Column inputs, Column labels, Runnable closing) {
        if (inputs.rows() != labels.rows()) {
            throw new IllegalArgumentException(
                    "data set: " + inputs.rows() + " images, but " + labels.rows() + " classes");
        }
        this.images = images;
        this.inputs = inputs;
        this.labels = labels;
        this.closing = closing;
    }

    private ImageDataset(Tensor[] images, Tensor[] classes, Runnable closing) {
        this(images, Column.scaled("images", 1 / 255f, images), Column.labels(classes), closing);
    }

    /**
     * Images in a tensor, which stays its maker's: it must live as long as the data set is read.
     *
     * @param images uint8 [n, channels, height, width], each image dense
     * @param classes [n] of uint8 or int64
     * @throws IllegalArgumentException if a tensor is of another type or shape
     */
    public static ImageDataset of(Tensor images, Tensor classes) {
        if (images.dtype() != DType.UINT8 || images.rank() != 4) {
            throw new IllegalArgumentException("data set: images of " + images.dtype() + " " + images.shape()
                    + "; UINT8 [n, channels, height, width] are needed");
        }
        if (classes.rank() != 1 || classes.dtype() != DType.UINT8 && classes.dtype() != DType.INT64) {
            throw new IllegalArgumentException("data set: classes of " + classes.dtype() + " " + classes.shape()
                    + "; UINT8 or INT64 [n] are needed");
        }
        return new ImageDataset(new Tensor[]{images}, new Tensor[]{classes}, () -> {
        });
    }

    /**
     * Opens grey images [n, height, width] and classes [n] in two {@linkplain IdxFile IDX files}, as MNIST has them.
     *
     * @throws FormatException if a file is damaged, or the two do not belong together
     * @throws IOException if a file cannot be opened or mapped
     */
    public static ImageDataset open(Path imageFile, Path classFile) throws IOException {
        var images = IdxFile.open(imageFile);
        try {
            var classes = IdxFile.open(classFile);
            try {
                checkShapes(images, classes);
                return new ImageDataset(new Tensor[]{images.tensor().unsqueeze(1)}, new Tensor[]{classes.tensor()},
                        () -> {
                            images.close();
                            classes.close();
                        });
            } catch (IOException | RuntimeException e) {
                classes.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            images.close();
            throw e;
        }
    }

    private static void checkShapes(IdxFile images, IdxFile classes) throws FormatException {
        if (images.shape().rank() != 3) {
            throw new FormatException(images.path(), "holds " + images.shape() + "; images are [n, height, width]");
        }
        if (classes.shape().rank() != 1 || classes.shape().dim(0) != images.shape().dim(0)) {
            throw new FormatException(classes.path(), "holds " + classes.shape() + "; the images of " + images.path()
                    + " need [" + images.shape().dim(0) + "]");
        }
    }

    /**
     * Opens CIFAR-10 in its binary form, as {@code torchvision.datasets.CIFAR10}: images [3, 32, 32] of 10 classes.
     *
     * @param folder with {@code data_batch_1.bin} to {@code data_batch_5.bin} and {@code test_batch.bin}, or with the folder
     *        {@code cifar-10-batches-bin} that has them
     * @param train whether those to train on, else those to test with
     * @throws FormatException if a file has a wrong length
     * @throws IOException if a file is not there, or cannot be opened or mapped
     */
    public static ImageDataset cifar10(Path folder, boolean train) throws IOException {
        return cifar("CIFAR-10", folder, "cifar-10-batches-bin", CifarFile::openCifar10,
                train
                        ? List.of("data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                                "data_batch_5.bin")
                        : List.of("test_batch.bin"));
    }

    /**
     * Opens CIFAR-100 in its binary form, as {@code torchvision.datasets.CIFAR100}: images [3, 32, 32] of 100 classes.
     *
     * @param folder with {@code train.bin} and {@code test.bin}, or with the folder {@code cifar-100-binary} that has them
     * @param train whether those to train on, else those to test with
     * @throws FormatException if a file has a wrong length
     * @throws IOException if a file is not there, or cannot be opened or mapped
     */
    public static ImageDataset cifar100(Path folder, boolean train) throws IOException {
        return cifar("CIFAR-100", folder, "cifar-100-binary", CifarFile::openCifar100,
                List.of(train ? "train.bin" : "test.bin"));
    }

    /** Opens one of CIFAR's files. */
    private interface Opener {
        CifarFile open(Path path) throws IOException;
    }

    private static ImageDataset cifar(String name, Path folder, String inner, Opener opener, List<String> names)
            throws IOException {
        var unpacked = Files.isDirectory(folder.resolve(inner)) ? folder.resolve(inner) : folder;
        var files = new ArrayList<CifarFile>();
        Runnable closing = () -> files.forEach(CifarFile::close);
        try {
            for (var file : names) {
                var path = unpacked.resolve(file);
                if (!Files.isRegularFile(path)) {
                    throw new IOException(path + " is not there; " + name + " in its binary form has "
                            + String.join(", ", names));
                }
                files.add(opener.open(path));
            }
            return new ImageDataset(files.stream().map(CifarFile::images).toArray(Tensor[]::new),
                    files.stream().map(CifarFile::classes).toArray(Tensor[]::new), closing);
        } catch (IOException | RuntimeException e) {
            closing.run();
            throw e;
        }
    }

    /**
     * The same images, augmented anew in each epoch. Both data sets share their files, and closing one ends both. What was asked
     * for in an earlier call does not count any more.
     *
     * @param seed of what is random
     * @param augmentations at most one of each kind, in any order
     * @throws IllegalArgumentException if one does not fit the images, or there are two of a kind
     */
    public ImageDataset with(long seed, Augmentation... augmentations) {
        return new ImageDataset(images, Column.augmented(seed, augmentations, images), labels, closing);
    }

    /** {@link #with(long, Augmentation...)} for what is not random. */
    public ImageDataset with(Normalize normalize) {
        return with(0, normalize);
    }

    @Override
    public long size() {
        return inputs.rows();
    }

    @Override
    public Shape inputShape() {
        return inputs.rowShape();
    }

    @Override
    public DType inputDType() {
        return inputs.dtype();
    }

    @Override
    public Shape labelShape() {
        return labels.rowShape();
    }

    @Override
    public DType labelDType() {
        return labels.dtype();
    }

    /** Those of epoch 0. */
    @Override
    public void read(long[] rows, int from, int count, Tensor inputs, Tensor labels) {
        read(0, rows, from, count, inputs, labels);
    }

    @Override
    public void read(long epoch, long[] rows, int from, int count, Tensor inputs, Tensor labels) {
        this.inputs.read(epoch, rows, from, count, inputs);
        this.labels.read(epoch, rows, from, count, labels);
    }

    /** Ends the mappings. */
    @Override
    public void close() {
        closing.run();
    }
}
