package io.chagres.runtime.op;

import io.chagres.runtime.kernel.Moves;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Copies of strided elements to strided places, with a conversion on the way if types differ. The walk follows the target:
 * dimensions are taken in the order of its strides, and those that lie densely on both sides are joined. Long dense runs are
 * copied at once, transposed ones by square blocks, others element by element; all of them in parts over the team. What is
 * written must not overlap what is read.
 */
final class Copies {
    /** Shorter runs are moved element by element. */
    private static final long RUN = 16;
    /** Shorter rows are not worth a block. */
    private static final long ROW = 8;
    /** Many runs of so few elements are moved first element by first element, second by second. */
    private static final long SHORT = 8;
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    /** Room for elements on their way through a conversion. */
    private static final class Scratch {
        final MemorySegment in = MemorySegment.ofArray(new long[Casts.TILE]);
        final MemorySegment out = MemorySegment.ofArray(new long[Casts.TILE]);
    }

    private final DType from;
    private final MemorySegment x;
    private final long xo;
    private final DType to;
    private final MemorySegment y;
    private final long yo;
    /** Strides in bytes, outermost first. */
    private final long[] sizes = new long[Shape.MAX_RANK + 1];
    private final long[] xs = new long[Shape.MAX_RANK + 1];
    private final long[] ys = new long[Shape.MAX_RANK + 1];
    private int rank;

    private Copies(Tensor source, DType to, MemorySegment y, long yo, Layout.Strided target) {
        this.from = source.dtype();
        this.x = source.storage().base();
        this.xo = source.position();
        this.to = to;
        this.y = y;
        this.yo = yo;
        for (int d = 0; d < source.rank(); d++) {
            if (source.size(d) > 1) {
                insert(source.size(d), source.stride(d) * from.bytes(), target.stride(d) * to.bytes());
            }
        }
        join();
        if (rank == 0) {
            sizes[0] = 1;
            xs[0] = from.bytes();
            ys[0] = to.bytes();
            rank = 1;
        }
    }

    private void insert(long size, long xStride, long yStride) {
        int d = rank++;
        for (; d > 0 && ys[d - 1] < yStride; d--) {
            sizes[d] = sizes[d - 1];
            xs[d] = xs[d - 1];
            ys[d] = ys[d - 1];
        }
        sizes[d] = size;
        xs[d] = xStride;
        ys[d] = yStride;
    }

    private void join() {
        int last = 0;
        for (int d = 1; d < rank; d++) {
            if (xs[last] == xs[d] * sizes[d] && ys[last] == ys[d] * sizes[d]) {
                sizes[last] *= sizes[d];
            } else {
                sizes[++last] = sizes[d];
            }
            xs[last] = xs[d];
            ys[last] = ys[d];
        }
        rank = Math.min(rank, last + 1);
    }

    /** Copies all elements of a tensor to a tensor of the same shape. */
    static void run(Tensor source, Tensor target) {
        run(source, target.dtype(), target.storage().base(), target.position(), target.layout());
    }

    /** Copies all elements of a tensor to places of the same shape and a layout of their own. */
    static void run(Tensor source, DType to, MemorySegment y, long yo, Layout target) {
        if (source.numel() > 0) {
            new Copies(source, to, y, yo, (Layout.Strided) target).run(source.numel());
        }
    }

    private void run(long numel) {
        int inner = rank - 1;
        int across = inner;
        if (ys[inner] == to.bytes() && xs[inner] != from.bytes()) {
            for (int d = 0; d < inner; d++) {
                across = xs[d] == from.bytes() && worthBlocks(d, inner) ? d : across;
            }
        }
        if (across != inner) {
            transposed(numel, across, inner);
            return;
        }
        boolean dense = ys[inner] == to.bytes();
        for (int d = 0; d < inner; d++) {
            dense &= ys[d] == ys[d + 1] * sizes[d + 1];
        }
        if (inner > 0 && sizes[inner] <= SHORT && sizes[inner - 1] >= 2 * SHORT
                && (dense || Casts.sameBits(from, to))) {
            Cutoffs.inParts(numel / sizes[inner], sizes[inner], this::bySlices);
            return;
        }
        boolean together = dense && !Casts.sameBits(from, to) && sizes[inner] < Casts.TILE
                && (xs[inner] != from.bytes() || sizes[inner] < RUN);
        Cutoffs.inParts(numel, together ? this::gatherAndConvert : this::byRuns);
    }

    // ---- Run by run

    /** Where a walk over the elements is, which may begin anywhere. */
    private final class Walk {
        private final long[] index = new long[rank];
        private long xAt = xo;
        private long yAt = yo;

        private final int inner;

        /** Over all dimensions from an element on, or over all but the last from a run on. */
        Walk(int inner, long element) {
            this.inner = inner;
            for (int d = inner; d >= 0; d--) {
                index[d] = element % sizes[d];
                element /= sizes[d];
                xAt += index[d] * xs[d];
                yAt += index[d] * ys[d];
            }
        }

        /** The elements that are left of the run. */
        long left() {
            return sizes[inner] - index[inner];
        }

        void advance(long n) {
            int d = inner;
            index[d] += n;
            xAt += n * xs[d];
            yAt += n * ys[d];
            for (; d > 0 && index[d] == sizes[d]; d--) {
                index[d] = 0;
                index[d - 1]++;
                xAt += xs[d - 1] - sizes[d] * xs[d];
                yAt += ys[d - 1] - sizes[d] * ys[d];
            }
        }
    }

    private void byRuns(long first, long count) {
        var walk = new Walk(rank - 1, first);
        long xStride = xs[rank - 1];
        long yStride = ys[rank - 1];
        boolean same = Casts.sameBits(from, to);
        for (long done = 0; done < count;) {
            long n = Math.min(walk.left(), count - done);
            if (same) {
                Moves.copy(from.bytes(), x, walk.xAt, xStride, y, walk.yAt, yStride, n);
            } else if (xStride == from.bytes() && yStride == to.bytes()) {
                Casts.run(from, x, walk.xAt, to, y, walk.yAt, n);
            } else {
                n = Math.min(n, Casts.TILE);
                var scratch = SCRATCH.get();
                Moves.copy(from.bytes(), x, walk.xAt, xStride, scratch.in, 0, from.bytes(), n);
                Casts.run(from, scratch.in, 0, to, scratch.out, 0, n);
                Moves.copy(to.bytes(), scratch.out, 0, to.bytes(), y, walk.yAt, yStride, n);
            }
            walk.advance(n);
            done += n;
        }
    }

    /** Many short runs of the source, converted together. */
    private void gatherAndConvert(long first, long count) {
        var walk = new Walk(rank - 1, first);
        var scratch = SCRATCH.get();
        for (long done = 0; done < count;) {
            long target = walk.yAt;
            long most = Math.min(Casts.TILE, count - done);
            long gathered = 0;
            while (gathered < most) {
                long n = Math.min(walk.left(), most - gathered);
                Moves.copy(from.bytes(), x, walk.xAt, xs[rank - 1], scratch.in, gathered * from.bytes(), from.bytes(),
                        n);
                walk.advance(n);
                gathered += n;
            }
            Casts.run(from, scratch.in, 0, to, y, target, gathered);
            done += gathered;
        }
    }

    /** Runs from one on, that are short and many. */
    private void bySlices(long first, long count) {
        int inner = rank - 1;
        int outer = rank - 2;
        var walk = new Walk(outer, first);
        var scratch = SCRATCH.get();
        boolean same = Casts.sameBits(from, to);
        long most = Casts.TILE / sizes[inner];
        for (long done = 0; done < count;) {
            long n = Math.min(Math.min(walk.left(), count - done), most);
            var target = same ? y : scratch.in;
            long at = same ? walk.yAt : 0;
            long stride = same ? ys[inner] : from.bytes();
            long rowStride = same ? ys[outer] : sizes[inner] * from.bytes();
            for (long i = 0; i < sizes[inner]; i++) {
                Moves.copy(from.bytes(), x, walk.xAt + i * xs[inner], xs[outer], target, at + i * stride, rowStride, n);
            }
            if (!same) {
                Casts.run(from, scratch.in, 0, to, y, walk.yAt, n * sizes[inner]);
            }
            walk.advance(n);
            done += n;
        }
    }

    // ---- By blocks

    /** Whether rows are long enough on both sides, or follow each other without gaps. */
    private boolean worthBlocks(int across, int inner) {
        return (sizes[across] >= ROW || xs[inner] == sizes[across] * from.bytes())
                && (sizes[inner] >= ROW || ys[across] == sizes[inner] * to.bytes());
    }

    /** The source is dense along one dimension, the target along the innermost. */
    private void transposed(long numel, int across, int inner) {
        long cols = Math.min(sizes[across], Math.max(Moves.SIDE, Moves.BLOCK / sizes[inner]));
        long rows = Math.min(sizes[inner], Moves.BLOCK / cols);
        long blocksAcross = ceil(sizes[across], cols);
        long perPlane = blocksAcross * ceil(sizes[inner], rows);
        long blocks = numel / sizes[across] / sizes[inner] * perPlane;
        Team.parallel(Cutoffs.parts(numel), (part, parts) -> {
            long end = Part.start(part + 1, parts, blocks, 1);
            for (long block = Part.start(part, parts, blocks, 1); block < end; block++) {
                long xAt = xo;
                long yAt = yo;
                long plane = block / perPlane;
                for (int d = inner - 1; d >= 0; d--) {
                    if (d != across) {
                        xAt += plane % sizes[d] * xs[d];
                        yAt += plane % sizes[d] * ys[d];
                        plane /= sizes[d];
                    }
                }
                long col = block % perPlane % blocksAcross * cols;
                long row = block % perPlane / blocksAcross * rows;
                block(xAt + col * xs[across] + row * xs[inner], yAt + col * ys[across] + row * ys[inner], xs[inner],
                        ys[across], (int) Math.min(rows, sizes[inner] - row),
                        (int) Math.min(cols, sizes[across] - col));
            }
        });
    }

    private static long ceil(long a, long b) {
        return (a + b - 1) / b;
    }

    private void block(long xAt, long yAt, long xStride, long yStride, int rows, int cols) {
        if (Casts.sameBits(from, to)) {
            Moves.transpose(from.bytes(), x, xAt, xStride, y, yAt, yStride, rows, cols);
            return;
        }
        var scratch = SCRATCH.get();
        long dense = (long) rows * from.bytes();
        Moves.transpose(from.bytes(), x, xAt, xStride, scratch.in, 0, dense, rows, cols);
        if (yStride == (long) rows * to.bytes()) {
            Casts.run(from, scratch.in, 0, to, y, yAt, (long) rows * cols);
            return;
        }
        for (int j = 0; j < cols; j++) {
            Casts.run(from, scratch.in, j * dense, to, y, yAt + j * yStride, rows);
        }
    }
}
