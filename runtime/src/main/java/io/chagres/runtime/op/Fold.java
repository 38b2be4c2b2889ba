package io.chagres.runtime.op;

import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * One pass over a tensor of any type and strides that folds some of its dimensions, as they lie in memory: rows, columns, or
 * any mixture, without a copy. Elements are folded in blocks that depend on the shape alone, so that results do not depend on
 * the number of threads. Floating point numbers are folded in double precision.
 */
final class Fold {
    /** Elements of a block, about. */
    private static final long BLOCK = 1 << 16;
    /** Results from which on each thread makes its own; fewer are made of blocks that threads share. */
    private static final long MANY = 16;
    /** Rows up to this length are read many at a time. */
    private static final long SHORT = 64;
    /** Columns up to this many are read many rows at a time. */
    private static final int NARROW = Lines.SIZE / 2;

    private final Tensor x;
    private final Tensor y;
    private final FoldKind kind;
    private final Accumulator.Before before;
    private final DoubleUnaryOperator after;

    /** Outer dimensions, outermost first: sizes and strides in x and y. */
    private final long[] keptSizes = new long[16];
    private final long[] keptFrom = new long[16];
    private final long[] keptTo = new long[16];
    private int kept;
    private final long[] foldedSizes = new long[16];
    private final long[] foldedFrom = new long[16];
    private int folded;
    private long repeats = 1;
    /** The innermost dimensions: rows are folded, columns kept. */
    private long rows = 1;
    private long rowStride = 1;
    private long columns = 1;
    private long columnStride = 1;
    private long columnTo = 1;

    private int width;
    private int rowsAtOnce;
    private long rowsInPiece;
    private long pieces;
    private long foldedInBlock;
    private long blocks;

    private Fold(Tensor x, Axes axes, Tensor y, FoldKind kind, Accumulator.Before before, DoubleUnaryOperator after) {
        this.x = x;
        this.y = y;
        this.kind = kind;
        this.before = before;
        this.after = after;
        collect(axes);
        cut();
    }

    /** The result has the dimensions kept, or is a single number without any, and is not recorded. */
    static Tensor fold(String op, Tensor x, Axes axes, DType dtype, FoldKind kind) {
        return fold(op, x, axes, dtype, kind, null, null);
    }

    /** With something done to elements first and to results last. */
    static Tensor fold(String op, Tensor x, Axes axes, DType dtype, FoldKind kind, Accumulator.Before before,
            DoubleUnaryOperator after) {
        var y = Tensor.empty(dtype, axes.broadcast(), op);
        if (y.numel() == 0) {
            return y;
        }
        if (x.numel() == 0) {
            return Convert.fill(y, after == null ? kind.ofNothing : after.applyAsDouble(kind.ofNothing));
        }
        Storage.acquire(op, x.storage(), y.storage(), null, null);
        try {
            new Fold(x, axes, y, kind, before, after).run();
        } finally {
            Storage.release(x.storage(), y.storage(), null, null);
        }
        return y;
    }

    // ---- What lies where

    private void collect(Axes axes) {
        var order = byStride();
        for (int d : order) {
            long size = x.size(d);
            long stride = ((Layout.Strided) x.layout()).stride(d);
            if (axes.isReduced(d) && stride == 0 && kind != FoldKind.PROD) {
                repeats *= size; // sums grow by that, the greatest and the least stay
            } else if (axes.isReduced(d)) {
                fold(size, stride);
            } else {
                keep(size, stride, ((Layout.Strided) y.layout()).stride(d));
            }
        }
        boolean ofRows = folded > 0 && (kept == 0 || Math.abs(foldedFrom[folded - 1]) <= Math.abs(keptFrom[kept - 1]));
        if (folded > 0) {
            folded--;
            rows = foldedSizes[folded];
            rowStride = foldedFrom[folded];
        }
        if (!ofRows && kept > 0) {
            kept--;
            columns = keptSizes[kept];
            columnStride = keptFrom[kept];
            columnTo = keptTo[kept];
        }
    }

    /** Dimensions of more than one element, those with the longest strides first; repeated ones are outermost. */
    private int[] byStride() {
        var order = new int[x.rank()];
        int count = 0;
        for (int d = 0; d < x.rank(); d++) {
            if (x.size(d) > 1) {
                int at = count++;
                for (; at > 0 && weight(order[at - 1]) < weight(d); at--) {
                    order[at] = order[at - 1];
                }
                order[at] = d;
            }
        }
        return Arrays.copyOf(order, count);
    }

    private long weight(int d) {
        long stride = Math.abs(x.stride(d));
        return stride == 0 ? Long.MAX_VALUE : stride;
    }

    private void fold(long size, long stride) {
        if (folded > 0 && foldedFrom[folded - 1] == stride * size) {
            foldedSizes[folded - 1] *= size;
            foldedFrom[folded - 1] = stride;
        } else {
            foldedSizes[folded] = size;
            foldedFrom[folded++] = stride;
        }
    }

    private void keep(long size, long from, long to) {
        if (kept > 0 && keptFrom[kept - 1] == from * size && keptTo[kept - 1] == to * size) {
            keptSizes[kept - 1] *= size;
            keptFrom[kept - 1] = from;
            keptTo[kept - 1] = to;
        } else {
            keptSizes[kept] = size;
            keptFrom[kept] = from;
            keptTo[kept++] = to;
        }
    }

    private static long product(long[] sizes, int count) {
        long product = 1;
        for (int i = 0; i < count; i++) {
            product *= sizes[i];
        }
        return product;
    }

    private static long offset(long index, long[] sizes, long[] strides, int count) {
        long offset = 0;
        long rest = index;
        for (int d = count - 1; d > 0; d--) {
            offset += rest % sizes[d] * strides[d];
            rest /= sizes[d];
        }
        return count == 0 ? 0 : offset + rest * strides[0];
    }

    /** Decides on tiles and blocks, by the shape alone. */
    private void cut() {
        width = columns <= NARROW ? (int) columns : (int) Math.min(columns, Lines.SIZE);
        rowsAtOnce = Math.max(1, Lines.SIZE / width);
        rowsInPiece = Math.max(1, BLOCK / width);
        pieces = (rows + rowsInPiece - 1) / rowsInPiece;
        foldedInBlock = pieces > 1 ? 1 : Math.max(1, BLOCK / (rows * width));
        long others = product(foldedSizes, folded);
        blocks = pieces > 1 ? others * pieces : (others + foldedInBlock - 1) / foldedInBlock;
    }

    // ---- The pass

    private void run() {
        int most = Cutoffs.parts(x.numel());
        long outer = product(keptSizes, kept);
        if (folded == 0 && columns == 1 && rowStride == 1 && rows <= SHORT && kept == 1 && keptFrom[0] == rows) {
            Team.parallel(most, (part, parts) -> shortRows(Part.start(part, parts, outer, MANY),
                    Part.start(part + 1, parts, outer, MANY)));
            return;
        }
        long strips = (columns + width - 1) / width;
        long tasks = outer * strips;
        if (most <= 1 || tasks >= MANY || blocks == 1) {
            Team.parallel(most, (part, parts) -> {
                var accumulator = accumulator();
                long end = Part.start(part + 1, parts, tasks, 1);
                for (long task = Part.start(part, parts, tasks, 1); task < end; task++) {
                    for (long block = 0; block < blocks; block++) {
                        block(accumulator, task / strips, task % strips, block, block == 0);
                    }
                    put(accumulator, task / strips, task % strips);
                }
            });
            return;
        }
        inBlocks(most, strips, tasks);
    }

    /** Blocks of few results, in whatever order threads get to them; folded in their own order then. */
    private void inBlocks(int most, long strips, long tasks) {
        long all = tasks * blocks;
        var last = accumulator();
        var room = last.room(Math.toIntExact(all * width));
        Team.parallel(most, (part, parts) -> {
            var accumulator = accumulator();
            long end = Part.start(part + 1, parts, all, 1);
            for (long i = Part.start(part, parts, all, 1); i < end; i++) {
                long task = i / blocks;
                block(accumulator, task / strips, task % strips, i % blocks, true);
                accumulator.save(room, (int) (i * width), stripWidth(task % strips));
            }
        });
        for (long task = 0; task < tasks; task++) {
            for (long block = 0; block < blocks; block++) {
                last.restore(room, (int) ((task * blocks + block) * width), stripWidth(task % strips), block == 0);
            }
            put(last, task / strips, task % strips);
        }
    }

    private Accumulator accumulator() {
        return Accumulator.of(x.dtype(), kind, before, after, kind == FoldKind.SUM ? repeats : 1);
    }

    private int stripWidth(long strip) {
        return (int) Math.min(width, columns - strip * width);
    }

    private void put(Accumulator accumulator, long outer, long strip) {
        accumulator.put(y, offset(outer, keptSizes, keptTo, kept) + strip * width * columnTo, columnTo,
                stripWidth(strip));
    }

    private void block(Accumulator accumulator, long outer, long strip, long block, boolean first) {
        long base = offset(outer, keptSizes, keptFrom, kept) + strip * width * columnStride;
        int count = stripWidth(strip);
        if (pieces > 1) {
            long from = block % pieces * rowsInPiece;
            tiles(accumulator, base + offset(block / pieces, foldedSizes, foldedFrom, folded), from,
                    Math.min(rows, from + rowsInPiece), count);
        } else {
            long end = Math.min(product(foldedSizes, folded), (block + 1) * foldedInBlock);
            for (long index = block * foldedInBlock; index < end; index++) {
                tiles(accumulator, base + offset(index, foldedSizes, foldedFrom, folded), 0, rows, count);
            }
        }
        accumulator.close(count, first);
    }

    private void tiles(Accumulator accumulator, long base, long from, long to, int count) {
        boolean dense = count == 1 || columnStride == 1 && rowStride == count;
        long stride = count == 1 ? rowStride : columnStride;
        for (long row = from; row < to; row += rowsAtOnce) {
            int taken = (int) Math.min(rowsAtOnce, to - row);
            long at = base + row * rowStride;
            if (dense) {
                accumulator.load(x, at, stride, 0, taken * count);
            } else {
                for (int i = 0; i < taken; i++) {
                    accumulator.load(x, at + i * rowStride, columnStride, i * count, count);
                }
            }
            accumulator.merge(taken * count);
        }
    }

    /** Dense rows so short that a tile holds many. */
    private void shortRows(long from, long to) {
        var accumulator = accumulator();
        int count = (int) rows;
        int most = Lines.SIZE / count;
        for (long row = from; row < to; row += most) {
            int taken = (int) Math.min(most, to - row);
            accumulator.load(x, row * count, 1, 0, taken * count);
            accumulator.rows(taken, count, y, row * keptTo[0], keptTo[0]);
        }
    }
}
