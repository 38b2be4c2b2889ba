package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.op.Picks.Write;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Index;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Indexing as between brackets in Python: see {@link Index}. */
public final class Indexing {
    private Indexing() {
    }

    /**
     * What the indices name: a view if there are no tensors among them, else a copy. Dimensions that are not mentioned follow
     * in full.
     *
     * @throws IllegalArgumentException if there are more indices than dimensions, or a mask or types do not fit
     * @throws IndexOutOfBoundsException if an index is out of range
     */
    public static Tensor index(Tensor x, Index... indices) {
        return Place.of("index", x, indices).read(x);
    }

    /** {@link #index(Tensor, Index...)} with tensors alone; null for all of a dimension. */
    public static Tensor index(Tensor x, Tensor... indices) {
        return index(x, indices("index", indices));
    }

    static Index[] indices(String op, Tensor... tensors) {
        return Arrays.stream(Check.notNull(op, "the array of indices", tensors))
                .map(ids -> ids == null ? Index.all() : Index.of(ids)).toArray(Index[]::new);
    }

    /**
     * A copy of x with values at what the indices name, as {@code torch.index_put}. Where several go to one place they do so
     * in row-major order of the indices.
     *
     * @param values of x's type; broadcast to the shape that {@link #index(Tensor, Index...)} gives
     * @param accumulate whether they are added to what is there
     */
    public static Tensor indexPut(Tensor x, Index[] indices, Tensor values, boolean accumulate) {
        return indexPut("indexPut", x, indices, values, accumulate);
    }

    static Tensor indexPut(String name, Tensor x, Index[] indices, Tensor values, boolean accumulate) {
        var place = Place.of(name, x, indices);
        checkValues(name, x, values);
        return place.written(x, values, accumulate);
    }

    /** {@link #indexPut(Tensor, Index[], Tensor, boolean)} with tensors alone; null for all of a dimension. */
    public static Tensor indexPut(Tensor x, Tensor[] indices, Tensor values, boolean accumulate) {
        return indexPut(x, indices("indexPut", indices), values, accumulate);
    }

    /** {@link #indexPut(Tensor, Index[], Tensor, boolean)} into a tensor that may have any strides; not recorded. */
    static void indexPutInto(String name, Tensor target, Index[] indices, Tensor values, boolean accumulate) {
        Convert.writable(name, Check.alive(name, "the target", target));
        checkValues(name, target, values);
        var place = Place.of(name, target.detach(), indices);
        place.write(target.detach(), values.detach(), accumulate);
    }

    private static void checkValues(String name, Tensor x, Tensor values) {
        Check.sameType(name, x, Check.alive(name, "the tensor of values", values));
    }

    /** What indices name in tensors of one shape: a view, and in it certain dimensions by tensors of indices. */
    private static final class Place {
        private final String op;
        private UnaryOperator<Tensor> view = UnaryOperator.identity();
        private final List<Tensor> ids = new ArrayList<>();
        /** The dimension of the view that each tensor of indices is for. */
        private final List<Integer> axes = new ArrayList<>();
        /** What the indices are broadcast to. */
        private Shape picks = Shape.of();

        private Place(String op) {
            this.op = op;
        }

        static Place of(String op, Tensor x, Index... indices) {
            Check.alive(op, "the tensor", x);
            var place = new Place(op);
            int named = 0;
            int ellipses = 0;
            for (var index : Check.notNull(op, "the array of indices", indices)) {
                named += dimensions(Check.notNull(op, "an index", index));
                ellipses += index instanceof Index.Ellipsis ? 1 : 0;
            }
            if (named > x.rank() || ellipses > 1) {
                throw new IllegalArgumentException(op + ": " + (ellipses > 1
                        ? ellipses + " ellipses"
                        : "indices for " + named + " dimensions") + " of " + x.shape());
            }
            Tensor seen = x.detach();
            int axis = 0;
            for (var index : indices) {
                int rest = x.rank() - named;
                seen = place.add(seen, axis, index);
                axis += switch (index) {
                    case Index.At _ -> 0;
                    case Index.Ellipsis _ -> rest;
                    case Index.Of(Tensor tensor) -> tensor.dtype() == DType.BOOL ? Math.max(1, tensor.rank()) : 1;
                    case Index.Slice _,Index.NewAxis _ -> 1;
                };
            }
            for (var one : place.ids) {
                place.picks = Arithmetic.broadcast(op, place.picks, one.shape());
            }
            return place;
        }

        private static int dimensions(Index index) {
            return switch (index) {
                case Index.At _,Index.Slice _ -> 1;
                case Index.Of(Tensor tensor) -> tensor.dtype() == DType.BOOL ? tensor.rank() : 1;
                case Index.Ellipsis _,Index.NewAxis _ -> 0;
            };
        }

        /** Goes on by one index; returns what is seen then. */
        private Tensor add(Tensor seen, int axis, Index index) {
            return switch (index) {
                case Index.At(long at) -> {
                    if (at < -seen.size(axis) || at >= seen.size(axis)) {
                        throw new IndexOutOfBoundsException(op + ": index " + at + " in dimension " + axis + " of "
                                + seen.shape() + ", which has size " + seen.size(axis));
                    }
                    yield then(seen, x -> Slices.select(x, axis, at));
                }
                case Index.Slice(long start, long end, long step) -> {
                    if (step <= 0) {
                        throw new IllegalArgumentException(op + ": step " + step + " in dimension " + axis + " of "
                                + seen.shape() + " is not positive; flip(...) reverses");
                    }
                    yield start == 0 && end >= seen.size(axis) && step == 1
                            ? seen
                            : then(seen, x -> Slices.slice(x, axis, start, end, step));
                }
                case Index.NewAxis _ -> then(seen, x -> Views.unsqueeze(x, axis));
                case Index.Ellipsis _ -> seen;
                case Index.Of(Tensor tensor) -> {
                    Check.alive(op, "a tensor of indices", tensor);
                    yield tensor.dtype() == DType.BOOL ? mask(seen, axis, tensor) : indices(seen, axis, tensor);
                }
            };
        }

        private Tensor then(Tensor seen, UnaryOperator<Tensor> next) {
            var before = view;
            view = x -> next.apply(before.apply(x));
            return next.apply(seen);
        }

        private Tensor indices(Tensor seen, int axis, Tensor tensor) {
            ids.add(Indices.wrapped(op, Indices.typed(op, tensor), seen.size(axis),
                    "dimension " + axis + " of " + seen.shape()));
            axes.add(axis);
            return seen;
        }

        private Tensor mask(Tensor seen, int axis, Tensor mask) {
            if (mask.rank() == 0) {
                var one = then(seen, x -> Views.unsqueeze(x, axis));
                ids.add(Tensor.full(DType.INT64, 0, mask.item() != 0 ? 1 : 0));
                axes.add(axis);
                return one;
            }
            for (int d = 0; d < mask.rank(); d++) {
                if (mask.size(d) != seen.size(axis + d)) {
                    throw new IllegalArgumentException(op + ": the mask " + mask.shape() + " does not fit "
                            + seen.shape() + " from dimension " + axis + " on");
                }
                axes.add(axis + d);
            }
            ids.addAll(Where.where(mask.detach()));
            return seen;
        }

        private boolean isView() {
            return ids.isEmpty();
        }

        /** Where the picked dimensions stand in the result. */
        private int front() {
            for (int i = 1; i < axes.size(); i++) {
                if (axes.get(i) != axes.get(i - 1) + 1) {
                    return 0;
                }
            }
            return axes.getFirst();
        }

        // ---- Reading

        /** What is there; recorded. */
        Tensor read(Tensor x) {
            var seen = view.apply(x);
            return isView() ? seen : picked(seen);
        }

        private Tensor picked(Tensor seen) {
            var y = Tensor.empty(seen.dtype(), result(seen), op);
            picks(seen, y).read(op);
            return Autograd.record(new Picked(), y, operands(seen));
        }

        private Tensor[] operands(Tensor... first) {
            var all = Arrays.copyOf(first, first.length + ids.size());
            for (int i = 0; i < ids.size(); i++) {
                all[first.length + i] = ids.get(i);
            }
            return all;
        }

        private int keepsIds(int from) {
            int keeps = 0;
            for (int i = 0; i < ids.size(); i++) {
                keeps |= 1 << from + i;
            }
            return keeps;
        }

        private Shape result(Tensor seen) {
            var dims = new long[seen.rank() - axes.size() + picks.rank()];
            int to = 0;
            int front = front();
            for (int d = 0; d < seen.rank(); d++) {
                if (!axes.contains(d)) {
                    dims[to < front ? to : to + picks.rank()] = seen.size(d);
                    to++;
                }
            }
            System.arraycopy(picks.toArray(), 0, dims, front, picks.rank());
            return Shape.of(dims);
        }

        /**
         * A view's elements beside those of a tensor of the result's shape. The picked dimensions are seen as one, whose
         * indices are offsets in the view.
         */
        private Picks picks(Tensor seen, Tensor result) {
            int front = front();
            int rank = seen.rank() - axes.size() + 1;
            var dims = new long[rank];
            var strides = new long[rank];
            int to = 0;
            for (int d = 0; d < seen.rank(); d++) {
                if (!axes.contains(d)) {
                    int at = to < front ? to : to + 1;
                    dims[at] = seen.size(d);
                    strides[at] = seen.stride(d);
                    to++;
                }
            }
            dims[front] = 1;
            strides[front] = 1;
            var data = seen.detach().viewAs(Shape.of(dims), Layout.of(dims, strides), 0);
            dims[front] = picks.numel();
            var shape = Shape.of(dims);
            var offsets = offsets(seen);
            var along = new long[rank];
            along[front] = 1;
            return Picks.along(front, data, offsets.viewAs(shape, Layout.of(dims, along), 0),
                    Views.reshape(result.detach(), dims));
        }

        private Tensor offsets(Tensor seen) {
            var offsets = Tensor.empty(DType.INT64, picks, op).fill(0);
            for (int i = 0; i < ids.size(); i++) {
                long stride = seen.stride(axes.get(i));
                var index = ids.get(i);
                var runs = Runs.over(picks, index, offsets);
                runs.inParts((at, count) -> {
                    for (long k = 0; k < count; k++) {
                        long sum = offsets.position() + at[1] + k * runs.stride(1);
                        Elements.putLong(DType.INT64, offsets.storage().base(), sum,
                                Elements.getLong(DType.INT64, offsets.storage().base(), sum)
                                        + stride * Elements.getLong(DType.INT64, index.storage().base(),
                                                index.position() + at[0] + k * runs.stride(0)));
                    }
                });
            }
            return offsets;
        }

        /** One more than the greatest offset. */
        private long extent(Tensor seen) {
            long extent = 1;
            for (int axis : axes) {
                extent += Math.max(0, seen.size(axis) - 1) * seen.stride(axis);
            }
            return extent;
        }

        private final class Picked extends Op {
            Picked() {
                super(op);
            }

            @Override
            public int keeps() {
                return keepsIds(1);
            }

            @Override
            public void backward(Gradients flow) {
                boolean added = flow.accumulates(0);
                var dx = flow.into(0);
                if (!added) {
                    dx.fill(0);
                }
                add(flow.gradOutput(), dx);
            }

            @Override
            public void recordedBackward(Gradients flow) {
                flow.give(0, spread(flow.gradOutput(), flow.input(0).shape()));
            }
        }

        private void add(Tensor dy, Tensor dx) {
            picks(dx, dy.contiguous()).write(op, Write.ADD, extent(dx));
        }

        /** Zeros to which elements are added where they were picked. */
        private Tensor spread(Tensor dy, Shape shape) {
            var dx = Slices.zeros(op, dy, shape);
            add(dy.detach(), dx);
            return Autograd.record(
                    Op.composed(op, keepsIds(1), flow -> flow.give(0, picked(flow.gradOutput()))), dx, operands(dy));
        }

        // ---- Writing

        /** A copy with values written; recorded. */
        Tensor written(Tensor x, Tensor values, boolean accumulate) {
            var y = Convert.clone(x.detach());
            write(y, values.detach(), accumulate);
            return Autograd.record(Op.composed(op, keepsIds(2), flow -> {
                var dy = flow.gradOutput();
                if (flow.wants(0)) {
                    flow.give(0, accumulate ? dy : written(dy, Arithmetic.scalarLike(dy, 0), false));
                }
                if (flow.wants(1)) {
                    var read = read(dy);
                    var had = accumulate || isView() ? read : Where.where(last(x.shape()), read, 0);
                    flow.give(1, Reduce.sumTo(had, flow.input(1).shape()));
                }
            }), y, operands(x, values));
        }

        private void write(Tensor y, Tensor values, boolean accumulate) {
            var seen = view.apply(y);
            var shape = isView() ? seen.shape() : result(seen);
            if (!Arithmetic.broadcast(op, shape, values.shape()).equals(shape)) {
                throw new IllegalArgumentException(
                        op + ": values " + values.shape() + " for a place of shape " + shape);
            }
            var all = Views.expanded(values, shape);
            if (!isView()) {
                picks(seen, all).write(op, accumulate ? Write.ADD : Write.SET, extent(seen));
            } else if (accumulate) {
                Arithmetic.addInto(all, seen);
            } else {
                Convert.copy(all, seen);
            }
        }

        /** Where an index is the last one of its place: what was written there before had no effect. */
        private Tensor last(Shape shape) {
            try (var _ = Autograd.noGrad()) {
                var latest = Tensor.empty(DType.INT64, shape, op);
                var positions = Convert.fill(Tensor.empty(DType.INT64, picks, op), i -> i);
                var seen = view.apply(latest);
                var result = result(seen);
                var dims = new long[result.rank()];
                Arrays.fill(dims, 1);
                System.arraycopy(picks.toArray(), 0, dims, front(), picks.rank());
                var own = Views.expanded(Views.reshape(positions, dims), result);
                picks(seen, own).write(op, Write.SET, extent(seen));
                return Compare.eq(read(latest), own);
            }
        }
    }
}
