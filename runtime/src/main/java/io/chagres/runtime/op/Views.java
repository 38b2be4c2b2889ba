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
        var seen = seen(x, shape);
        if (seen == null) {
            throw new IllegalStateException("view: the elements of " + x.shape()
                    + " are not contiguous and cannot be seen as " + shape
                    + "; reshape(...) copies them where that is needed");
        }
        return seen;
    }

    /** See {@link Tensor#reshape}. */
    public static Tensor reshape(Tensor x, long... dims) {
        return reshaped("reshape", Check.alive("reshape", "the tensor", x), inferred("reshape", x, dims));
    }

    /** The tensor in the shape of another, as {@link #reshape}. */
    public static Tensor reshapeAs(Tensor x, Tensor other) {
        return reshaped("reshapeAs", Check.alive("reshapeAs", "the tensor", x), inferred("reshapeAs", x,
                Check.alive("reshapeAs", "the other tensor", other).shape().toArray()));
    }

    /** The tensor seen in the shape of another, as {@link #view}; {@code view_as} in PyTorch. */
    public static Tensor viewLike(Tensor x, Tensor other) {
        inferred("viewLike", Check.alive("viewLike", "the tensor", x),
                Check.alive("viewLike", "the other tensor", other).shape().toArray());
        return view(x, other.shape().toArray());
    }

    /** A view where the strides allow one, else of a copy. */
    private static Tensor reshaped(String op, Tensor x, Shape shape) {
        var seen = seen(x, shape);
        return seen != null ? seen : seen(Convert.contiguous(x), shape);
    }

    /** x in a shape of as many elements; null if its strides do not allow that. */
    private static Tensor seen(Tensor x, Shape shape) {
        if (shape.equals(x.shape())) {
            return x;
        }
        if (x.isContiguous()) {
            return Autograd.record(VIEW, x.viewAs(shape, shape.contiguous(), 0), x);
        }
        var dims = shape.toArray();
        var strides = stridesFor(x.shape().toArray(), strides(x), dims);
        return strides == null ? null : Autograd.record(VIEW, x.viewAs(shape, Layout.of(dims, strides), 0), x);
    }

    /**
     * The strides with which elements that lie at given strides can be seen in another shape; null if there are none. Old
     * dimensions of which each steps over all of the next one are one block; new ones must cut whole blocks.
     */
    private static long[] stridesFor(long[] dims, long[] strides, long[] wanted) {
        var found = new long[wanted.length];
        int to = wanted.length - 1;
        long block = 1;
        long step = strides[dims.length - 1];
        for (int d = dims.length - 1; d >= 0; d--) {
            block *= dims[d];
            if (d > 0 && (dims[d - 1] == 1 || strides[d - 1] == block * step)) {
                continue;
            }
            long covered = 1;
            while (to >= 0 && (covered < block || wanted[to] == 1)) {
                found[to] = covered * step;
                covered *= wanted[to--];
            }
            if (covered != block) {
                return null;
            }
            block = 1;
            step = d > 0 ? strides[d - 1] : 0;
        }
        return found;
    }

    /**
     * The tensor with some neighbouring dimensions made one, as {@link #reshape}; one without dimensions becomes [1].
     *
     * @param start the first of them
     * @param end the last of them; negative ones count from the end
     */
    public static Tensor flatten(Tensor x, int start, int end) {
        if (Check.alive("flatten", "the tensor", x).rank() == 0) {
            return reshaped("flatten", x, Shape.of(1));
        }
        int first = x.shape().axis("flatten", start);
        int last = x.shape().axis("flatten", end);
        if (first > last) {
            throw new IllegalArgumentException(
                    "flatten: dimension " + start + " of " + x.shape() + " does not come before dimension " + end);
        }
        var dims = new long[x.rank() - (last - first)];
        for (int d = 0; d < dims.length; d++) {
            dims[d] = x.shape().dim(d <= first ? d : d + last - first);
        }
        for (int d = first + 1; d <= last; d++) {
            dims[first] *= x.shape().dim(d);
        }
        return reshaped("flatten", x, Shape.of(dims));
    }

    /** A view with one dimension cut into several, of which one size may be -1. */
    public static Tensor unflatten(Tensor x, int dim, long... sizes) {
        int axis = Check.alive("unflatten", "the tensor", x).shape().axis("unflatten", dim);
        Check.notNull("unflatten", "the array of sizes", sizes);
        if (sizes.length == 0) {
            throw new IllegalArgumentException("unflatten: dimension " + dim + " of " + x.shape() + " into no sizes");
        }
        var parts = inferred("unflatten", x.shape(), Shape.of(x.shape().dim(axis)), sizes).toArray();
        var dims = new long[x.rank() - 1 + parts.length];
        var strides = new long[dims.length];
        long step = x.stride(axis);
        for (int d = dims.length - 1; d >= 0; d--) {
            boolean inside = d >= axis && d < axis + parts.length;
            int own = d < axis ? d : d - parts.length + 1;
            dims[d] = inside ? parts[d - axis] : x.shape().dim(own);
            strides[d] = inside ? step : x.stride(own);
            step *= inside ? dims[d] : 1;
        }
        return Autograd.record(VIEW, x.viewAs(Shape.of(dims), Layout.of(dims, strides), 0), x);
    }

    private static Shape inferred(String op, Tensor x, long[] dims) {
        return inferred(op, x.shape(), x.shape(), Check.notNull(op, "the array of sizes", dims));
    }

    /** Sizes for the elements of a shape, which is all of a tensor's, or a part of it. */
    private static Shape inferred(String op, Shape whole, Shape from, long[] dims) {
        int unknown = -1;
        long known = 1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == -1 && unknown < 0) {
                unknown = i;
            } else if (dims[i] < 0) {
                throw new IllegalArgumentException(op + ": " + Arrays.toString(dims) + " of " + whole
                        + ": sizes are not negative; one may be -1");
            } else {
                known = Math.multiplyHigh(known, dims[i]) == 0 && known * dims[i] >= 0
                        ? known * dims[i]
                        : Long.MAX_VALUE;
            }
        }
        var sizes = dims.clone();
        if (unknown >= 0 && known > 0 && from.numel() % known == 0) {
            sizes[unknown] = from.numel() / known;
            known = from.numel();
        }
        if (known != from.numel() || unknown >= 0 && sizes[unknown] == -1) {
            throw new IllegalArgumentException(
                    op + ": " + whole + " has " + from.numel() + " elements"
                            + (whole.equals(from) ? "" : " in that dimension") + " and cannot be seen as "
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
        if (Check.alive("t", "the tensor", x).rank() < 2) {
            return x;
        }
        Check.rank("t", "the tensor", x, 2);
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

    /** {@link #transpose}, by another name. */
    public static Tensor swapaxes(Tensor x, int first, int second) {
        return transpose(Check.alive("swapaxes", "the tensor", x), x.shape().axis("swapaxes", first),
                x.shape().axis("swapaxes", second));
    }

    /** {@link #transpose}, by another name. */
    public static Tensor swapdims(Tensor x, int first, int second) {
        return transpose(Check.alive("swapdims", "the tensor", x), x.shape().axis("swapdims", first),
                x.shape().axis("swapdims", second));
    }

    /** A view with the last two dimensions exchanged: each matrix transposed. */
    public static Tensor mT(Tensor x) {
        if (Check.alive("mT", "the tensor", x).rank() < 2) {
            throw new IllegalArgumentException("mT: " + x.shape() + " has " + x.rank()
                    + " dimensions; matrices have 2, or more in front");
        }
        return transpose(x, -2, -1);
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

    /**
     * A view with the dimensions in another order: dimension i of the result is dimension order[i] of the tensor.
     *
     * @throws IllegalArgumentException if the order does not name every dimension once
     */
    public static Tensor permute(Tensor x, int... order) {
        int rank = Check.alive("permute", "the tensor", x).rank();
        if (Check.notNull("permute", "the order", order).length != rank) {
            throw new IllegalArgumentException("permute: " + Arrays.toString(order) + " names " + order.length
                    + " dimensions of " + x.shape() + ", which has " + rank);
        }
        var axes = axes("permute", x, order);
        return Autograd.record(permutation(axes), permuted(x, axes), x);
    }

    private static Op permutation(int[] axes) {
        return Op.composed("permute", Op.NOTHING, flow -> {
            var back = new int[axes.length];
            for (int d = 0; d < axes.length; d++) {
                back[axes[d]] = d;
            }
            flow.give(0, permute(flow.gradOutput(), back));
        });
    }

    private static Tensor permuted(Tensor x, int[] axes) {
        var dims = new long[axes.length];
        var strides = new long[axes.length];
        for (int d = 0; d < axes.length; d++) {
            dims[d] = x.shape().dim(axes[d]);
            strides[d] = x.stride(axes[d]);
        }
        return x.viewAs(Shape.of(dims), Layout.of(dims, strides), 0);
    }

    /** Dimensions that may count from the end; none twice. */
    static int[] axes(String op, Tensor x, int... dims) {
        var axes = new int[dims.length];
        long seen = 0;
        for (int i = 0; i < dims.length; i++) {
            axes[i] = x.shape().axis(op, dims[i]);
            if ((seen & 1L << axes[i]) != 0) {
                throw new IllegalArgumentException(
                        op + ": " + Arrays.toString(dims) + " names dimension " + dims[i] + " of " + x.shape()
                                + " twice");
            }
            seen |= 1L << axes[i];
        }
        return axes;
    }

    /** A view with one dimension moved to another place; the others keep their order. */
    public static Tensor movedim(Tensor x, int from, int to) {
        return movedim("movedim", x, new int[]{from}, new int[]{to});
    }

    /** {@link #movedim(Tensor, int, int)}, by another name. */
    public static Tensor moveaxis(Tensor x, int from, int to) {
        return movedim("moveaxis", x, new int[]{from}, new int[]{to});
    }

    /** A view with several dimensions moved to other places; the others keep their order. */
    public static Tensor movedim(Tensor x, int[] from, int[] to) {
        return movedim("movedim", x, from, to);
    }

    private static Tensor movedim(String op, Tensor x, int[] from, int[] to) {
        Check.alive(op, "the tensor", x);
        if (Check.notNull(op, "the array of sources", from).length != Check.notNull(op,
                "the array of targets", to).length) {
            throw new IllegalArgumentException(op + ": " + from.length + " dimensions of " + x.shape() + " to "
                    + to.length + " places");
        }
        var sources = axes(op, x, from);
        var targets = axes(op, x, to);
        var order = new int[x.rank()];
        Arrays.fill(order, -1);
        var moved = new boolean[order.length];
        for (int i = 0; i < sources.length; i++) {
            order[targets[i]] = sources[i];
            moved[sources[i]] = true;
        }
        int next = 0;
        for (int d = 0; d < order.length; d++) {
            while (next < order.length && moved[next]) {
                next++;
            }
            order[d] = order[d] >= 0 ? order[d] : next++;
        }
        return permute(x, order);
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

    /** A tensor without dimensions as [1]. */
    static Tensor atLeastVector(Tensor x) {
        return x.rank() == 0 ? unsqueeze(x, 0) : x;
    }

    /** A view without dimensions of size 1. */
    public static Tensor squeeze(Tensor x) {
        return squeezed(Check.alive("squeeze", "the tensor", x), -1L);
    }

    /** See {@link Tensor#squeeze(int)}; a dimension of another size than 1 stays, as in PyTorch. */
    public static Tensor squeeze(Tensor x, int dim) {
        int axis = Check.alive("squeeze", "the tensor", x).shape().axis("squeeze", dim);
        return squeezed(x, 1L << axis);
    }

    /** A view without those of some dimensions that have size 1. */
    public static Tensor squeeze(Tensor x, int[] dims) {
        Check.alive("squeeze", "the tensor", x);
        long which = 0;
        for (int axis : axes("squeeze", x, Check.notNull("squeeze", "the array of dimensions", dims))) {
            which |= 1L << axis;
        }
        return squeezed(x, which);
    }

    private static Tensor squeezed(Tensor x, long which) {
        var dims = x.shape().toArray();
        var strides = strides(x);
        int left = 0;
        for (int d = 0; d < x.rank(); d++) {
            if (dims[d] != 1 || (which & 1L << d) == 0) {
                dims[left] = dims[d];
                strides[left++] = strides[d];
            }
        }
        if (left == x.rank()) {
            return x;
        }
        var shape = Shape.of(Arrays.copyOf(dims, left));
        return Autograd.record(VIEW,
                x.viewAs(shape, Layout.of(shape.toArray(), Arrays.copyOf(strides, left)), 0), x);
    }

    /** See {@link Tensor#expand}. */
    public static Tensor expand(Tensor x, long... dims) {
        return expanded("expand", x, Check.notNull("expand", "the array of sizes", dims));
    }

    /** {@link #expand} to the sizes of another tensor. */
    public static Tensor expandAs(Tensor x, Tensor other) {
        return expanded("expandAs", x, Check.alive("expandAs", "the other tensor", other).shape().toArray());
    }

    /** {@link #expand}, by another name. */
    public static Tensor broadcastTo(Tensor x, long... dims) {
        return expanded("broadcastTo", x, Check.notNull("broadcastTo", "the array of sizes", dims));
    }

    /** x expanded, or x itself if it has that shape. */
    static Tensor expanded(Tensor x, Shape shape) {
        return x.shape().equals(shape) ? x : expanded("expand", x, shape.toArray());
    }

    private static Tensor expanded(String op, Tensor x, long... dims) {
        int added = dims.length - Check.alive(op, "the tensor", x).rank();
        var sizes = dims.clone();
        var strides = new long[dims.length];
        for (int i = 0; i < dims.length; i++) {
            long own = i < added ? 1 : x.shape().dim(i - added);
            sizes[i] = dims[i] == -1 && i >= added ? own : dims[i];
            if (added < 0 || sizes[i] < 0 || own != sizes[i] && own != 1) {
                throw new IllegalArgumentException(op + ": " + x.shape() + " cannot be expanded to "
                        + Arrays.toString(dims) + "; only dimensions of size 1 repeat");
            }
            strides[i] = own == sizes[i] && i >= added ? x.stride(i - added) : 0;
        }
        if (added < 0) {
            throw new IllegalArgumentException(
                    op + ": " + x.shape() + " has more dimensions than " + Arrays.toString(dims));
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

    static long[] strides(Tensor x) {
        return ((Layout.Strided) x.layout()).toArray();
    }
}
