package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/**
 * Computes a {@link Formula} of tensors of any types and strides, broadcast to one shape, into a result of any strides. Float32 rows go to a
 * kernel where they lie. Everything else is loaded into {@link Tiles} piece by piece: long pieces of rows, or, where an operand
 * lies the other way round, blocks of both directions. Which way, and how many threads there are, shows in no bit.
 */
final class Elementwise {
    /** Shorter rows are faster by tiles that hold several of them. */
    private static final long LONG_ROW = 64;
    /** Blocks are walked in squares of so many each way, so that what both directions touch stays in the caches. */
    private static final long SQUARE = 8;

    private Elementwise() {
    }

    // ---- Whole operations

    static Tensor apply(Formula f, Tensor a) {
        Check.alive(f.name, "the operand", a);
        return apply(f, f.op, Input.of(a));
    }

    static Tensor apply(Formula f, Tensor a, Tensor b) {
        Check.alive(f.name, "the first operand", a);
        Check.alive(f.name, "the second operand", b);
        return apply(f, f.op, Input.of(a), Input.of(b));
    }

    static Tensor apply(Formula f, Op op, Tensor a, Input b) {
        Check.alive(f.name, "the operand", a);
        return apply(f, op, Input.of(a), b);
    }

    /** The result in the type that the operands promote to, recorded; the operands have been checked. */
    static Tensor apply(Formula f, Op op, Input... in) {
        var computed = computed(f, promote(in));
        var result = f.truth ? DType.BOOL : computed;
        var y = empty(result, shape(f.name, in), f.name, in);
        compute(f, computed, y, in);
        return op == null || !result.isFloatingPoint() ? y : record(op, y, in);
    }

    /** The type in which a formula computes elements that promoted to a type. */
    static DType computed(Formula f, DType promoted) {
        return f.longs == null ? promoted.floating() : promoted;
    }

    /** Tensors with dimensions decide together, those without after them, and Java numbers last. */
    static DType promote(Input... in) {
        DType arrays = null;
        DType singles = null;
        for (var input : in) {
            if (input.isTensor() && input.tensor().rank() > 0) {
                arrays = both(arrays, input.tensor().dtype());
            } else if (input.isTensor()) {
                singles = both(singles, input.tensor().dtype());
            }
        }
        var dtype = arrays == null ? singles : singles == null ? arrays : DType.promote(arrays, 1, singles, 0);
        for (var input : in) {
            if (!input.isTensor()) {
                dtype = DType.promote(dtype, input.category());
            }
        }
        return dtype;
    }

    private static DType both(DType known, DType next) {
        return known == null ? next : DType.promote(known, next);
    }

    private static Shape shape(String name, Input... in) {
        Shape shape = null;
        for (var input : in) {
            if (input.isTensor()) {
                var next = input.tensor().shape();
                shape = shape == null ? next : Arithmetic.broadcast(name, shape, next);
            }
        }
        return shape;
    }

    /** The first dense operand of the result's shape says in what order the result lies. */
    private static Tensor empty(DType dtype, Shape shape, String name, Input... in) {
        for (int o = 0; o < in.length && shape.rank() > 1; o++) {
            var x = in[o].isTensor() ? in[o].tensor() : null;
            if (x != null && x.shape().equals(shape) && Convert.isDense(x)) {
                return Convert.emptyAs(x, dtype, name);
            }
        }
        return Tensor.empty(dtype, shape, name);
    }

    private static Tensor record(Op op, Tensor y, Input[] in) {
        Tensor a = null;
        Tensor b = null;
        Tensor c = null;
        for (var input : in) {
            if (input.isTensor()) {
                c = b;
                b = a;
                a = input.tensor();
            }
        }
        return c != null
                ? Autograd.record(op, y, c, b, a)
                : b != null ? Autograd.record(op, y, b, a) : Autograd.record(op, y, a);
    }

    // ---- For gradients

    /** Gives an operand its gradient, if it is wanted: summed over what was broadcast, in the operand's type. */
    static void give(Gradients flow, int operand, Supplier<Tensor> gradient) {
        if (flow.wants(operand)) {
            var input = flow.input(operand);
            flow.give(operand, Convert.to(Reduce.sumTo(gradient.get(), input.shape()), input.dtype()));
        }
    }

    static Tensor zerosLike(Tensor x) {
        return Tensor.full(x.dtype(), 0, x.shape().toArray());
    }

    static Tensor onesLike(Tensor x) {
        return Tensor.full(x.dtype(), 1, x.shape().toArray());
    }

    // ---- Computing

    /**
     * y = f(operands), which are broadcast to the shape of y. No two elements of y lie in one place; y may be an operand, but
     * others share no memory with it.
     */
    static void compute(Formula f, DType computed, Tensor y, Input... operands) {
        var in = fitted(computed, operands);
        if (!y.isContiguous()) {
            computeOrdered(f, computed, y, in);
            return;
        }
        run(f, computed, y, in);
    }

    /** With the dimensions in the order in which y lies in memory, which is often dense then. */
    private static void computeOrdered(Formula f, DType computed, Tensor y, Input... in) {
        int rank = y.rank();
        var order = new int[rank];
        for (int d = 0; d < rank; d++) {
            int at = d;
            for (; at > 0 && y.stride(order[at - 1]) < y.stride(d); at--) {
                order[at] = order[at - 1];
            }
            order[at] = d;
        }
        var ordered = new Input[in.length];
        for (int o = 0; o < in.length; o++) {
            ordered[o] = in[o].isTensor() ? Input.of(ordered(in[o].tensor(), y.shape(), order)) : in[o];
        }
        run(f, computed, ordered(y, y.shape(), order), ordered);
    }

    private static Tensor ordered(Tensor x, Shape shape, int[] order) {
        var dims = new long[order.length];
        var strides = new long[order.length];
        int added = order.length - x.rank();
        for (int i = 0; i < order.length; i++) {
            int own = order[i] - added;
            dims[i] = shape.dim(order[i]);
            strides[i] = own < 0 || x.shape().dim(own) == 1 && dims[i] != 1 ? 0 : x.stride(own);
        }
        return x.viewAs(Shape.of(dims), Layout.of(dims, strides), 0);
    }

    private static void run(Formula f, DType computed, Tensor y, Input... in) {
        Storage b = in.length > 1 ? in[1].storage() : null;
        Storage c = in.length > 2 ? in[2].storage() : null;
        Storage.acquire(f.name, in[0].storage(), b, c, y.storage());
        try {
            if (y.numel() > 0) {
                new Job(f, computed, y, in).run();
            }
            y.storage().changed();
        } finally {
            Storage.release(in[0].storage(), b, c, y.storage());
        }
    }

    /** Operands of which a single integer, that is of a larger type than is computed in, was made one of that: it wraps. */
    private static Input[] fitted(DType computed, Input[] operands) {
        var in = operands;
        for (int o = 0; o < in.length && computed.isInteger(); o++) {
            var tensor = in[o].tensor();
            if (tensor != null && tensor.rank() == 0 && DType.promote(tensor.dtype(), computed) != computed) {
                in = in == operands ? operands.clone() : in;
                in[o] = Input.of(Convert.to(tensor, computed));
            }
        }
        return in;
    }

    /** One call. */
    private static final class Job {
        private final Formula f;
        private final DType computed;
        private final Tensor y;
        private final Input[] in;
        private final Grid grid;
        private final Tiles.Domain domain;
        private final int bytes;

        Job(Formula f, DType computed, Tensor y, Input[] in) {
            this.f = f;
            this.computed = computed;
            this.y = y;
            this.in = in;
            this.bytes = y.dtype().bytes();
            this.grid = new Grid(y.shape(), tensors(in, y));
            this.domain = domain();
        }

        private static Tensor[] tensors(Input[] in, Tensor y) {
            var tensors = new Tensor[in.length + 1];
            tensors[in.length] = y;
            for (int o = 0; o < in.length; o++) {
                tensors[o] = in[o].tensor();
            }
            return tensors;
        }

        private Tiles.Domain domain() {
            if (!computed.isFloatingPoint()) {
                return Tiles.Domain.LONGS;
            }
            return computed == DType.FLOAT64 || f.floats == null && f.kernel == null
                    ? Tiles.Domain.DOUBLES
                    : Tiles.Domain.FLOATS;
        }

        void run() {
            if (isDirect()) {
                Cutoffs.inParts(y.numel(), this::rows);
                return;
            }
            int partner = grid.partner(in.length);
            if (partner < 0) {
                Cutoffs.inParts(y.numel(), this::tiles);
            } else {
                var blocks = new Blocks(partner);
                Team.parallel(Cutoffs.parts(y.numel()),
                        (part, parts) -> blocks.run(Part.start(part, parts, blocks.count, 1),
                                Part.start(part + 1, parts, blocks.count, 1)));
            }
        }

        /** Whether a kernel can read and write the rows as they are. */
        private boolean isDirect() {
            if (f.kernel == null || computed != DType.FLOAT32 || grid.rank > 1 && grid.inner() < LONG_ROW
                    || y.dtype() != (f.truth ? DType.BOOL : DType.FLOAT32)
                    || grid.inner() > 1 && grid.innerStride(in.length) != 1) {
                return false;
            }
            for (int o = 0; o < in.length; o++) {
                long stride = grid.innerStride(o);
                boolean fits = stride == 1 || stride == 0 && (in.length > 1 || grid.inner() == 1);
                if (in[o].isTensor() && (in[o].tensor().dtype() != DType.FLOAT32 || !fits)) {
                    return false;
                }
            }
            return true;
        }

        private void rows(long from, long count) {
            var segments = new MemorySegment[Tiles.MOST];
            var starts = new long[Tiles.MOST];
            var strides = new int[Tiles.MOST];
            for (int o = 0; o < Tiles.MOST; o++) {
                int which = Math.min(o, in.length - 1);
                if (in[which].isTensor()) {
                    segments[o] = in[which].storage().base();
                    strides[o] = (int) grid.innerStride(which);
                } else {
                    var room = Tiles.floats();
                    segments[o] = room.room();
                    starts[o] = room.number(o, in[which].real());
                }
            }
            long inner = grid.inner();
            long end = from + count;
            for (long at = from; at < end;) {
                long within = at % inner;
                long length = Math.min(inner - within, end - at);
                for (int o = 0; o < in.length; o++) {
                    if (in[o].isTensor()) {
                        starts[o] = in[o].tensor().position()
                                + 4 * (grid.run(o, at / inner) + within * strides[o]);
                    }
                }
                f.kernel.run(segments[0], starts[0], strides[0], segments[1], starts[1], strides[1], segments[2],
                        starts[2], strides[2], y.storage().base(),
                        y.position() + bytes * (grid.run(in.length, at / inner) + within), length);
                at += length;
            }
        }

        private void tiles(long from, long count) {
            var tiles = Tiles.mine(domain);
            int most = (int) Math.min(count, Tiles.SIZE);
            var loaders = new Loader[in.length];
            for (int o = 0; o < in.length; o++) {
                if (in[o].isTensor()) {
                    var loader = new Loader(in[o].tensor(), y.shape(), from);
                    if (loader.isOneNumber()) {
                        loader.load(tiles, o, most);
                    } else {
                        loaders[o] = loader;
                    }
                } else {
                    tiles.fill(o, in[o], most);
                }
            }
            var storer = y.isContiguous() ? null : new Storer(y, from);
            boolean inPlace = storer == null && f.kernel != null && tiles instanceof Tiles.Floats
                    && y.dtype() == DType.FLOAT32;
            for (long at = from; at < from + count; at += Tiles.SIZE) {
                int n = (int) Math.min(Tiles.SIZE, from + count - at);
                for (int o = 0; o < in.length; o++) {
                    if (loaders[o] != null) {
                        loaders[o].load(tiles, o, n);
                    }
                }
                if (inPlace) {
                    ((Tiles.Floats) tiles).run(f, n, y.storage().base(), y.position() + bytes * at);
                } else if (storer != null) {
                    tiles.run(f, n);
                    storer.store(tiles, n);
                } else {
                    tiles.run(f, n);
                    tiles.store(0, y.dtype(), y.storage().base(), y.position() + bytes * at, n);
                }
            }
        }

        /** Two dimensions of the grid, cut into blocks; the others are walked block by block. */
        private final class Blocks {
            private final int partner;
            private final int rows;
            private final int cols;
            private final long across;
            private final long along;
            private final long[] outStrides;
            final long count;

            Blocks(int partner) {
                this.partner = partner;
                long inner = grid.inner();
                cols = (int) Math.min(inner, Loads.SIDE);
                rows = (int) Math.min(grid.sizes[partner], Tiles.SIZE / cols);
                across = (inner + cols - 1) / cols;
                along = (grid.sizes[partner] + rows - 1) / rows;
                outStrides = grid.strides[in.length];
                long others = 1;
                for (int d = grid.rank - 1; d >= 0; d--) {
                    others *= d == partner || d == grid.rank - 1 ? 1 : grid.sizes[d];
                }
                count = others * along * across;
            }

            void run(long from, long to) {
                var tiles = Tiles.mine(domain);
                for (int o = 0; o < in.length; o++) {
                    if (!in[o].isTensor()) {
                        tiles.fill(o, in[o], rows * cols);
                    }
                }
                for (long block = from; block < to; block++) {
                    one(tiles, block);
                }
            }

            private void one(Tiles tiles, long block) {
                long plane = block % (across * along);
                long rest = block / (across * along);
                // a band of SQUARE rows of blocks, or what is left; in it squares, the last of which may be narrow
                long top = plane / (across * SQUARE) * SQUARE;
                long high = Math.min(SQUARE, along - top);
                long inBand = plane - top * across;
                long left = inBand / (high * SQUARE) * SQUARE;
                long wide = Math.min(SQUARE, across - left);
                long inSquare = inBand - left * high;
                long col = (left + inSquare % wide) * cols;
                long row = (top + inSquare / wide) * rows;
                int width = (int) Math.min(cols, grid.inner() - col);
                int height = (int) Math.min(rows, grid.sizes[partner] - row);
                for (int o = 0; o < in.length; o++) {
                    if (in[o].isTensor()) {
                        var x = in[o].tensor();
                        long size = x.dtype().bytes();
                        long at = start(grid.strides[o], row, col, rest);
                        tiles.load(o, new Loads.Piece(x.dtype(), x.storage().base(), x.position() + size * at,
                                size * grid.strides[o][partner], size * grid.innerStride(o), height, width, 0));
                    }
                }
                tiles.run(f, height * width);
                long at = y.position() + bytes * start(outStrides, row, col, rest);
                for (int r = 0; r < height; r++) {
                    store(tiles, y, r * width, at + bytes * r * outStrides[partner], outStrides[grid.rank - 1], width);
                }
            }

            private long start(long[] strides, long row, long col, long others) {
                long at = row * strides[partner] + col * strides[grid.rank - 1];
                long rest = others;
                for (int d = grid.rank - 2; d >= 0; d--) {
                    if (d != partner) {
                        at += rest % grid.sizes[d] * strides[d];
                        rest /= grid.sizes[d];
                    }
                }
                return at;
            }
        }
    }

    /** Some results of a tile, to where they belong; at is in bytes, the stride in elements. */
    private static void store(Tiles tiles, Tensor y, int from, long at, long stride, int n) {
        if (stride == 1) {
            tiles.store(from, y.dtype(), y.storage().base(), at, n);
        } else {
            tiles.spread(from, y.dtype(), y.storage().base(), at, stride, n);
        }
    }

    /** Goes through the elements of a tensor in the order of a shape that it is broadcast to. */
    private static class Walk {
        final Tensor x;
        final Grid grid;
        final int size;
        final long[] index;
        /** Where the current row begins, in elements. */
        long row;
        long within;

        Walk(Tensor x, Shape shape, long from) {
            this.x = x;
            this.grid = new Grid(shape, x);
            this.size = x.dtype().bytes();
            this.index = new long[grid.rank];
            within = from % grid.inner();
            row = grid.run(0, from / grid.inner());
            long rest = from / grid.inner();
            for (int d = grid.rank - 2; d >= 0; d--) {
                index[d] = rest % grid.sizes[d];
                rest /= grid.sizes[d];
            }
        }

        final void advance(int rows) {
            int d = grid.rank - 2;
            if (d < 0) {
                return;
            }
            index[d] += rows;
            row += rows * grid.strides[0][d];
            while (d >= 0 && index[d] == grid.sizes[d]) {
                row -= grid.sizes[d] * grid.strides[0][d];
                index[d] = 0;
                if (--d >= 0) {
                    index[d]++;
                    row += grid.strides[0][d];
                }
            }
        }
    }

    /** Stores results, tile after tile. */
    private static final class Storer extends Walk {
        Storer(Tensor y, long from) {
            super(y, y.shape(), from);
        }

        void store(Tiles tiles, int n) {
            long stride = grid.innerStride(0);
            for (int done = 0; done < n;) {
                int some = (int) Math.min(grid.inner() - within, n - done);
                Elementwise.store(tiles, x, done, x.position() + size * (row + stride * within), stride, some);
                done += some;
                within += some;
                if (within == grid.inner()) {
                    within = 0;
                    advance(1);
                }
            }
        }
    }

    /** Loads one operand, tile after tile, in the order of the result. */
    private static final class Loader extends Walk {
        Loader(Tensor x, Shape shape, long from) {
            super(x, shape, from);
        }

        boolean isOneNumber() {
            return grid.rank == 1 && grid.innerStride(0) == 0;
        }

        void load(Tiles tiles, int operand, int n) {
            long inner = grid.inner();
            long stride = size * grid.innerStride(0);
            for (int done = 0; done < n;) {
                long at = x.position() + size * row + stride * within;
                int rows = 1;
                int cols;
                if (within == 0 && grid.rank > 1 && n - done >= 2 * inner) {
                    int above = grid.rank - 2;
                    cols = (int) inner;
                    rows = (int) Math.min((n - done) / inner, grid.sizes[above] - index[above]);
                    advance(rows);
                } else {
                    cols = (int) Math.min(inner - within, n - done);
                    within += cols;
                    if (within == inner) {
                        within = 0;
                        advance(1);
                    }
                }
                long rowStride = grid.rank > 1 ? size * grid.strides[0][grid.rank - 2] : 0;
                tiles.load(operand,
                        new Loads.Piece(x.dtype(), x.storage().base(), at, rowStride, stride, rows, cols, done));
                done += rows * cols;
            }
        }
    }
}
