package io.chagres.nn.data;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * The inputs or the labels of a data set: tensors [rows, ...], one after the other, whose rows are gathered and converted in one
 * pass.
 */
final class Column {

    /** Writes a row, from byte offset xo of x to byte offset yo of y; its number and the epoch are for what is random. */
    interface Conversion {
        void convert(MemorySegment x, long xo, MemorySegment y, long yo, long row, long epoch);
    }

    private final String name;
    private final Tensor[] parts;
    private final long[] starts;
    private final Shape rowShape;
    private final DType dtype;
    private final Conversion conversion;

    /** Sources of one type and one shape of rows. */
    private Column(String name, Tensor[] parts, Shape rowShape, DType dtype, Conversion conversion) {
        this.name = name;
        this.parts = parts;
        this.starts = new long[parts.length + 1];
        for (int i = 0; i < parts.length; i++) {
            starts[i + 1] = starts[i] + parts[i].size(0);
        }
        this.rowShape = rowShape;
        this.dtype = dtype;
        this.conversion = conversion;
    }

    /** Rows as float32, multiplied by a number; the sources are float32 or uint8. */
    static Column scaled(String name, float scale, Tensor... sources) {
        var shape = rowShape(name, sources);
        long n = shape.numel();
        return new Column(name, sources, shape, DType.FLOAT32, switch (sources[0].dtype()) {
            case FLOAT32 -> (x, xo, y, yo, _, _) -> Kernels.best().scale(scale, x, xo, y, yo, n);
            case UINT8 -> (x, xo, y, yo, _, _) -> Kernels.best().u8ToF32(x, xo, y, yo, n, scale, 0);
            default -> throw new IllegalArgumentException("data set: " + name + " of " + sources[0].dtype()
                    + " cannot be scaled to float32; FLOAT32 and UINT8 can, to(DType.FLOAT32) makes them so");
        });
    }

    /** Images of uint8 as float32, augmented. */
    static Column augmented(long seed, Augmentation[] augmentations, Tensor... sources) {
        var augmenting = new Augmenting(rowShape("images", sources), seed, augmentations);
        return new Column("images", sources, augmenting.shape(), DType.FLOAT32, augmenting);
    }

    /** Rows as they are, but uint8 as int64, which is what losses take as classes. */
    static Column labels(Tensor... sources) {
        var shape = rowShape("labels", sources);
        long n = shape.numel();
        var dtype = sources[0].dtype();
        if (dtype == DType.UINT8) {
            return new Column("labels", sources, shape, DType.INT64, (x, xo, y, yo, _, _) -> widen(x, xo, y, yo, n));
        }
        return new Column("labels", sources, shape, dtype,
                (x, xo, y, yo, _, _) -> MemorySegment.copy(x, xo, y, yo, n * dtype.bytes()));
    }

    private static Shape rowShape(String name, Tensor... sources) {
        for (var source : sources) {
            if (source.rank() == 0 || !hasDenseRows(source)) {
                throw new IllegalArgumentException("data set: " + name + " " + source.shape()
                        + " need a first dimension of rows, and dense rows; contiguous() makes them dense");
            }
        }
        return sources[0].shape().remove(0);
    }

    private static boolean hasDenseRows(Tensor tensor) {
        long dense = 1;
        for (int dim = tensor.rank() - 1; dim > 0; dim--) {
            if (tensor.size(dim) != 1 && tensor.stride(dim) != dense) {
                return false;
            }
            dense *= tensor.size(dim);
        }
        return true;
    }

    private static void widen(MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        for (long i = 0; i < n; i++) {
            y.set(ValueLayout.JAVA_LONG, yo + 8 * i, Byte.toUnsignedLong(x.get(ValueLayout.JAVA_BYTE, xo + i)));
        }
    }

    long rows() {
        return starts[parts.length];
    }

    /** The shape of a row as it is read. */
    Shape rowShape() {
        return rowShape;
    }

    DType dtype() {
        return dtype;
    }

    /** See {@link Dataset#read}. */
    void read(long epoch, long[] rows, int from, int count, Tensor target) {
        if (target.dtype() != dtype || !target.isContiguous() || !isBatchOf(count, target.shape())) {
            throw new IllegalArgumentException(
                    "data set: " + count + " rows of " + name + " need a contiguous tensor of "
                            + dtype + " " + rowShape.insert(0, count) + ", not one of " + target.dtype() + " "
                            + target.shape());
        }
        int acquired = 0;
        target.storage().acquire("data set");
        try {
            for (; acquired < parts.length; acquired++) {
                parts[acquired].storage().acquire("data set");
            }
            gather(epoch, rows, from, count, target);
        } finally {
            while (--acquired >= 0) {
                parts[acquired].storage().release();
            }
            target.storage().release();
        }
    }

    private void gather(long epoch, long[] rows, int from, int count, Tensor target) {
        var y = target.storage().base();
        long to = target.position();
        long bytes = rowShape.bytes(dtype);
        for (int i = from; i < from + count; i++) {
            long row = Objects.checkIndex(rows[i], rows());
            int part = 0;
            while (row >= starts[part + 1]) {
                part++;
            }
            var source = parts[part];
            long at = source.position() + (row - starts[part]) * source.stride(0) * source.dtype().bytes();
            conversion.convert(source.storage().base(), at, y, to, row, epoch);
            to += bytes;
        }
    }

    private boolean isBatchOf(int count, Shape shape) {
        boolean same = shape.rank() == rowShape.rank() + 1 && shape.dim(0) == count;
        for (int i = 0; same && i < rowShape.rank(); i++) {
            same = shape.dim(i + 1) == rowShape.dim(i);
        }
        return same;
    }
}
