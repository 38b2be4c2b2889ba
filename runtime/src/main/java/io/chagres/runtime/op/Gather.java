package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * Elements picked by a tensor of indices that stands for one of their coordinates. Gradients are added up in the order of the
 * indices, whatever the number of threads.
 */
public final class Gather {
    private static final int INDEX = 1;

    private Gather() {
    }

    /**
     * y[.., i, ..] = x[.., index[.., i, ..], ..], as {@code torch.gather}.
     *
     * @param x of any type
     * @param index int64 or int32, of x's rank; in other dimensions than dim no larger than x
     * @return of the index tensor's shape
     * @throws IllegalArgumentException if shapes or types do not fit
     * @throws IndexOutOfBoundsException if there is no such dimension, or an index is not in [0, size of the dimension)
     */
    public static Tensor gather(Tensor x, int dim, Tensor index) {
        return gather("gather", x, dim, index);
    }

    private static Tensor gather(String name, Tensor x, int dim, Tensor index) {
        Check.alive(name, "the tensor", x);
        var ids = Indices.typed(name, index);
        if (x.rank() == 0 || ids.rank() == 0) {
            checkScalars(name, x, dim, ids);
            return gather(name, Views.atLeastVector(x), 0, Views.atLeastVector(ids)).reshape(index.shape().toArray());
        }
        int axis = x.shape().axis(name, dim);
        checkFits(name, x, axis, ids);
        Indices.inRange(name, ids, x, axis);
        return picked(name, x, axis, ids);
    }

    /** Gathers with indices that were checked. */
    private static Tensor picked(String name, Tensor x, int axis, Tensor ids) {
        var y = Tensor.empty(x.dtype(), ids.shape(), name);
        Picks.along(axis, x, ids, y).read(name);
        return Autograd.record(new Gathered(name, axis), y, x, ids);
    }

    private static final class Gathered extends Op {
        private final int axis;

        Gathered(String name, int axis) {
            super(name);
            this.axis = axis;
        }

        @Override
        public int keeps() {
            return 1 << INDEX;
        }

        @Override
        public void backward(Gradients flow) {
            boolean added = flow.accumulates(0);
            var dx = flow.into(0);
            if (!added) {
                dx.fill(0);
            }
            Picks.along(axis, dx, flow.input(INDEX), flow.gradOutput()).write(name(), Picks.Write.ADD,
                    dx.shape().dim(axis));
        }

        @Override
        public void recordedBackward(Gradients flow) {
            flow.give(0, spread(name(), flow.gradOutput(), axis, flow.input(INDEX), flow.input(0).shape()));
        }
    }

    /** Zeros to which elements are added where they were picked: what gather's gradient is. */
    private static Tensor spread(String name, Tensor dy, int axis, Tensor ids, Shape shape) {
        var dx = Slices.zeros(name, dy, shape);
        Picks.along(axis, dx, ids, dy).write(name, Picks.Write.ADD, shape.dim(axis));
        return Autograd.record(Op.composed(name, 1 << INDEX,
                flow -> flow.give(0, picked(name, flow.gradOutput(), axis, flow.input(INDEX)))), dx, dy, ids);
    }

    /** Without dimensions, a tensor counts as one with a single element. */
    static void checkScalars(String op, Tensor x, int dim, Tensor index) {
        if (x.rank() > 1 || index.rank() > 1) {
            checkRanks(op, x, index);
        }
        Shape.of(1).axis(op, dim);
    }

    private static void checkRanks(String op, Tensor x, Tensor index) {
        if (x.rank() != index.rank()) {
            throw new IllegalArgumentException(op + ": the index " + index.shape() + " has " + index.rank()
                    + " dimensions, the tensor " + x.shape() + " has " + x.rank());
        }
    }

    /** Fails if an index tensor is larger than a tensor in another dimension than the one that it is an index of. */
    static void checkFits(String op, Tensor x, int axis, Tensor index) {
        checkRanks(op, x, index);
        for (int d = 0; d < x.rank(); d++) {
            if (d != axis && index.shape().dim(d) > x.shape().dim(d) && index.numel() > 0) {
                throw new IllegalArgumentException(op + ": the index " + index.shape() + " is larger than the tensor "
                        + x.shape() + " in dimension " + d);
            }
        }
    }

    /**
     * {@link #gather} after x and the index tensor were broadcast in other dimensions than dim, as
     * {@code torch.take_along_dim}; negative indices count from the end. For what argsort and argmax find.
     */
    public static Tensor takeAlongDim(Tensor x, Tensor index, int dim) {
        int axis = Check.alive("takeAlongDim", "the tensor", x).shape().axis("takeAlongDim", dim);
        var ids = Indices.typed("takeAlongDim", index);
        checkRanks("takeAlongDim", x, ids);
        var rest = Arithmetic.broadcast("takeAlongDim", x.shape().with(axis, 1), ids.shape().with(axis, 1));
        var wrapped = Indices.wrapped("takeAlongDim", ids, x.shape().dim(axis),
                "dimension " + axis + " of " + x.shape());
        return picked("takeAlongDim", Views.expanded(x, rest.with(axis, x.shape().dim(axis))), axis,
                Views.expanded(wrapped, rest.with(axis, ids.shape().dim(axis))));
    }

    /**
     * The elements at indices into all of them in row-major order, as {@code torch.take}; negative ones count from the end.
     *
     * @param index int64 or int32, of any shape, which is that of the result
     */
    public static Tensor take(Tensor x, Tensor index) {
        var ids = flat("take", Check.alive("take", "the tensor", x), index);
        return picked("take", Views.reshape(x, -1), 0, Views.reshape(ids, -1)).reshape(index.shape().toArray());
    }

    static Tensor flat(String op, Tensor x, Tensor index) {
        return Indices.wrapped(op, Indices.typed(op, index), x.numel(), "the tensor " + x.shape());
    }

    /** Elements at dense row-major indices that are in range. */
    static Tensor takeFlat(String name, Tensor x, Tensor ids) {
        return picked(name, Views.reshape(x, x.numel()), 0, ids);
    }
}
