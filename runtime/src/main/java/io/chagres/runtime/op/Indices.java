package io.chagres.runtime.op;

import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;

/** Tensors of indices: their type and range are checked before anything is read or written with them. */
final class Indices {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private Indices() {
    }

    /** Indices as int64, not yet checked. */
    static Tensor typed(String op, Tensor index) {
        var dtype = Check.alive(op, "the tensor of indices", index).dtype();
        if (dtype != DType.INT64 && dtype != DType.INT32) {
            throw new IllegalArgumentException(op + ": indices " + index.shape() + " are " + dtype
                    + "; INT64 or INT32 is needed, to(DType.INT64) converts");
        }
        return Convert.to(index, DType.INT64);
    }

    /** Int64 indices, all of which are in [0, size of the dimension). */
    static Tensor inRange(String op, Tensor index, Tensor x, int axis) {
        long size = x.shape().dim(axis);
        checkRange(op, index, 0, size, () -> "dimension " + axis + " of " + x.shape()
                + (size == 0 ? " has none" : " has 0 to " + (size - 1)));
        return index;
    }

    /** Int64 indices in [0, size), made of such in [-size, size); negative ones count from the end. */
    static Tensor wrapped(String op, Tensor index, long size, String what) {
        checkRange(op, index, -size, size, () -> what
                + (size == 0 ? " has none" : ": " + -size + " to " + (size - 1) + " are possible"));
        if (areIn(index, 0, size)) {
            return index;
        }
        var wrapped = Convert.clone(index);
        var segment = wrapped.storage().base();
        Cutoffs.inParts(wrapped.numel(), (from, count) -> {
            for (long at = wrapped.position() + 8 * from; at < wrapped.position() + 8 * (from + count); at += 8) {
                long id = segment.get(LONG, at);
                segment.set(LONG, at, id < 0 ? id + size : id);
            }
        });
        return wrapped;
    }

    /** The greatest of int64 indices. */
    static long greatest(String op, Tensor index) {
        long[] greatest = {Long.MIN_VALUE};
        index.storage().acquire(op);
        try {
            var runs = Runs.over(index.shape(), index);
            runs.walk(0, runs.numel(), (at, count) -> {
                for (long k = 0; k < count; k++) {
                    greatest[0] = Math.max(greatest[0],
                            index.storage().base().get(LONG, index.position() + at[0] + k * runs.stride(0)));
                }
            });
        } finally {
            index.storage().release();
        }
        return greatest[0];
    }

    /** What there is to be indexed, for a message. */
    interface Extent {
        String text();
    }

    private static void checkRange(String op, Tensor index, long low, long high, Extent extent) {
        if (areIn(index, low, high)) {
            return;
        }
        long[] position = {0};
        Storage.acquire(op, index.storage(), null, null, null);
        try {
            var runs = Runs.over(index.shape(), index);
            runs.walk(0, runs.numel(), (at, count) -> {
                for (long k = 0; k < count; k++) {
                    long id = index.storage().base().get(LONG, index.position() + at[0] + k * runs.stride(0));
                    if (id < low || id >= high) {
                        throw new IndexOutOfBoundsException(op + ": index " + id + " at position " + position[0]
                                + " of " + index.shape() + "; " + extent.text()
                                + (id == high && high > 0 ? "; do the indices start at 1?" : ""));
                    }
                    position[0]++;
                }
            });
        } finally {
            Storage.release(index.storage(), null, null, null);
        }
    }

    private static boolean areIn(Tensor index, long low, long high) {
        if (index.numel() == 0) {
            return true;
        }
        var different = withoutRepeats(index);
        var outside = new AtomicBoolean();
        index.storage().acquire("index");
        try {
            var runs = Runs.over(different.shape(), different);
            var segment = index.storage().base();
            runs.inParts((at, count) -> {
                if (!areIn(segment, different.position() + at[0], runs.stride(0), count, low, high)) {
                    outside.set(true);
                }
            });
        } finally {
            index.storage().release();
        }
        return !outside.get();
    }

    private static boolean areIn(MemorySegment segment, long at, long stride, long count, long low, long high) {
        long signs = 0;
        for (long k = 0; k < count; k++) {
            long id = segment.get(LONG, at + k * stride);
            signs |= id - low | high - 1 - id;
        }
        return signs >= 0;
    }

    /** Each element once, where dimensions are expanded. */
    private static Tensor withoutRepeats(Tensor index) {
        var dims = index.shape().toArray();
        var strides = Views.strides(index);
        for (int d = 0; d < dims.length; d++) {
            dims[d] = strides[d] == 0 ? 1 : dims[d];
        }
        return index.viewAs(Shape.of(dims), Layout.of(dims, strides), 0);
    }
}
