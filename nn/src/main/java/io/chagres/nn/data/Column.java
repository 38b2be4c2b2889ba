package io.chagres.nn.data;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** The inputs or the labels of a data set: a tensor [rows, ...] whose rows are gathered and converted in one pass. */
final class Column {

    /** Writes n elements, from byte offset xo of x to byte offset yo of y. */
    private interface Conversion {
        void convert(MemorySegment x, long xo, MemorySegment y, long yo, long n);
    }

    private final String name;
    private final Tensor source;
    private final Shape rowShape;
    private final DType dtype;
    private final Conversion conversion;

    private Column(String name, Tensor source, DType dtype, Conversion conversion) {
        if (source.rank() == 0 || !source.isContiguous()) {
            throw new IllegalArgumentException("data set: " + name + " " + source.shape()
                    + " need a first dimension of rows, and dense elements; contiguous() makes them dense");
        }
        this.name = name;
        this.source = source;
        this.rowShape = source.shape().remove(0);
        this.dtype = dtype;
        this.conversion = conversion;
    }

    /** Rows as float32, multiplied by a number; the source is float32 or uint8. */
    static Column scaled(String name, Tensor source, float scale) {
        return new Column(name, source, DType.FLOAT32, switch (source.dtype()) {
            case FLOAT32 -> (x, xo, y, yo, n) -> Kernels.best().scale(scale, x, xo, y, yo, n);
            case UINT8 -> (x, xo, y, yo, n) -> Kernels.best().u8ToF32(x, xo, y, yo, n, scale, 0);
            default -> throw new IllegalArgumentException("data set: " + name + " of " + source.dtype()
                    + " cannot be scaled to float32; FLOAT32 and UINT8 can, to(DType.FLOAT32) makes them so");
        });
    }

    /** Rows as they are, but uint8 as int64, which is what losses take as classes. */
    static Column labels(Tensor source) {
        if (source.dtype() == DType.UINT8) {
            return new Column("labels", source, DType.INT64, Column::widen);
        }
        int bytes = source.dtype().bytes();
        return new Column("labels", source, source.dtype(),
                (x, xo, y, yo, n) -> MemorySegment.copy(x, xo, y, yo, n * bytes));
    }

    private static void widen(MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        for (long i = 0; i < n; i++) {
            y.set(ValueLayout.JAVA_LONG, yo + 8 * i, Byte.toUnsignedLong(x.get(ValueLayout.JAVA_BYTE, xo + i)));
        }
    }

    long rows() {
        return source.size(0);
    }

    Shape rowShape() {
        return rowShape;
    }

    DType dtype() {
        return dtype;
    }

    /** See {@link Dataset#read}. */
    void read(long[] rows, int from, int count, Tensor target) {
        if (target.dtype() != dtype || !target.isContiguous() || !isBatchOf(count, target.shape())) {
            throw new IllegalArgumentException(
                    "data set: " + count + " rows of " + name + " need a contiguous tensor of "
                            + dtype + " " + rowShape.insert(0, count) + ", not one of " + target.dtype() + " "
                            + target.shape());
        }
        Storage.acquire("data set", source.storage(), target.storage(), null, null);
        try {
            gather(rows, from, count, target);
        } finally {
            Storage.release(source.storage(), target.storage(), null, null);
        }
    }

    private void gather(long[] rows, int from, int count, Tensor target) {
        var x = source.storage().base();
        var y = target.storage().base();
        long elements = rowShape.numel();
        long rowBytes = elements * source.dtype().bytes();
        long to = target.position();
        for (int i = from; i < from + count; i++) {
            long row = Objects.checkIndex(rows[i], rows());
            conversion.convert(x, source.position() + row * rowBytes, y, to, elements);
            to += elements * dtype.bytes();
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
