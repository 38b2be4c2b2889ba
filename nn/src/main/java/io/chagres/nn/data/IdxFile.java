package io.chagres.nn.data;

import io.chagres.nn.format.FormatException;
import io.chagres.runtime.memory.MappedFile;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A file of unsigned bytes in the IDX format of MNIST, mapped into memory: two zero bytes, the element type, the number of
 * dimensions, the sizes (32 bits each, big endian), the elements. The file must not be shortened while it is open.
 */
public final class IdxFile implements AutoCloseable {
    private static final ValueLayout.OfInt SIZE = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int UNSIGNED_BYTE = 0x08;

    private final MappedFile file;
    private final Tensor tensor;

    private IdxFile(MappedFile file, Tensor tensor) {
        this.file = file;
        this.tensor = tensor;
    }

    /**
     * Opens a file and checks its header against its size.
     *
     * @throws FormatException if it is no IDX file of unsigned bytes, or shorter or longer than its header says
     * @throws IOException if it cannot be opened or mapped
     */
    public static IdxFile open(Path path) throws IOException {
        var file = MappedFile.open(path);
        try {
            long[] dims = readDims(path, file.segment());
            long header = 4 + 4L * dims.length;
            var shape = shape(path, dims);
            if (file.size() - header != shape.numel()) {
                throw new FormatException(path, "the header says " + shape + ", which makes " + header + " + "
                        + shape.numel() + " bytes; the file has " + file.size());
            }
            return new IdxFile(file, Tensor.map(file, header, DType.UINT8, shape));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static long[] readDims(Path path, MemorySegment bytes) throws FormatException {
        if (bytes.byteSize() < 4) {
            throw new FormatException(path, "has " + bytes.byteSize() + " bytes; the magic number alone takes 4");
        }
        int magic = bytes.get(SIZE, 0);
        int rank = magic & 0xff;
        if (magic >>> 8 != UNSIGNED_BYTE || rank == 0 || rank > Shape.MAX_RANK) {
            throw new FormatException(path, String.format(
                    "starts with magic number 0x%08x; unsigned bytes of 1 to %d dimensions have 0x00000801 to 0x%08x",
                    magic, Shape.MAX_RANK, UNSIGNED_BYTE << 8 | Shape.MAX_RANK));
        }
        if (bytes.byteSize() < 4 + 4L * rank) {
            throw new FormatException(path,
                    "has " + bytes.byteSize() + " bytes; the sizes of " + rank + " dimensions end at byte "
                            + (4 + 4 * rank));
        }
        long[] dims = new long[rank];
        Arrays.setAll(dims, i -> Integer.toUnsignedLong(bytes.get(SIZE, 4 + 4L * i)));
        return dims;
    }

    private static Shape shape(Path path, long[] dims) throws FormatException {
        try {
            return Shape.of(dims);
        } catch (IllegalArgumentException tooLarge) {
            throw new FormatException(path, tooLarge.getMessage(), tooLarge);
        }
    }

    /** The file. */
    public Path path() {
        return file.path();
    }

    /** The sizes, outermost first. */
    public Shape shape() {
        return tensor.shape();
    }

    /** The elements, uint8, as a view of the file: it cannot be written, and ends with {@link #close()}. */
    public Tensor tensor() {
        return tensor;
    }

    /** Ends the mapping; views of it can no longer be used. Closing twice does nothing. */
    @Override
    public void close() {
        file.close();
    }
}
