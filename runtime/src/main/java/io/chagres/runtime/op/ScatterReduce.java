package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.op.Picks.Write;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/** Elements that go to one place combined, as {@code torch.scatter_reduce}. */
public final class ScatterReduce extends Op {
    private static final String NAME = "scatterReduce";
    private static final int INDEX = 1;
    private static final int SOURCE = 2;

    /** How elements that go to one place are combined. */
    public enum Reduction {
        /** Their sum. */
        SUM,
        /** Their product. */
        PROD,
        /** Their mean; of integers, rounded down. */
        MEAN,
        /** The greatest; equal ones share its gradient. */
        AMAX,
        /** The least; equal ones share its gradient. */
        AMIN
    }

    private final int axis;
    private final Reduction reduction;
    private final boolean includeSelf;

    private ScatterReduce(int axis, Reduction reduction, boolean includeSelf) {
        super(NAME);
        this.axis = axis;
        this.reduction = reduction;
        this.includeSelf = includeSelf;
    }

    /**
     * A copy of x in which y[.., index[.., i, ..], ..] combines all source[.., i, ..] that go there; operands as for
     * {@link Scatter#scatter(Tensor, int, Tensor, Tensor)}.
     *
     * @param includeSelf whether what is in x counts too; where nothing goes it stays in any case
     */
    public static Tensor scatterReduce(Tensor x, int dim, Tensor index, Tensor source, Reduction reduction,
            boolean includeSelf) {
        Check.alive(NAME, "the tensor", x);
        var ids = Scatter.checked(NAME, x, dim, index, source);
        Check.notNull(NAME, "the reduction", reduction);
        if (x.rank() == 0 || ids.rank() == 0) {
            return scatterReduce(Views.atLeastVector(x), 0, Views.atLeastVector(ids), Views.atLeastVector(source),
                    reduction, includeSelf).reshape(x.shape().toArray());
        }
        var op = new ScatterReduce(x.shape().axis(NAME, dim), reduction, includeSelf);
        return Autograd.record(op, op.compute(x, ids, source), x, ids, source);
    }

    private Tensor compute(Tensor x, Tensor ids, Tensor source) {
        var y = Convert.clone(x.detach());
        if (!includeSelf) {
            var neutral = switch (reduction) {
                case SUM, MEAN -> Views.expanded(Tensor.full(x.dtype(), 0), ids.shape());
                case PROD -> Views.expanded(Tensor.full(x.dtype(), 1), ids.shape());
                case AMAX, AMIN -> source; // any of them
            };
            write(Write.SET, y, ids, neutral);
        }
        write(switch (reduction) {
            case SUM, MEAN -> Write.ADD;
            case PROD -> Write.MULTIPLY;
            case AMAX -> Write.MAX;
            case AMIN -> Write.MIN;
        }, y, ids, source);
        if (reduction == Reduction.MEAN) {
            divide(y, counts(x, ids));
        }
        return y;
    }

    private void write(Write how, Tensor y, Tensor ids, Tensor source) {
        Picks.along(axis, y, ids, source).write(NAME, how, y.shape().dim(axis));
    }

    /** How many elements are combined at each place, at least 1; int64. */
    private Tensor counts(Tensor x, Tensor ids) {
        var counts = Tensor.full(DType.INT64, 1, x.shape().toArray());
        var one = Views.expanded(Tensor.full(DType.INT64, 1), ids.shape());
        if (!includeSelf) {
            write(Write.SET, counts, ids, Views.expanded(Tensor.full(DType.INT64, 0), ids.shape()));
        }
        write(Write.ADD, counts, ids, one);
        return counts;
    }

    private static void divide(Tensor y, Tensor counts) {
        int bytes = y.dtype().bytes();
        var segment = y.storage().base();
        var dividers = counts.storage().base();
        Cutoffs.inParts(y.numel(), (from, count) -> {
            for (long i = from; i < from + count; i++) {
                long at = y.position() + i * bytes;
                long n = Elements.getLong(DType.INT64, dividers, counts.position() + 8 * i);
                if (y.dtype().isFloatingPoint()) {
                    Elements.putDouble(y.dtype(), segment, at, Elements.getDouble(y.dtype(), segment, at) / n);
                } else {
                    Elements.putLong(y.dtype(), segment, at,
                            Math.floorDiv(Elements.getLong(y.dtype(), segment, at), n));
                }
            }
        });
    }

    // ---- Gradients

    @Override
    public int keeps() {
        return switch (reduction) {
            case SUM, MEAN -> 1 << INDEX;
            case PROD, AMAX, AMIN -> 0b111 | OUTPUT;
        };
    }

    @Override
    public void backward(Gradients flow) {
        recordedBackward(flow);
    }

    @Override
    public void recordedBackward(Gradients flow) {
        var ids = flow.input(INDEX);
        var dy = flow.gradOutput();
        switch (reduction) {
            case SUM -> give(flow, dy, gathered(dy, ids));
            case MEAN -> {
                var each = Arithmetic.div(dy, Convert.to(counts(flow.input(0), ids), dy.dtype()));
                give(flow, each, gathered(each, ids));
            }
            case PROD -> productBackward(flow, dy, ids);
            case AMAX, AMIN -> extremeBackward(flow, dy, ids);
        }
    }

    private void give(Gradients flow, Tensor dx, Tensor dSource) {
        if (flow.wants(0)) {
            flow.give(0, includeSelf ? dx : Scatter.scatter(dx, axis, flow.input(INDEX), 0));
        }
        if (flow.wants(SOURCE)) {
            flow.give(SOURCE, Scatter.fit(NAME, dSource, flow.input(SOURCE).shape()));
        }
    }

    private Tensor gathered(Tensor x, Tensor ids) {
        return Gather.gather(x, axis, ids);
    }

    private static Tensor part(Tensor source, Tensor ids) {
        var part = source;
        for (int d = 0; d < ids.rank(); d++) {
            part = part.size(d) == ids.size(d) ? part : Slices.narrow(part, d, 0, ids.size(d));
        }
        return part;
    }

    private static Tensor isZero(Tensor x) {
        return Compare.eq(x.detach(), Views.expanded(Arithmetic.scalarLike(x, 0), x.shape()));
    }

    /** Equal to the result, as numbers. */
    private static Tensor where(Tensor x, Tensor y) {
        return Convert.to(Compare.eq(x.detach(), y.detach()), x.dtype());
    }

    private void extremeBackward(Gradients flow, Tensor dy, Tensor ids) {
        var y = flow.output();
        var own = where(flow.input(0), y);
        if (!includeSelf) {
            own = Scatter.scatter(own, axis, ids, 0);
            // where nothing goes, x is the result
        }
        var given = where(part(flow.input(SOURCE), ids), gathered(y.detach(), ids));
        var shared = Arithmetic.div(dy, Scatter.scatterAdd(own, axis, ids, given));
        give(flow, Arithmetic.mul(own, shared), Arithmetic.mul(given, gathered(shared, ids)));
    }

    /** The product of the others, which is y / x; where x is the only 0, the product is computed without it. */
    private void productBackward(Gradients flow, Tensor dy, Tensor ids) {
        var x = flow.input(0);
        var source = part(flow.input(SOURCE), ids);
        var x1 = Where.maskedFill(x, isZero(x), 1);
        var dx = flow.wants(0)
                ? Arithmetic.div(
                        Arithmetic.mul(dy, scatterReduce(x1, axis, ids, source, Reduction.PROD, includeSelf)), x1)
                : null;
        Tensor dSource = null;
        if (flow.wants(SOURCE)) {
            var zero = isZero(source);
            var zeros = gathered(Scatter.scatterAdd(Slices.zeros(NAME, x, x.shape()), axis, ids,
                    Convert.to(zero, x.dtype())), ids);
            var only = Where.where(zero, zeros, Double.NaN);
            var single = Compare.eq(only, Views.expanded(Arithmetic.scalarLike(only, 1), only.shape()));
            var without = scatterReduce(x, axis, ids, Where.maskedFill(source, single, 1), Reduction.PROD,
                    includeSelf);
            dSource = Where.where(single, gathered(Arithmetic.mul(dy, without), ids),
                    Arithmetic.div(gathered(Arithmetic.mul(dy, flow.output()), ids),
                            Where.maskedFill(source, zero, 1)));
        }
        give(flow, dx, dSource);
    }
}
