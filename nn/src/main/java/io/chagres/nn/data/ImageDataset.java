package io.chagres.nn.data;

import io.chagres.nn.format.FormatException;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Grey images and their classes in two {@linkplain IdxFile IDX files}, as MNIST has them. Inputs are float32 [1, height,
 * width] in [0, 1], labels are int64 scalars. Bytes are turned into floats on their way from the mapped file to the batch.
 */
public final class ImageDataset implements Dataset {
    private final IdxFile images;
    private final IdxFile classes;
    private final TensorDataset rows;

    private ImageDataset(IdxFile images, IdxFile classes) {
        this.images = images;
        this.classes = classes;
        var shape = images.shape();
        var pixels = images.tensor().view(shape.dim(0), 1, shape.dim(1), shape.dim(2));
        this.rows = new TensorDataset(pixels, classes.tensor(), 1 / 255.0);
    }

    /**
     * Opens images [n, height, width] and classes [n].
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
                return new ImageDataset(images, classes);
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

    @Override
    public long size() {
        return rows.size();
    }

    @Override
    public Shape inputShape() {
        return rows.inputShape();
    }

    @Override
    public DType inputDType() {
        return rows.inputDType();
    }

    @Override
    public Shape labelShape() {
        return rows.labelShape();
    }

    @Override
    public DType labelDType() {
        return rows.labelDType();
    }

    @Override
    public void read(long[] rowNumbers, int from, int count, Tensor inputs, Tensor labels) {
        rows.read(rowNumbers, from, count, inputs, labels);
    }

    /** Ends the mappings. */
    @Override
    public void close() {
        images.close();
        classes.close();
    }
}
