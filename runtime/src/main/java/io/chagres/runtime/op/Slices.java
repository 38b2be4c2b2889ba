package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Parts of tensors along their dimensions, seen where they lie; nothing is copied. */
public final class Slices {
    private Slices() {
    }

    /** See {@link Tensor#narrow}. */
    public static Tensor narrow(Tensor x, int dim, long from, long length) {
        int axis = Check.alive("narrow", "the tensor", x).shape().axis("narrow", dim);
        long size = x.shape().dim(axis);
        long start = from < 0 ? from + size : from;
        if (start < 0 || length < 0 || length > size - start) {
            throw new IndexOutOfBoundsException(
                    "narrow: " + length + " from " + from + " on in dimension " + dim + " of "
                            + x.shape() + ", which has size " + size);
        }
        return seen("narrow", x, whole -> part(whole, axis, start, length, 1));
    }

    /** See {@link Tensor#slice(int, long, long, long)}. */
    public static Tensor slice(Tensor x, int dim, long start, long end, long step) {
        int axis = Check.alive("slice", "the tensor", x).shape().axis("slice", dim);
        if (step <= 0) {
            throw new IllegalArgumentException("slice: step " + step + " in dimension " + dim + " of " + x.shape()
                    + " is not positive; flip(...) reverses");
        }
        long size = x.shape().dim(axis);
        long from = Math.clamp(start < 0 ? start + size : start, 0, size);
        long to = Math.clamp(end < 0 ? end + size : end, from, size);
        return seen("slice", x, whole -> part(whole, axis, from, to == from ? 0 : (to - from - 1) / step + 1, step));
    }

    /** Some indices of a dimension, layout only. */
    static Tensor part(Tensor x, int axis, long from, long length, long step) {
        var strides = Views.strides(x);
        var shape = x.shape().with(axis, length);
        // nothing may start behind the last element
        long start = shape.numel() == 0 ? 0 : from * strides[axis];
        strides[axis] *= length > 1 ? step : 1;
        return x.viewAs(shape, Layout.of(shape.toArray(), strides), start);
    }

    /** See {@link Tensor#select}. */
    public static Tensor select(Tensor x, int dim, long index) {
        int axis = Check.alive("select", "the tensor", x).shape().axis("select", dim);
        long size = x.shape().dim(axis);
        if (index < -size || index >= size) {
            throw new IndexOutOfBoundsException(
                    "select: index " + index + " in dimension " + dim + " of " + x.shape() + ", which has size "
                            + size);
        }
        long at = index < 0 ? index + size : index;
        return seen("select", x, whole -> one(whole, axis, at));
    }

    private static Tensor one(Tensor x, int axis, long index) {
        var shape = x.shape().remove(axis);
        var strides = new long[shape.rank()];
        for (int d = 0; d < strides.length; d++) {
            strides[d] = x.stride(d < axis ? d : d + 1);
        }
        return x.viewAs(shape, Layout.of(shape.toArray(), strides), shape.numel() == 0 ? 0 : index * x.stride(axis));
    }

    /** A view of the diagonal of each matrix that two dimensions make, which is the result's last dimension. */
    public static Tensor diagonal(Tensor x, long offset, int dim1, int dim2) {
        int rows = Check.alive("diagonal", "the tensor", x).shape().axis("diagonal", dim1);
        int columns = x.shape().axis("diagonal", dim2);
        if (rows == columns) {
            throw new IllegalArgumentException("diagonal: dimensions " + dim1 + " and " + dim2 + " of " + x.shape()
                    + " are the same");
        }
        return seen("diagonal", x, whole -> diagonal(whole, rows, columns, offset));
    }

    private static Tensor diagonal(Tensor x, int rows, int columns, long offset) {
        long below = x.shape().dim(rows);
        long right = x.shape().dim(columns);
        long length = Math.max(0, offset >= 0 ? Math.min(below, right - offset) : Math.min(below + offset, right));
        var dims = new long[x.rank() - 1];
        var strides = new long[dims.length];
        int to = 0;
        for (int d = 0; d < x.rank(); d++) {
            if (d != rows && d != columns) {
                dims[to] = x.shape().dim(d);
                strides[to++] = x.stride(d);
            }
        }
        dims[to] = length;
        strides[to] = x.stride(rows) + x.stride(columns);
        var shape = Shape.of(dims);
        long start = shape.numel() == 0 ? 0 : offset >= 0 ? offset * x.stride(columns) : -offset * x.stride(rows);
        return x.viewAs(shape, Layout.of(dims, strides), start);
    }

    /**
     * Zeros with the last dimension of a tensor on a diagonal of new matrices, as {@code torch.diag_embed}.
     *
     * @param offset which diagonal: 0 the main one, positive ones above it
     * @param dim1 where the result has its rows
     * @param dim2 where the result has its columns
     */
    public static Tensor diagEmbed(Tensor x, long offset, int dim1, int dim2) {
        int rank = Check.alive("diagEmbed", "the tensor", x).rank() + 1;
        if (rank == 1) {
            throw new IllegalArgumentException("diagEmbed: a tensor without dimensions has no diagonal");
        }
        int rows = x.shape().insert(0, 1).axis("diagEmbed", dim1);
        int columns = x.shape().insert(0, 1).axis("diagEmbed", dim2);
        if (rows == columns) {
            throw new IllegalArgumentException("diagEmbed: dimensions " + dim1 + " and " + dim2 + " are the same");
        }
        long size = Check.sum("diagEmbed", x.shape(), x.size(-1),
                offset == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(offset));
        var rest = x.shape().remove(rank - 2);
        var shape = rest.insert(Math.min(rows, columns), size).insert(Math.max(rows, columns), size);
        return embedded("diagEmbed", x, shape, whole -> diagonal(whole, offset, rows, columns));
    }

    /**
     * A matrix with a vector on its diagonal, or a copy of the diagonal of a matrix, as {@code torch.diag}.
     *
     * @throws IllegalArgumentException if the tensor has another number of dimensions
     */
    public static Tensor diag(Tensor x, long offset) {
        int rank = Check.alive("diag", "the tensor", x).rank();
        if (rank != 1 && rank != 2) {
            throw new IllegalArgumentException("diag: " + x.shape() + " is no vector and no matrix");
        }
        return rank == 1 ? diagEmbed(x, offset, 0, 1) : Convert.clone(diagonal(x, offset, 0, 1));
    }

    // ---- Several parts

    /** Parts of one size along a dimension; the last may be smaller. */
    public static List<Tensor> split(Tensor x, long size, int dim) {
        int axis = Check.alive("split", "the tensor", x).shape().axis("split", dim);
        long whole = x.shape().dim(axis);
        if (size < 0 || size == 0 && whole > 0) {
            throw new IllegalArgumentException("split: parts of size " + size + " in dimension " + dim + " of "
                    + x.shape());
        }
        long parts = size == 0 || whole == 0 ? 1 : (whole - 1) / size + 1;
        var found = new ArrayList<Tensor>(Check.int32("split", x.shape(), parts));
        for (long i = 0; i < parts; i++) {
            found.add(narrow(x, axis, i * size, Math.min(size, whole - i * size)));
        }
        return found;
    }

    /** Parts of given sizes along a dimension, which they fill. */
    public static List<Tensor> split(Tensor x, long[] sizes, int dim) {
        int axis = Check.alive("split", "the tensor", x).shape().axis("split", dim);
        long left = x.shape().dim(axis);
        for (long size : Check.notNull("split", "the array of sizes", sizes)) {
            left = size < 0 || size > left ? -1 : left - size;
            if (left < 0) {
                break;
            }
        }
        if (left != 0) {
            throw new IllegalArgumentException("split: sizes " + Arrays.toString(sizes)
                    + " do not add up to dimension " + dim + " of " + x.shape());
        }
        var found = new ArrayList<Tensor>(sizes.length);
        long from = 0;
        for (long size : sizes) {
            found.add(narrow(x, axis, from, size));
            from += size;
        }
        return found;
    }

    /** At most so many parts of one size along a dimension; the last may be smaller. */
    public static List<Tensor> chunk(Tensor x, int chunks, int dim) {
        int axis = Check.alive("chunk", "the tensor", x).shape().axis("chunk", dim);
        checkParts("chunk", x, chunks);
        long size = x.shape().dim(axis);
        return size == 0 ? split(x, new long[chunks], axis) : split(x, (size - 1) / chunks + 1, axis);
    }

    private static void checkParts(String op, Tensor x, int parts) {
        if (parts <= 0) {
            throw new IllegalArgumentException(op + ": " + x.shape() + " into " + parts + " parts");
        }
    }

    /** Just so many parts along a dimension, of which the first ones are greater by one where it does not divide. */
    public static List<Tensor> tensorSplit(Tensor x, int sections, int dim) {
        int axis = Check.alive("tensorSplit", "the tensor", x).shape().axis("tensorSplit", dim);
        checkParts("tensorSplit", x, sections);
        long size = x.shape().dim(axis);
        var sizes = new long[sections];
        for (int i = 0; i < sections; i++) {
            sizes[i] = size / sections + (i < size % sections ? 1 : 0);
        }
        return split(x, sizes, axis);
    }

    /** Parts along a dimension that begin and end at given indices, as slices do: negative ones count from the end. */
    public static List<Tensor> tensorSplit(Tensor x, long[] indices, int dim) {
        int axis = Check.alive("tensorSplit", "the tensor", x).shape().axis("tensorSplit", dim);
        var found = new ArrayList<Tensor>(Check.notNull("tensorSplit", "the array of indices", indices).length + 1);
        long from = 0;
        for (long index : indices) {
            found.add(slice(x, axis, from, index, 1));
            from = index;
        }
        found.add(slice(x, axis, from, Long.MAX_VALUE, 1));
        return found;
    }

    /** Views of just so many equal parts of the columns, as {@code torch.hsplit}. */
    public static List<Tensor> hsplit(Tensor x, int sections) {
        int axis = splitAxis("hsplit", x, 1, 1);
        if (sections < 1 || x.size(axis) % sections != 0) {
            throw new IllegalArgumentException("hsplit: " + x.shape() + " has " + x.size(axis)
                    + " columns, which " + sections + " does not divide");
        }
        return tensorSplit(x, sections, axis);
    }

    /** Views of the columns before, between and behind indices, as {@code torch.hsplit}. */
    public static List<Tensor> hsplit(Tensor x, long... indices) {
        return tensorSplit(x, Check.notNull("hsplit", "the array of indices", indices),
                splitAxis("hsplit", x, 1, 1));
    }

    /** Views of just so many equal parts of the rows, as {@code torch.vsplit}. */
    public static List<Tensor> vsplit(Tensor x, int sections) {
        int axis = splitAxis("vsplit", x, 2, 0);
        if (sections < 1 || x.size(axis) % sections != 0) {
            throw new IllegalArgumentException("vsplit: " + x.shape() + " has " + x.size(axis)
                    + " rows, which " + sections + " does not divide");
        }
        return tensorSplit(x, sections, axis);
    }

    /** Views of the rows before, between and behind indices, as {@code torch.vsplit}. */
    public static List<Tensor> vsplit(Tensor x, long... indices) {
        return tensorSplit(x, Check.notNull("vsplit", "the array of indices", indices),
                splitAxis("vsplit", x, 2, 0));
    }

    /** Views of just so many equal parts of the layers, as {@code torch.dsplit}. */
    public static List<Tensor> dsplit(Tensor x, int sections) {
        int axis = splitAxis("dsplit", x, 3, 2);
        if (sections < 1 || x.size(axis) % sections != 0) {
            throw new IllegalArgumentException("dsplit: " + x.shape() + " has " + x.size(axis)
                    + " layers, which " + sections + " does not divide");
        }
        return tensorSplit(x, sections, axis);
    }

    /** Views of the layers before, between and behind indices, as {@code torch.dsplit}. */
    public static List<Tensor> dsplit(Tensor x, long... indices) {
        return tensorSplit(x, Check.notNull("dsplit", "the array of indices", indices),
                splitAxis("dsplit", x, 3, 2));
    }

    private static int splitAxis(String op, Tensor x, int least, int axis) {
        if (Check.alive(op, "the tensor", x).rank() < least) {
            throw new IllegalArgumentException(
                    op + ": " + x.shape() + " has " + x.rank() + " dimensions; " + least + " or more are needed");
        }
        return Math.min(axis, x.rank() - 1);
    }

    /** A view for each index of a dimension, without it. */
    public static List<Tensor> unbind(Tensor x, int dim) {
        int axis = Check.alive("unbind", "the tensor", x).shape().axis("unbind", dim);
        int count = Check.int32("unbind", x.shape(), x.shape().dim(axis));
        var found = new ArrayList<Tensor>(count);
        for (int i = 0; i < count; i++) {
            found.add(select(x, axis, i));
        }
        return found;
    }

    // ---- How gradients of parts become those of the whole

    /** A recorded view in which no elements share memory that did not do so before. */
    private static Tensor seen(String name, Tensor x, UnaryOperator<Tensor> part) {
        return Autograd.record(new Seen(name, part), part.apply(x), x);
    }

    private static final class Seen extends Op {
        private final UnaryOperator<Tensor> part;

        Seen(String name, UnaryOperator<Tensor> part) {
            super(name);
            this.part = part;
        }

        @Override
        public int keeps() {
            return NOTHING;
        }

        /** Adds to the gradient of the whole where there is one, so that many parts of one tensor cost no more than it does. */
        @Override
        public void backward(Gradients flow) {
            boolean added = flow.accumulates(0);
            var dx = flow.into(0);
            if (!added) {
                dx.fill(0);
            }
            Arithmetic.addInto(flow.gradOutput(), part.apply(dx));
        }

        @Override
        public void recordedBackward(Gradients flow) {
            flow.give(0,
                    embedded(name(), flow.gradOutput(), flow.input(0).shape(), whole -> seen(name(), whole, part)));
        }
    }

    /**
     * Zeros with a tensor in a part of them.
     *
     * @param part a recorded view of a tensor of that shape, in which no elements share memory
     */
    static Tensor embedded(String name, Tensor x, Shape shape, UnaryOperator<Tensor> part) {
        var whole = zeros(name, x, shape);
        Convert.copy(x, part.apply(whole));
        return Autograd.record(Op.composed(name, Op.NOTHING, flow -> flow.give(0, part.apply(flow.gradOutput()))),
                whole, x);
    }

    /** Zeros of the type of a tensor. */
    static Tensor zeros(String name, Tensor like, Shape shape) {
        return Tensor.empty(like.dtype(), shape, name).fill(0);
    }
}
