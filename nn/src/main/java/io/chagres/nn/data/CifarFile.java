package io.chagres.nn.data;

import io.chagres.nn.format.FormatException;
import io.chagres.runtime.memory.MappedFile;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A file of CIFAR-10 or CIFAR-100 in binary form, mapped into memory: records of the class (CIFAR-100: coarse class, class), one
 * byte each, and 3 x 32 x 32 bytes, all red ones first, then green and blue. There is no header: a wrong length is all that can
 * show that it is another file. The file must not be shortened while it is open.
 */
public final class CifarFile implements AutoCloseable {
    private static final int CHANNELS = 3;
    private static final int SIDE = 32;
    private static final int PIXELS = CHANNELS * SIDE * SIDE;

    private final MappedFile file;
    private final Tensor images;
    private final Tensor classes;

    private CifarFile(MappedFile file, int classBytes) {
        this.file = file;
        long record = classBytes + PIXELS;
        var records = Tensor.map(file, 0, DType.UINT8, Shape.of(file.size() / record, record));
        this.images = records.narrow(1, classBytes, PIXELS).unflatten(1, CHANNELS, SIDE, SIDE);
        this.classes = records.select(1, classBytes - 1);
    }

    /**
     * Opens a file of CIFAR-10, such as {@code data_batch_1.bin}.
     *
     * @throws FormatException if it is empty, or does not consist of records of 3,073 bytes
     * @throws IOException if it cannot be opened or mapped
     */
    public static CifarFile openCifar10(Path path) throws IOException {
        return open(path, "CIFAR-10", 1);
    }

    /**
     * Opens a file of CIFAR-100, such as {@code train.bin}.
     *
     * @throws FormatException if it is empty, or does not consist of records of 3,074 bytes
     * @throws IOException if it cannot be opened or mapped
     */
    public static CifarFile openCifar100(Path path) throws IOException {
        return open(path, "CIFAR-100", 2);
    }

    private static CifarFile open(Path path, String name, int classBytes) throws IOException {
        var file = MappedFile.open(path);
        try {
            int record = classBytes + PIXELS;
            if (file.size() == 0 || file.size() % record != 0) {
                throw new FormatException(path, "has " + file.size() + " bytes; a binary file of " + name
                        + " has records of " + record + " bytes, so at least one and no rest");
            }
            return new CifarFile(file, classBytes);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The file. */
    public Path path() {
        return file.path();
    }

    /** The images, uint8 [n, 3, 32, 32], as a view of the file: it cannot be written, and ends with {@link #close()}. */
    public Tensor images() {
        return images;
    }

    /** The classes, uint8 [n], as a view of the file. */
    public Tensor classes() {
        return classes;
    }

    /** Ends the mapping; views of it can no longer be used. Closing twice does nothing. */
    @Override
    public void close() {
        file.close();
    }
}
