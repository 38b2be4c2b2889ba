package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Parts of a tensor by their indices: rows of an embedding, as {@code torch.nn.functional.embedding}, and indices of any
 * dimension, as {@code torch.index_select}. Gradients are added up in the order of the indices, whatever the number of threads.
 */
public final class IndexSelect extends Op {
    private static final int IDS = 1;
    private static final long NO_PADDING = -1;
    /** Fewer elements than this are added without a kernel. */
    private static final long SHORT = 16;
    /** Rows of fewer bytes are copied element by element. */
    private static final long SHORT_ROW = 64;

    private final Along source;
    private final int axis;
    private final long padding;

    private IndexSelect(String name, Along source, int axis, long padding) {
        super(name);
        this.source = source;
        this.axis = axis;
        this.padding = padding;
    }

    /**
     * The rows of a weight [N, D] that ids of any shape name: [ids..., D].
     *
     * @param weight float32 or float64
     * @param ids int64 or int32, each in [0, N)
     * @throws IllegalArgumentException if the weight is no matrix or a type does not fit
     * @throws IndexOutOfBoundsException if an id is out of range
     */
    public static Tensor embedding(Tensor weight, Tensor ids) {
        check(weight, ids);
        return rows(weight, ids, NO_PADDING);
    }

    /**
     * {@link #embedding(Tensor, Tensor)} with one row that gets no gradient, as {@code padding_idx} in PyTorch.
     *
     * @param padding in [-N, N); negative ones count from the end
     */
    public static Tensor embedding(Tensor weight, Tensor ids, long padding) {
        check(weight, ids);
        long count = weight.size(0);
        if (padding < -count || padding >= count) {
            throw new IndexOutOfBoundsException("embedding: padding index " + padding + " for a weight "
                    + weight.shape() + "; " + -count + " to " + (count - 1) + " are possible");
        }
        return rows(weight, ids, padding < 0 ? padding + count : padding);
    }

    private static void check(Tensor weight, Tensor ids) {
        Check.rank("embedding", "the weight", Check.real("embedding", "the weight", weight), 2);
        checkType("embedding", ids);
    }

    private static void checkType(String op, Tensor ids) {
        var dtype = Check.alive(op, "the tensor of ids", ids).dtype();
        if (dtype != DType.INT64 && dtype != DType.INT32) {
            throw new IllegalArgumentException(op + ": ids " + ids.shape() + " are " + dtype
                    + "; INT64 or INT32 is needed, to(DType.INT64) converts");
        }
    }

    private static Tensor rows(Tensor weight, Tensor ids, long padding) {
        var shape = ids.shape().insert(ids.rank(), weight.size(1));
        return select("embedding", weight, 0, ids, shape, padding);
    }

    /**
     * The indices of one dimension that ids name, in their order; elements of any type.
     *
     * @param ids [K] int64 or int32, each in [0, size of the dimension)
     * @return x's shape with size K in that dimension
     * @throws IllegalArgumentException if ids are no vector or no integers
     * @throws IndexOutOfBoundsException if there is no such dimension or an id is out of range
     */
    public static Tensor indexSelect(Tensor x, int dim, Tensor ids) {
        int axis = Check.alive("indexSelect", "the tensor", x).shape().axis("indexSelect", dim);
        checkType("indexSelect", ids);
        Check.rank("indexSelect", "the tensor of ids", ids, 1);
        return select("indexSelect", x, axis, ids, x.shape().with(axis, ids.numel()), NO_PADDING);
    }

    private static Tensor select(String name, Tensor operand, int axis, Tensor indices, Shape shape, long padding) {
        var x = operand.contiguous();
        var ids = Convert.to(indices, DType.INT64).contiguous();
        var op = new IndexSelect(name, Along.axis(x, axis), axis, padding);
        Storage.acquire(name, x.storage(), ids.storage(), null, null);
        Tensor y;
        try {
            op.checkRange(x, axis, ids);
            y = Tensor.empty(x.dtype(), shape, name);
            y.storage().acquire(name);
            try {
                op.copy(x, ids, y);
            } finally {
                y.storage().release();
            }
        } finally {
            Storage.release(x.storage(), ids.storage(), null, null);
        }
        return Autograd.record(op, y, x, ids);
    }

    private void checkRange(Tensor x, int axis, Tensor ids) {
        long size = source.count();
        for (long i = 0; i < ids.numel(); i++) {
            long id = id(ids, i);
            if (id < 0 || id >= size) {
                throw new IndexOutOfBoundsException(name() + ": id " + id + " at position " + i + " of " + ids.shape()
                        + "; dimension " + axis + " of " + x.shape()
                        + (size == 0 ? " has none" : " has 0 to " + (size - 1))
                        + (id == size && size > 0 ? "; do the ids start at 1?" : ""));
            }
        }
    }

    private static long id(Tensor ids, long i) {
        return Elements.getLong(DType.INT64, ids.storage().base(), ids.position() + 8 * i);
    }

    private void copy(Tensor x, Tensor ids, Tensor y) {
        long count = ids.numel();
        long rows = source.outer() * count;
        long bytes = source.inner() * x.dtype().bytes();
        if (y.numel() == 0) {
            return;
        }
        if (bytes < SHORT_ROW) {
            copyShortRows(x, ids, y);
            return;
        }
        var from = x.storage().base();
        var to = y.storage().base();
        Team.parallel(Cutoffs.parts(y.numel()), (part, parts) -> {
            long end = Part.start(part + 1, parts, rows, 1);
            for (long row = Part.start(part, parts, rows, 1); row < end; row++) {
                long picked = row / count * source.count() + id(ids, row % count);
                MemorySegment.copy(from, x.position() + picked * bytes, to, y.position() + row * bytes, bytes);
            }
        });
    }

    /** Element by element, which for few at a time is faster than a copy for each. */
    private void copyShortRows(Tensor x, Tensor ids, Tensor y) {
        var rows = x.detach().viewAs(Shape.of(source.outer(), source.count(), source.inner()),
                Shape.of(source.outer(), source.count(), source.inner()).contiguous(), 0);
        var to = Shape.of(source.outer(), ids.numel(), source.inner());
        var all = ids.detach().viewAs(to, Layout.of(to.toArray(), new long[]{0, 1, 0}), 0);
        Picks.along(1, rows, all, y.viewAs(to, to.contiguous(), 0)).read(name());
    }

    @Override
    public int keeps() {
        return 1 << IDS;
    }

    @Override
    public void backward(Gradients flow) {
        boolean added = flow.accumulates(0);
        var dx = flow.into(0);
        if (!added) {
            dx.fill(0);
        }
        addTo(dx, flow.gradOutput().contiguous(), flow.input(IDS));
    }

    @Override
    public void recordedBackward(Gradients flow) {
        flow.give(0, spread(flow.gradOutput(), flow.input(IDS), flow.input(0).shape()));
    }

    /** Zeros to which parts are added where they were picked: what the gradient is. */
    private Tensor spread(Tensor dy, Tensor ids, Shape shape) {
        var dx = Slices.zeros(name(), dy, shape);
        addTo(dx, dy.detach().contiguous(), ids);
        return Autograd.record(Op.composed(name(), 1 << IDS, flow -> {
            var picked = select(name(), flow.gradOutput(), axis, flow.input(IDS), flow.input(0).shape(), NO_PADDING);
            flow.give(0, padding == NO_PADDING ? picked : Where.maskedFill(picked, isPadding(flow.input(IDS)), 0));
        }), dx, dy, ids);
    }

    private Tensor isPadding(Tensor ids) {
        var one = Tensor.full(DType.INT64, padding);
        return Views.unsqueeze(Compare.eq(ids, Views.expanded(one, ids.shape())), -1);
    }

    private void addTo(Tensor dx, Tensor dy, Tensor ids) {
        if (dy.numel() == 0) {
            return;
        }
        Storage.acquire(name(), dy.storage(), ids.storage(), dx.storage(), null);
        try {
            int most = Cutoffs.parts(dy.numel());
            long size = source.count();
            long inner = source.inner();
            // each element has one part that adds to it, in the order of the ids
            if (inner >= 2 * Cutoffs.GRAIN) {
                Team.parallel(most, (part, parts) -> add(dy, ids, dx, 0, size,
                        Part.start(part, parts, inner, Cutoffs.GRAIN),
                        Part.start(part + 1, parts, inner, Cutoffs.GRAIN)));
            } else {
                Team.parallel(most, (part, parts) -> add(dy, ids, dx, Part.start(part, parts, size, 1),
                        Part.start(part + 1, parts, size, 1), 0, inner));
            }
            dx.storage().changed();
        } finally {
            Storage.release(dy.storage(), ids.storage(), dx.storage(), null);
        }
    }

    /** Adds columns [from, to) of all rows whose ids are in [first, end). */
    private void add(Tensor dy, Tensor ids, Tensor dx, long first, long end, long from, long to) {
        long count = ids.numel();
        int bytes = dx.dtype().bytes();
        for (long outer = 0; outer < source.outer() && from < to; outer++) {
            for (long i = 0; i < count; i++) {
                long id = id(ids, i);
                if (id >= first && id < end && id != padding) {
                    long at = (outer * count + i) * source.inner() + from;
                    long target = (outer * source.count() + id) * source.inner() + from;
                    add(dx.dtype(), dy.storage().base(), dy.position() + at * bytes, dx.storage().base(),
                            dx.position() + target * bytes, to - from);
                }
            }
        }
    }

    private static void add(DType dtype, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        if (dtype == DType.FLOAT32 && n >= SHORT) {
            Kernels.best().axpy(1, x, xo, y, yo, n);
            return;
        }
        for (long i = 0; i < n * dtype.bytes(); i += dtype.bytes()) {
            Elements.putDouble(dtype, y, yo + i,
                    Elements.getDouble(dtype, x, xo + i) + Elements.getDouble(dtype, y, yo + i));
        }
    }
}
