package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.op.Picks.Write;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/**
 * Elements written, or added, where a tensor of indices says, which stands for one of their coordinates. Where several go to
 * one place, they do so in the order of the indices, whatever the number of threads: the last one stays, and gets the gradient.
 */
public final class Scatter {
    private static final int INDEX = 1;
    private static final int SOURCE = 2;

    private Scatter() {
    }

    /**
     * A copy of x with y[.., index[.., i, ..], ..] = source[.., i, ..], as {@code torch.scatter}.
     *
     * @param x of any type
     * @param index int64 or int32, of x's rank; no larger than source, nor than x in other dimensions than dim
     * @param source of x's type and rank
     * @throws IllegalArgumentException if shapes or types do not fit
     * @throws IndexOutOfBoundsException if there is no such dimension, or an index is not in [0, size of the dimension)
     */
    public static Tensor scatter(Tensor x, int dim, Tensor index, Tensor source) {
        return scatter("scatter", Write.SET, x, dim, index, source);
    }

    /** {@link #scatter(Tensor, int, Tensor, Tensor)} of one value. */
    public static Tensor scatter(Tensor x, int dim, Tensor index, double value) {
        Check.alive("scatter", "the tensor", x);
        var single = Tensor.full(x.dtype(), value);
        var ids = Indices.typed("scatter", index);
        return scatter("scatter", Write.SET, x, dim, ids, Views.expanded(single, ids.shape()));
    }

    /**
     * {@link #scatter(Tensor, int, Tensor, Tensor)} that adds to what is there, as {@code torch.scatter_add}: the sums of what
     * goes to one place.
     */
    public static Tensor scatterAdd(Tensor x, int dim, Tensor index, Tensor source) {
        return scatter("scatterAdd", Write.ADD, x, dim, index, source);
    }

    static Tensor scatter(String name, Write how, Tensor x, int dim, Tensor index, Tensor source) {
        Check.alive(name, "the tensor", x);
        var ids = checked(name, x, dim, index, source);
        if (x.rank() == 0 || ids.rank() == 0) {
            return scatter(name, how, Views.atLeastVector(x), 0, Views.atLeastVector(ids), Views.atLeastVector(source))
                    .reshape(x.shape().toArray());
        }
        int axis = x.shape().axis(name, dim);
        return written(name, how, x, axis, ids, source);
    }

    /** Int64 indices with which a tensor can be written to. */
    static Tensor checked(String name, Tensor x, int dim, Tensor index, Tensor source) {
        var ids = Indices.typed(name, index);
        Check.alive(name, "the source", source);
        Check.sameType(name, x, source);
        if (x.rank() == 0 || ids.rank() == 0 || source.rank() == 0) {
            Gather.checkScalars(name, x, dim, ids);
            Gather.checkScalars(name, source, dim, ids);
            return ids;
        }
        int axis = x.shape().axis(name, dim);
        Gather.checkFits(name, x, axis, ids);
        Gather.checkFits(name, source, -1, ids);
        return Indices.inRange(name, ids, x, axis);
    }

    /** With indices that were checked. */
    static Tensor written(String name, Write how, Tensor x, int axis, Tensor ids, Tensor source) {
        var y = Convert.clone(x.detach());
        Picks.along(axis, y, ids, source).write(name, how, y.shape().dim(axis));
        return Autograd.record(how == Write.ADD ? added(name, axis) : replaced(name, axis), y, x, ids, source);
    }

    private static Op added(String name, int axis) {
        return Op.composed(name, 1 << INDEX, flow -> {
            if (flow.wants(0)) {
                flow.give(0, flow.gradOutput());
            }
            if (flow.wants(SOURCE)) {
                flow.give(SOURCE, fit(name, Gather.gather(flow.gradOutput(), axis, flow.input(INDEX)),
                        flow.input(SOURCE).shape()));
            }
        });
    }

    private static Op replaced(String name, int axis) {
        return Op.composed(name, 1 << INDEX, flow -> {
            if (flow.wants(0)) {
                flow.give(0, scatter(flow.gradOutput(), axis, flow.input(INDEX), 0));
            }
            if (flow.wants(SOURCE)) {
                var ids = flow.input(INDEX);
                var dy = Gather.gather(flow.gradOutput(), axis, ids);
                var kept = Where.where(last(name, axis, ids, flow.input(0).shape()), dy, 0);
                flow.give(SOURCE, fit(name, kept, flow.input(SOURCE).shape()));
            }
        });
    }

    /** Where an index is the last one of its place: what was written there before had no effect. */
    static Tensor last(String name, int axis, Tensor ids, Shape shape) {
        try (var _ = Autograd.noGrad()) {
            long count = ids.shape().dim(axis);
            var positions = Convert.fill(Tensor.empty(DType.INT64, Shape.of(count), name), i -> i);
            var dims = new long[ids.rank()];
            Arrays.fill(dims, 1);
            dims[axis] = count;
            var own = Views.expanded(Views.reshape(positions, dims), ids.shape());
            var latest = Tensor.empty(DType.INT64, shape, name);
            Picks.along(axis, latest, ids, own).write(name, Write.SET, shape.dim(axis));
            return Compare.eq(Gather.gather(latest, axis, ids), own);
        }
    }

    /** A gradient of the first part of a source, with zeros for what was not used of it. */
    static Tensor fit(String name, Tensor gradient, Shape shape) {
        return gradient.shape().equals(shape) ? gradient : Slices.embedded(name, gradient, shape, whole -> {
            var part = whole;
            for (int d = 0; d < shape.rank(); d++) {
                part = Slices.narrow(part, d, 0, gradient.shape().dim(d));
            }
            return part;
        });
    }

    /** {@link #scatter(Tensor, int, Tensor, Tensor)} into a tensor that may have any strides; not recorded. */
    static void scatterInto(Tensor target, int dim, Tensor index, Tensor source) {
        into("scatter", Write.SET, target, dim, index, source);
    }

    /** {@link #scatterAdd} into a tensor that may have any strides; not recorded. */
    static void scatterAddInto(Tensor target, int dim, Tensor index, Tensor source) {
        into("scatterAdd", Write.ADD, target, dim, index, source);
    }

    /** A write of any name and kind into a tensor that may have any strides; not recorded. */
    static void into(String name, Write how, Tensor target, int dim, Tensor index, Tensor source) {
        Convert.writable(name, Check.alive(name, "the target", target));
        var ids = checked(name, target, dim, index, source);
        if (target.rank() == 0 || ids.rank() == 0) {
            into(name, how, Views.atLeastVector(target.detach()), 0, Views.atLeastVector(ids),
                    Views.atLeastVector(source));
            return;
        }
        int axis = target.shape().axis(name, dim);
        Picks.along(axis, target, ids, source).write(name, how, target.shape().dim(axis));
    }
}
