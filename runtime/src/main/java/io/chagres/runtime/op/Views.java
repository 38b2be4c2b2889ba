package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/** Other ways to look at the same elements; nothing is copied. */
public final class Views {
    private Views() {
    }

    /** See {@link Tensor#view}. */
    public static Tensor view(Tensor x, long... dims) {
        var shape = inferred("view", Check.alive("view", "the tensor", x), dims);
        if (!x.isContiguous()) {
            throw new IllegalStateException("view: the elements of " + x.shape()
                    + " are not contiguous; reshape(...) copies them where that is needed");
        }
        return seen(x, shape);
    }

    /** See {@link Tensor#reshape}. */
    public static Tensor reshape(Tensor x, long... dims) {
        var shape = inferred("reshape", Check.alive("reshape", "the tensor", x), dims);
        return seen(x.contiguous(), shape);
    }

    private static Tensor seen(Tensor x, Shape shape) {
        return shape.equals(x.shape()) ? x : Autograd.record(VIEW, x.viewAs(shape, shape.contiguous(), 0), x);
    }

    private static Shape inferred(String op, Tensor x, long[] dims) {
        int unknown = -1;
        long known = 1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == -1 && unknown < 0) {
                unknown = i;
            } else if (dims[i] < 0) {
                throw new IllegalArgumentException(op + ": " + Arrays.toString(dims) + " of " + x.shape()
                        + ": sizes are not negative; one may be -1");
            } else {
                known = Math.multiplyHigh(known, dims[i]) == 0 && known * dims[i] >= 0
                        ? known * dims[i]
                        : Long.MAX_VALUE;
            }
        }
        var sizes = dims.clone();
        if (unknown >= 0 && known > 0 && x.numel() % known == 0) {
            sizes[unknown] = x.numel() / known;
            known = x.numel();
        }
        if (known != x.numel() || unknown >= 0 && sizes[unknown] == -1) {
            throw new IllegalArgumentException(
                    op + ": " + x.shape() + " has " + x.numel() + " elements and cannot be seen as "
                            + Arrays.toString(dims));
        }
        return Shape.of(sizes);
    }

    private static final Op VIEW = new Op("view") {
        @Override
        public int keeps() {
            return NOTHING;
        }

        @Override
        public void backward(Gradients flow) {
            flow.give(0, flow.gradOutput().reshape(flow.input(0).shape().toArray()));
        }

        @Override
        public void recordedBackward(Gradients flow) {
            backward(flow);
        }
    };

    /** See {@link Tensor#t}. */
    public static Tensor t(Tensor x) {
        Check.rank("t", "the tensor", Check.alive("t", "the tensor", x), 2);
        return transpose(x, 0, 1);
    }

    /** See {@link Tensor#transpose}. */
    public static Tensor transpose(Tensor x, int first, int second) {
        int a = Check.alive("transpose", "the tensor", x).shape().axis("transpose", first);
        int b = x.shape().axis("transpose", second);
        return Autograd.record(new Transpose(a, b), exchanged(x, a, b), x);
    }

    private static Tensor exchanged(Tensor x, int a, int b) {
        var dims = x.shape().toArray();
        var strides = strides(x);
        swap(dims, a, b);
        swap(strides, a, b);
        return x.viewAs(Shape.of(dims), Layout.of(dims, strides), 0);
    }

    private static void swap(long[] values, int a, int b) {
        long kept = values[a];
        values[a] = values[b];
        values[b] = kept;
    }

    private static final class Transpose extends Op {
        private final int a;
        private final int b;

        Transpose(int a, int b) {
            super("transpose");
            this.a = a;
            this.b = b;
        }

        @Override
        public int keeps() {
            return NOTHING;
        }

        @Override
        public void backward(Gradients flow) {
            flow.give(0, transpose(flow.gradOutput(), a, b));
        }

        @Override
        public void recordedBackward(Gradients flow) {
            backward(flow);
        }
    }

    /** See {@link Tensor#narrow}. */
    public static Tensor narrow(Tensor x, int dim, long from, long length) {
        int axis = Check.alive("narrow", "the tensor", x).shape().axis("narrow", dim);
        long size = x.shape().dim(axis);
        if (from < 0 || length < 0 || length > size - from) {
            throw new IndexOutOfBoundsException(
                    "narrow: " + length + " from " + from + " on in dimension " + dim + " of "
                            + x.shape() + ", which has size " + size);
        }
        return Autograd.record(new Narrow(axis, from), part(x, axis, from, length), x);
    }

    private static Tensor part(Tensor x, int axis, long from, long length) {
        var strides = strides(x);
        var shape = x.shape().with(axis, length);
        // nothing may start behind the last element
        return x.viewAs(shape, Layout.of(shape.toArray(), strides), shape.numel() == 0 ? 0 : from * strides[axis]);
    }

    private static final class Narrow extends Op {
        private final int axis;
        private final long from;

        Narrow(int axis, long from) {
            super("narrow");
            this.axis = axis;
            this.from = from;
        }

        @Override
        public int keeps() {
            return NOTHING;
        }

        @Override
        public void backward(Gradients flow) {
            boolean added = flow.accumulates(0);
            var dx = flow.into(0);
            if (!added) {
                dx.fill(0);
            }
            var dy = flow.gradOutput();
            Arithmetic.addInto(dy, part(dx, axis, from, dy.shape().dim(axis)));
        }
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
        return squeeze(narrow(x, axis, index < 0 ? index + size : index, 1), axis);
    }

    /** See {@link Tensor#unsqueeze}. */
    public static Tensor unsqueeze(Tensor x, int dim) {
        int rank = Check.alive("unsqueeze", "the tensor", x).rank();
        if (dim < -rank - 1 || dim > rank) {
            throw new IndexOutOfBoundsException("unsqueeze: dimension " + dim + " of " + x.shape());
        }
        int axis = dim < 0 ? dim + rank + 1 : dim;
        var shape = x.shape().insert(axis, 1);
        var strides = new long[shape.rank()];
        System.arraycopy(strides(x), 0, strides, 0, axis);
        System.arraycopy(strides(x), axis, strides, axis + 1, rank - axis);
        return Autograd.record(VIEW, x.viewAs(shape, Layout.of(shape.toArray(), strides), 0), x);
    }

    /** See {@link Tensor#squeeze}; a dimension of another size than 1 stays, as in PyTorch. */
    public static Tensor squeeze(Tensor x, int dim) {
        int axis = Check.alive("squeeze", "the tensor", x).shape().axis("squeeze", dim);
        if (x.shape().dim(axis) != 1) {
            return x;
        }
        var shape = x.shape().remove(axis);
        var strides = new long[shape.rank()];
        System.arraycopy(strides(x), 0, strides, 0, axis);
        System.arraycopy(strides(x), axis + 1, strides, axis, strides.length - axis);
        return Autograd.record(VIEW, x.viewAs(shape, Layout.of(shape.toArray(), strides), 0), x);
    }

    /** See {@link Tensor#expand}. */
    public static Tensor expand(Tensor x, long... dims) {
        int added = dims.length - Check.alive("expand", "the tensor", x).rank();
        var sizes = dims.clone();
        var strides = new long[dims.length];
        for (int i = 0; i < dims.length; i++) {
            long own = i < added ? 1 : x.shape().dim(i - added);
            sizes[i] = dims[i] == -1 && i >= added ? own : dims[i];
            if (added < 0 || sizes[i] < 0 || own != sizes[i] && own != 1) {
                throw new IllegalArgumentException("expand: " + x.shape() + " cannot be expanded to "
                        + Arrays.toString(dims) + "; only dimensions of size 1 repeat");
            }
            strides[i] = own == sizes[i] && i >= added ? x.stride(i - added) : 0;
        }
        if (added < 0) {
            throw new IllegalArgumentException(
                    "expand: " + x.shape() + " has more dimensions than " + Arrays.toString(dims));
        }
        return Autograd.record(EXPAND, x.viewAs(Shape.of(sizes), Layout.of(sizes, strides), 0), x);
    }

    private static final Op EXPAND = new Op("expand") {
        @Override
        public int keeps() {
            return NOTHING;
        }

        @Override
        public void backward(Gradients flow) {
            flow.give(0, Reduce.sumTo(flow.gradOutput(), flow.input(0).shape()));
        }

        @Override
        public void recordedBackward(Gradients flow) {
            backward(flow);
        }
    };

    private static long[] strides(Tensor x) {
        return ((Layout.Strided) x.layout()).toArray();
    }
}
