package io.chagres.runtime.op;

import io.chagres.runtime.op.Picks.Write;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/** Copies with some indices of a dimension written or added to; one-hot vectors. */
public final class IndexWrites {
    private IndexWrites() {
    }

    /**
     * x with source added at those indices of a dimension that ids name, as {@code torch.index_add}; in the order of the ids.
     *
     * @param ids [K] int64 or int32, each in [0, size of the dimension)
     * @param source of x's type and shape, but of size K in that dimension
     * @param alpha what source is multiplied with
     */
    public static Tensor indexAdd(Tensor x, int dim, Tensor ids, Tensor source, double alpha) {
        return add("indexAdd", x, dim, ids, source, alpha).written(x);
    }

    /** x with source in place of those indices of a dimension that ids name, as {@code torch.index_copy}. */
    public static Tensor indexCopy(Tensor x, int dim, Tensor ids, Tensor source) {
        return copy("indexCopy", x, dim, ids, source).written(x);
    }

    /** A write whose operands have been checked: indices of the source's shape, for one dimension of what is written to. */
    record Checked(String name, Write how, int axis, Tensor ids, Tensor source) {
        /** A copy with it; recorded. */
        Tensor written(Tensor x) {
            return Scatter.written(name, how, x, axis, ids, source);
        }

        /** Into a tensor itself; not recorded. */
        void into(Tensor x) {
            Picks.along(axis, x, ids, source).write(name, how, x.shape().dim(axis));
        }
    }

    /** The checks of {@link #indexAdd}. */
    static Checked add(String name, Tensor x, int dim, Tensor ids, Tensor source, double alpha) {
        return write(name, Write.ADD, x, dim, ids, source, alpha);
    }

    /** The checks of {@link #indexCopy}. */
    static Checked copy(String name, Tensor x, int dim, Tensor ids, Tensor source) {
        return write(name, Write.SET, x, dim, ids, source, 1);
    }

    private static Checked write(String name, Write how, Tensor x, int dim, Tensor index, Tensor source,
            double alpha) {
        int axis = Check.alive(name, "the tensor", x).shape().axis(name, dim);
        var ids = vector(name, index);
        Check.sameType(name, x, Check.alive(name, "the source", source));
        var shape = x.shape().with(axis, ids.numel());
        if (!source.shape().equals(shape)) {
            throw new IllegalArgumentException(name + ": the source " + source.shape() + " for " + ids.numel()
                    + " indices of dimension " + dim + " of " + x.shape() + " is not " + shape);
        }
        Indices.inRange(name, ids, x, axis);
        return new Checked(name, how, axis, along(ids, axis, shape),
                alpha == 1 ? source : Convert.to(source.mul(alpha), x.dtype()));
    }

    private static Tensor vector(String name, Tensor index) {
        var ids = Indices.typed(name, index);
        Check.rank(name, "the tensor of indices", ids, 1);
        return ids;
    }

    private static Tensor along(Tensor ids, int axis, Shape shape) {
        var dims = new long[shape.rank()];
        Arrays.fill(dims, 1);
        dims[axis] = ids.numel();
        return Views.expanded(Views.reshape(ids, dims), shape);
    }

    /**
     * x with a value at those indices of a dimension that ids name, as {@code torch.index_fill}; negative ones count from the
     * end.
     */
    public static Tensor indexFill(Tensor x, int dim, Tensor ids, double value) {
        Check.alive("indexFill", "the tensor", x);
        return fill("indexFill", x, dim, ids, Tensor.full(x.dtype(), value)).written(x);
    }

    /** {@link #indexFill(Tensor, int, Tensor, double)} with the value of a tensor without dimensions, which gets a gradient too. */
    public static Tensor indexFill(Tensor x, int dim, Tensor ids, Tensor value) {
        return fill("indexFill", Check.alive("indexFill", "the tensor", x), dim, ids, value).written(x);
    }

    /** The checks of {@link #indexFill(Tensor, int, Tensor, Tensor)}. */
    static Checked fill(String name, Tensor x, int dim, Tensor index, Tensor value) {
        Check.rank(name, "the value", Check.alive(name, "the value", value), 0);
        Check.sameType(name, x, value);
        int axis = x.shape().axis(name, dim);
        var ids = Indices.wrapped(name, vector(name, index), x.shape().dim(axis),
                "dimension " + axis + " of " + x.shape());
        var shape = x.shape().with(axis, ids.numel());
        return new Checked(name, Write.SET, axis, along(ids, axis, shape), Views.expanded(value, shape));
    }

    /**
     * x with values at indices into all of its elements in row-major order, as {@code torch.put}; negative ones count from the
     * end.
     *
     * @param values of x's type, as many as indices
     * @param accumulate whether values are added to what is there
     */
    public static Tensor put(Tensor x, Tensor index, Tensor values, boolean accumulate) {
        Check.alive("put", "the tensor", x);
        var ids = Gather.flat("put", x, index);
        Check.sameType("put", x, Check.alive("put", "the tensor of values", values));
        if (values.numel() != ids.numel()) {
            throw new IllegalArgumentException("put: values " + values.shape() + " for indices " + ids.shape());
        }
        var y = Scatter.written("put", accumulate ? Write.ADD : Write.SET, Views.reshape(x, x.numel()), 0,
                Views.reshape(ids, ids.numel()), Views.reshape(values, values.numel()));
        return Views.reshape(y, x.shape().toArray());
    }

    /**
     * For each index a vector of zeros with a one there, as {@code torch.nn.functional.one_hot}; int64 [index..., classes].
     *
     * @param index int64 or int32, each in [0, classes)
     * @param classes how many there are; -1 for one more than the greatest index
     */
    public static Tensor oneHot(Tensor index, long classes) {
        var ids = Indices.typed("oneHot", index);
        if (classes == -1 && ids.numel() == 0 || classes < -1 || classes == 0 && ids.numel() > 0) {
            throw new IllegalArgumentException("oneHot: " + classes + " classes for indices " + ids.shape());
        }
        long count = classes == -1 ? Indices.greatest("oneHot", ids) + 1 : classes;
        var y = Tensor.empty(DType.INT64, ids.shape().insert(ids.rank(), Math.max(0, count)), "oneHot").fill(0);
        int last = ids.rank();
        var places = Views.unsqueeze(ids, -1);
        Indices.inRange("oneHot", places, y, last);
        Picks.along(last, y, places, Views.expanded(Tensor.full(DType.INT64, 1), places.shape())).write("oneHot",
                Write.SET, count);
        return y;
    }
}
