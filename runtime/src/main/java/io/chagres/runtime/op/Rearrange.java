package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Copies with the elements in another order, or several times. */
public final class Rearrange {
    private Rearrange() {
    }

    // ---- Other orders

    /** A copy with the order of some dimensions reversed. */
    public static Tensor flip(Tensor x, int... dims) {
        Check.alive("flip", "the tensor", x);
        return flip("flip", x, Views.axes("flip", x, Check.notNull("flip", "the array of dimensions", dims)));
    }

    private static Tensor flip(String name, Tensor x, int... axes) {
        var strides = Views.strides(x);
        long start = 0;
        for (int axis : axes) {
            start += (x.shape().dim(axis) - 1) * strides[axis];
            strides[axis] = -strides[axis];
        }
        var y = Tensor.empty(x.dtype(), x.shape(), name);
        if (x.numel() > 0) {
            Convert.copy(x.detach().viewAs(x.shape(), Layout.of(x.shape().toArray(), strides), start), y);
        }
        return Autograd.record(
                Op.composed(name, Op.NOTHING, flow -> flow.give(0, flip(name, flow.gradOutput(), axes))), y, x);
    }

    /** A copy with the order of the columns, dimension 1, reversed. */
    public static Tensor fliplr(Tensor x) {
        return flip("fliplr", x, Check.alive("fliplr", "the tensor", x).shape().axis("fliplr", 1));
    }

    /** A copy with the order of the rows, dimension 0, reversed. */
    public static Tensor flipud(Tensor x) {
        return flip("flipud", x, Check.alive("flipud", "the tensor", x).shape().axis("flipud", 0));
    }

    /**
     * A copy turned by so many quarters in the plane of two dimensions, from the first towards the second, as
     * {@code torch.rot90}.
     */
    public static Tensor rot90(Tensor x, int quarters, int first, int second) {
        var axes = Views.axes("rot90", Check.alive("rot90", "the tensor", x), first, second);
        return switch (Math.floorMod(quarters, 4)) {
            case 1 -> Views.transpose(flip("rot90", x, axes[1]), first, second);
            case 2 -> flip("rot90", x, axes);
            case 3 -> Views.transpose(flip("rot90", x, axes[0]), first, second);
            default -> Convert.clone(x);
        };
    }

    /**
     * A copy with the elements moved along some dimensions; what goes over the end comes in at the start.
     *
     * @param shifts how far, for each of the dimensions; negative towards the start
     */
    public static Tensor roll(Tensor x, long[] shifts, int[] dims) {
        Check.alive("roll", "the tensor", x);
        if (Check.notNull("roll", "the array of shifts", shifts).length != Check.notNull("roll",
                "the array of dimensions", dims).length) {
            throw new IllegalArgumentException("roll: " + shifts.length + " shifts for " + dims.length
                    + " dimensions of " + x.shape());
        }
        // a dimension may be named twice, and then is moved twice
        var rolled = x;
        for (int i = 0; i < dims.length; i++) {
            rolled = rolled(rolled, shifts[i], x.shape().axis("roll", dims[i]));
        }
        return dims.length == 0 ? Convert.clone(x) : rolled;
    }

    /** {@link #roll(Tensor, long[], int[])} along one dimension. */
    public static Tensor roll(Tensor x, long shift, int dim) {
        return rolled(x, shift, Check.alive("roll", "the tensor", x).shape().axis("roll", dim));
    }

    /** {@link #roll(Tensor, long[], int[])} of all elements in row-major order. */
    public static Tensor roll(Tensor x, long shift) {
        Check.alive("roll", "the tensor", x);
        return Views.reshape(rolled(Views.reshape(x, x.numel()), shift, 0), x.shape().toArray());
    }

    private static Tensor rolled(Tensor x, long shift, int axis) {
        long size = x.shape().dim(axis);
        long by = size == 0 ? 0 : Math.floorMod(shift, size);
        var y = Tensor.empty(x.dtype(), x.shape(), "roll");
        copy(x, 0, y, by, size - by, axis);
        copy(x, size - by, y, 0, by, axis);
        return Autograd.record(
                Op.composed("roll", Op.NOTHING, flow -> flow.give(0, rolled(flow.gradOutput(), -by, axis))), y, x);
    }

    private static void copy(Tensor x, long from, Tensor y, long to, long length, int axis) {
        if (length > 0) {
            Convert.copy(Slices.part(x.detach(), axis, from, length, 1), Slices.part(y, axis, to, length, 1));
        }
    }

    // ---- Several times

    /**
     * The tensor so many times along each dimension, as {@code torch.Tensor.repeat}. There may be more counts than dimensions;
     * they begin with new ones then.
     */
    public static Tensor repeat(Tensor x, long... times) {
        return repeated("repeat", x, Check.notNull("repeat", "the array of counts", times));
    }

    /** {@link #repeat}, where dimensions without a count, the first ones, stay as they are; as {@code torch.tile}. */
    public static Tensor tile(Tensor x, long... times) {
        int missing = Check.alive("tile", "the tensor", x).rank()
                - Check.notNull("tile", "the array of counts", times).length;
        if (missing <= 0) {
            return repeated("tile", x, times);
        }
        var all = new long[x.rank()];
        Arrays.fill(all, 1);
        System.arraycopy(times, 0, all, missing, times.length);
        return repeated("tile", x, all);
    }

    private static Tensor repeated(String name, Tensor x, long... times) {
        int added = times.length - Check.alive(name, "the tensor", x).rank();
        int doubled = 0;
        for (long count : times) {
            doubled += count != 1 ? 1 : 0;
            added = count < 0 ? -1 : added;
        }
        if (added < 0) {
            throw new IllegalArgumentException(name + ": " + x.shape() + " " + Arrays.toString(times)
                    + " times; a count that is not negative is needed for each dimension");
        }
        if (times.length + doubled > Shape.MAX_RANK && doubled > 1) {
            return repeatedStepwise(name, x, times);
        }
        // each dimension that repeats becomes two, [times, size]
        var apart = new ArrayList<Long>();
        var together = new ArrayList<Long>();
        var dims = new long[times.length];
        for (int d = 0; d < times.length; d++) {
            long size = d < added ? 1 : x.shape().dim(d - added);
            dims[d] = Check.product(name, x.shape(), times[d], size);
            if (times[d] != 1) {
                apart.add(1L);
                together.add(times[d]);
            }
            apart.add(size);
            together.add(size);
        }
        var all = Views.expanded(Views.reshape(x, array(apart)), Shape.of(array(together)));
        return copied(x, Views.reshape(all, dims));
    }

    /** What reshaping has not copied, because nothing or one element repeats, is copied now. */
    private static Tensor copied(Tensor x, Tensor y) {
        return y.storage() == x.storage() ? Convert.clone(y) : y;
    }

    private static Tensor repeatedStepwise(String name, Tensor x, long... times) {
        var later = times.clone();
        int d = 0;
        while (times[d] == 1) {
            d++;
        }
        later[d] = 1;
        var first = new long[times.length];
        Arrays.fill(first, 1);
        first[d] = times[d];
        return repeated(name, repeated(name, x, later), first);
    }

    private static long[] array(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    /** Each index of a dimension so many times, one after the other, as {@code torch.repeat_interleave}. */
    public static Tensor repeatInterleave(Tensor x, long times, int dim) {
        int axis = Check.alive("repeatInterleave", "the tensor", x).shape().axis("repeatInterleave", dim);
        if (times < 0) {
            throw new IllegalArgumentException("repeatInterleave: " + x.shape() + " " + times + " times");
        }
        long size = Check.product("repeatInterleave", x.shape(), times, x.shape().dim(axis));
        if (x.rank() == Shape.MAX_RANK) {
            var ids = Convert.fill(Tensor.empty(DType.INT64, Shape.of(size), "repeatInterleave"), i -> i / times);
            return IndexSelect.indexSelect(x, axis, ids);
        }
        var apart = x.shape().insert(axis + 1, times);
        var all = Views.expanded(Views.unsqueeze(x, axis + 1), apart);
        return copied(x, Views.reshape(all, x.shape().with(axis, size).toArray()));
    }

    /** {@link #repeatInterleave(Tensor, long, int)} of all elements in row-major order. */
    public static Tensor repeatInterleave(Tensor x, long times) {
        Check.alive("repeatInterleave", "the tensor", x);
        return repeatInterleave(Views.reshape(x, x.numel()), times, 0);
    }

    /**
     * Each index of a dimension as often as a vector of counts says.
     *
     * @param times int64 or int32 [size of the dimension], or [1]; not negative
     */
    public static Tensor repeatInterleave(Tensor x, Tensor times, int dim) {
        int axis = Check.alive("repeatInterleave", "the tensor", x).shape().axis("repeatInterleave", dim);
        var counts = Indices.typed("repeatInterleave", times);
        Check.rank("repeatInterleave", "the tensor of counts", counts, 1);
        long size = x.shape().dim(axis);
        if (counts.numel() != size && counts.numel() != 1) {
            throw new IllegalArgumentException("repeatInterleave: " + counts.numel() + " counts for dimension " + dim
                    + " of " + x.shape());
        }
        return IndexSelect.indexSelect(x, axis, sources(Views.expanded(counts, Shape.of(size)).contiguous()));
    }

    /** For counts c, c[0] times 0, c[1] times 1 and so on. */
    private static Tensor sources(Tensor counts) {
        counts.storage().acquire("repeatInterleave");
        try {
            var segment = counts.storage().base();
            long total = 0;
            for (long i = 0; i < counts.numel(); i++) {
                long count = segment.get(ValueLayout.JAVA_LONG_UNALIGNED, counts.position() + 8 * i);
                if (count < 0) {
                    throw new IllegalArgumentException("repeatInterleave: count " + count + " at position " + i
                            + " is negative");
                }
                total = Check.sum("repeatInterleave", counts.shape(), total, count);
            }
            var ids = Tensor.empty(DType.INT64, Shape.of(total), "repeatInterleave");
            long at = ids.position();
            for (long i = 0; i < counts.numel(); i++) {
                long count = segment.get(ValueLayout.JAVA_LONG_UNALIGNED, counts.position() + 8 * i);
                for (long k = 0; k < count; k++, at += 8) {
                    ids.storage().base().set(ValueLayout.JAVA_LONG_UNALIGNED, at, i);
                }
            }
            return ids;
        } finally {
            counts.storage().release();
        }
    }

    /** Which of the first two tensors of a grid counts rows. */
    public enum Indexing {
        /** The first: as indices of a matrix. */
        IJ,
        /** The second: as coordinates. */
        XY
    }

    /**
     * Views of vectors as the coordinates of a grid, as {@code torch.meshgrid}: each has a dimension for each vector.
     *
     * @param tensors vectors, or without dimensions
     */
    public static List<Tensor> meshgrid(Indexing indexing, Tensor... tensors) {
        Joins.check("meshgrid", tensors);
        Check.notNull("meshgrid", "the indexing", indexing);
        int count = tensors.length;
        var dims = new long[count];
        for (int i = 0; i < count; i++) {
            if (tensors[i].rank() > 1) {
                Check.rank("meshgrid", "tensor " + i, tensors[i], 1);
            }
            dims[i] = tensors[i].numel();
        }
        var grid = Shape.of(dims);
        var found = new ArrayList<Tensor>(count);
        for (int i = 0; i < count; i++) {
            var apart = new long[count];
            Arrays.fill(apart, 1);
            apart[i] = dims[i];
            var one = Views.expanded(Views.reshape(tensors[i], apart), grid);
            found.add(indexing == Indexing.XY && count > 1 ? Views.transpose(one, 0, 1) : one);
        }
        return found;
    }
}
