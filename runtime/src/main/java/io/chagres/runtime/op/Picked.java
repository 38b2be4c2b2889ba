package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Values that were picked along a dimension, with their indices: the greatest, the sorted. Their gradients go to where they
 * came from, added up in the order of the picks.
 */
final class Picked {
    private static final int INDICES = 1;

    private Picked() {
    }

    /** The values at indices along a dimension, recorded under the name of what found them. */
    static Tensor values(String name, Tensor x, int axis, Tensor indices) {
        return record(name, pick(name, x, axis, indices), x, axis, indices);
    }

    /** Records values that were found already. */
    static Tensor record(String name, Tensor values, Tensor x, int axis, Tensor indices) {
        return Autograd.record(picking(name, axis), values, x, indices);
    }

    private static Op picking(String name, int axis) {
        return Op.composed(name, 1 << INDICES, flow -> {
            if (flow.wants(0)) {
                flow.give(0,
                        spread(name, flow.gradOutput(), axis, flow.input(INDICES), flow.input(0).shape().dim(axis)));
            }
        });
    }

    private static Op spreading(String name, int axis) {
        return Op.composed(name, 1 << INDICES, flow -> {
            if (flow.wants(0)) {
                flow.give(0, values(name, flow.gradOutput(), axis, flow.input(INDICES)));
            }
        });
    }

    private static Tensor pick(String name, Tensor operand, int axis, Tensor indices) {
        var x = operand.detach().contiguous();
        var ids = indices.contiguous();
        var y = Tensor.empty(x.dtype(), ids.shape(), name);
        if (y.numel() == 0) {
            return y;
        }
        var along = Along.axis(ids, axis);
        long size = x.shape().dim(axis);
        int bytes = x.dtype().bytes();
        Storage.acquire(name, x.storage(), ids.storage(), y.storage(), null);
        try {
            along.inParts(name, ids, (index, from, to) -> {
                for (long k = 0; k < along.count(); k++) {
                    long row = (index * along.count() + k) * along.inner();
                    for (int i = from; i < to; i++) {
                        long id = ids.storage().base().get(ValueLayout.JAVA_LONG_UNALIGNED,
                                ids.position() + 8 * (row + i));
                        move(bytes, x.storage().base(),
                                x.position() + ((index * size + id) * along.inner() + i) * bytes,
                                y.storage().base(), y.position() + (row + i) * bytes);
                    }
                }
            });
        } finally {
            Storage.release(x.storage(), ids.storage(), y.storage(), null);
        }
        return y;
    }

    private static void move(int bytes, MemorySegment x, long from, MemorySegment y, long to) {
        switch (bytes) {
            case 8 -> y.set(ValueLayout.JAVA_LONG_UNALIGNED, to, x.get(ValueLayout.JAVA_LONG_UNALIGNED, from));
            case 4 -> y.set(ValueLayout.JAVA_INT_UNALIGNED, to, x.get(ValueLayout.JAVA_INT_UNALIGNED, from));
            case 2 -> y.set(ValueLayout.JAVA_SHORT_UNALIGNED, to, x.get(ValueLayout.JAVA_SHORT_UNALIGNED, from));
            default -> y.set(ValueLayout.JAVA_BYTE, to, x.get(ValueLayout.JAVA_BYTE, from));
        }
    }

    /** Zeros with dy added at the indices of a dimension of a given size. */
    private static Tensor spread(String name, Tensor gradient, int axis, Tensor indices, long size) {
        var dy = gradient.detach().contiguous();
        var ids = indices.contiguous();
        var dx = Tensor.empty(dy.dtype(), dy.shape().with(axis, size), name).fill(0);
        if (dy.numel() == 0) {
            return Autograd.record(spreading(name, axis), dx, gradient, indices);
        }
        var along = Along.axis(dy, axis);
        var dtype = dy.dtype();
        int bytes = dtype.bytes();
        Storage.acquire(name, dy.storage(), ids.storage(), dx.storage(), null);
        try {
            along.inParts(name, dy, (index, from, to) -> {
                for (long k = 0; k < along.count(); k++) {
                    long row = (index * along.count() + k) * along.inner();
                    for (int i = from; i < to; i++) {
                        long id = ids.storage().base().get(ValueLayout.JAVA_LONG_UNALIGNED,
                                ids.position() + 8 * (row + i));
                        add(dtype, dy.storage().base(), dy.position() + (row + i) * bytes, dx.storage().base(),
                                dx.position() + ((index * size + id) * along.inner() + i) * bytes);
                    }
                }
            });
        } finally {
            Storage.release(dy.storage(), ids.storage(), dx.storage(), null);
        }
        return Autograd.record(spreading(name, axis), dx, gradient, indices);
    }

    private static void add(DType dtype, MemorySegment x, long from, MemorySegment y, long to) {
        if (dtype == DType.FLOAT32) {
            y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to, y.get(ValueLayout.JAVA_FLOAT_UNALIGNED, to)
                    + x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from));
        } else {
            Elements.putDouble(dtype, y, to, Elements.getDouble(dtype, y, to) + Elements.getDouble(dtype, x, from));
        }
    }
}
