package io.chagres.runtime.op;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Workspace;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A dense float32 matrix whose columns are channels, [rows, channels]: sums over columns, and a line for each. For kernels, several rows
 * are one, so that there are whole vectors in it however few the channels are. Sums are taken in blocks that depend on the
 * sizes alone, so that results do not depend on the number of threads.
 */
final class Columns {
    private static final int LANES = 16;
    private static final int WIDE = 256;
    private static final long MOST = 1 << 18;
    private static final long LEAST = 1 << 14;
    private static final int BLOCKS = 32;
    /** Floats of a block that stays in the second cache with two others. */
    private static final long CACHED = 1 << 14;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /** Arrays that serve one pass after the other on their thread. */
    private static final ThreadLocal<double[][]> ROOM = ThreadLocal
            .withInitial(() -> new double[Room.values().length][0]);

    /** What arrays are for; those that are used at the same time differ. */
    enum Room {
        CENTRES, TOTALS, FOUND, MEANS, LINES
    }

    private final long rows;
    private final int channels;
    /** How many rows are one, and how many columns that makes. */
    private final int times;
    private final int width;
    private final long tall;
    private final long inBlock;
    private final int blocks;

    Columns(long rows, long channels) {
        this.rows = rows;
        this.channels = (int) channels;
        int least = LANES / gcd(LANES, this.channels);
        int wanted = Math.ceilDiv(WIDE, least * this.channels) * least;
        this.times = rows < wanted ? Math.clamp(rows / least * least, 1, wanted) : wanted;
        this.width = times * this.channels;
        this.tall = rows / times;
        this.inBlock = Math.max(1, Math.clamp(rows * channels / BLOCKS, LEAST, MOST) / width);
        this.blocks = Math.toIntExact(Math.ceilDiv(tall, inBlock));
    }

    /** At least n zeros in an array of this thread, until it asks for the same again. */
    static double[] room(Room what, int n) {
        var all = ROOM.get();
        var there = all[what.ordinal()];
        if (there.length < n) {
            there = new double[n];
            all[what.ordinal()] = there;
        } else {
            Arrays.fill(there, 0, n, 0);
        }
        return there;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** Work on a range of elements before or after a kernel does them, while they are in the cache: where they begin, in bytes. */
    interface Range {
        void run(long offset, long elements);
    }

    /** Two sums over some rows, which begin at an offset in bytes; in each column are out[column] and out[columns + column]. */
    private interface Sums {
        void run(long offset, int rows, int columns, MemorySegment room, long out);
    }

    /** Σ (x - centre) and behind it Σ (x - centre)² of each channel, in this thread's room for totals. */
    double[] moments(MemorySegment x, long xo, double[] centres) {
        return sums(centres, (offset, count, columns, room, out) -> Kernels.best().columnMoments(x, xo + offset, count,
                columns, room, 0, room, out));
    }

    /** Σ dy and behind it Σ dy · (x - centre) of each channel, in this thread's room for totals. */
    double[] products(MemorySegment dy, long dyo, MemorySegment x, long xo, double[] centres) {
        return products(dy, dyo, x, xo, centres, null);
    }

    /** {@link #products(MemorySegment, long, MemorySegment, long, double[])}, where each range of dy is made before, if not null. */
    double[] products(MemorySegment dy, long dyo, MemorySegment x, long xo, double[] centres, Range before) {
        return sums(centres, (offset, count, columns, room, out) -> {
            if (before != null) {
                before.run(offset, (long) count * columns);
            }
            Kernels.best().columnProducts(dy, dyo + offset, x, xo + offset, count, columns, room, 0, room, out);
        });
    }

    private double[] sums(double[] centres, Sums sums) {
        long head = Float.BYTES * (long) width;
        long each = 2 * head;
        var workspace = Workspace.take(head + each * (blocks + 1L));
        try {
            var room = workspace.segment();
            for (int i = 0; i < width; i++) {
                room.set(FLOAT, Float.BYTES * (long) i, (float) centres[i % channels]);
            }
            Team.parallel(Math.min(blocks, Math.max(1, Cutoffs.parts(rows * channels))), (part, parts) -> {
                long end = Part.start(part + 1, parts, blocks, 1);
                for (long block = Part.start(part, parts, blocks, 1); block < end; block++) {
                    long from = block * inBlock;
                    sums.run(Float.BYTES * from * width, (int) Math.min(inBlock, tall - from), width, room,
                            head + each * block);
                }
            });
            var totals = room(Room.TOTALS, 2 * channels);
            for (int block = 0; block < blocks; block++) {
                add(room, head + each * block, width, totals);
            }
            if (tall * times < rows) {
                sums.run(Float.BYTES * tall * width, (int) (rows - tall * times), channels, room, head + each * blocks);
                add(room, head + each * blocks, channels, totals);
            }
            return totals;
        } finally {
            workspace.giveBack();
        }
    }

    private void add(MemorySegment room, long from, int columns, double[] totals) {
        int channel = 0;
        for (int i = 0; i < columns; i++) {
            totals[channel] += room.get(FLOAT, from + Float.BYTES * (long) i);
            totals[channels + channel] += room.get(FLOAT, from + Float.BYTES * (long) (columns + i));
            channel = channel + 1 == channels ? 0 : channel + 1;
        }
    }

    /**
     * Means and behind them variances of each channel: in one pass about the means of some rows, and in another one should those
     * be far off. They are in this thread's room for what is found.
     */
    double[] statistics(MemorySegment x, long xo) {
        var centres = room(Room.CENTRES, channels);
        int some = (int) Math.min(rows, LANES);
        for (int i = 0; i < some; i++) {
            long at = xo + Float.BYTES * (rows / some * i * channels);
            for (int c = 0; c < channels; c++) {
                centres[c] += x.get(FLOAT, at + Float.BYTES * (long) c) / some;
            }
        }
        var found = room(Room.FOUND, 2 * channels);
        if (!measure(x, xo, centres, found)) {
            System.arraycopy(found, 0, centres, 0, channels);
            measure(x, xo, centres, found);
        }
        return found;
    }

    /** Whether centres were near enough. */
    private boolean measure(MemorySegment x, long xo, double[] centres, double[] found) {
        var moments = moments(x, xo, centres);
        boolean near = true;
        for (int c = 0; c < channels; c++) {
            double drift = moments[c] / rows;
            double square = moments[channels + c] / rows;
            found[c] = (float) centres[c] + drift;
            found[channels + c] = square - drift * drift < 0 ? 0 : square - drift * drift;
            near &= !(drift * drift > 30 * found[channels + c]);
        }
        return near;
    }

    // ---- Lines

    private interface Lines {
        void run(long offset, int rows, int columns, MemorySegment lines);
    }

    /** y = factor · x + constant, with lines[channel] and lines[channels + channel]. */
    void lines(MemorySegment x, long xo, double[] lines, MemorySegment y, long yo) {
        lines(x, xo, lines, y, yo, null);
    }

    /** {@link #lines(MemorySegment, long, double[], MemorySegment, long)}, after which each range of y is changed, if not null. */
    void lines(MemorySegment x, long xo, double[] lines, MemorySegment y, long yo, Range after) {
        lines(2, lines, (offset, count, columns, room) -> {
            Kernels.best().columnLines(x, xo + offset, room, 0, width, y, yo + offset, count, columns);
            if (after != null) {
                after.run(offset, (long) count * columns);
            }
        });
    }

    /** y = factor · a + factor · b + constant, likewise. */
    void combinations(MemorySegment a, long ao, MemorySegment b, long bo, double[] lines, MemorySegment y, long yo) {
        lines(3, lines, (offset, count, columns, room) -> Kernels.best().columnCombinations(a, ao + offset, b,
                bo + offset, room, 0, width, y, yo + offset, count, columns));
    }

    private void lines(int count, double[] lines, Lines kernel) {
        var workspace = Workspace.take(Float.BYTES * (long) count * width);
        try {
            var room = workspace.segment();
            for (int line = 0; line < count; line++) {
                for (int i = 0; i < width; i++) {
                    room.set(FLOAT, Float.BYTES * ((long) line * width + i),
                            (float) lines[line * channels + i % channels]);
                }
            }
            Team.parallel((int) Math.min(tall, Math.max(1, Cutoffs.parts(rows * channels))), (part, parts) -> {
                long end = Part.start(part + 1, parts, tall, 1);
                long some = Math.max(1, CACHED / width);
                for (long row = Part.start(part, parts, tall, 1); row < end; row += some) {
                    kernel.run(Float.BYTES * row * width, (int) Math.min(some, end - row), width, room);
                }
            });
            if (tall * times < rows) {
                kernel.run(Float.BYTES * tall * width, (int) (rows - tall * times), channels, room);
            }
        } finally {
            workspace.giveBack();
        }
    }
}
