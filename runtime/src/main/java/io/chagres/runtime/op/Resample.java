package io.chagres.runtime.op;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.memory.Workspace;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Spatial dimensions made by {@link Taps}, one after the other, in row-major order or with the channels innermost. What is between two
 * dimensions is held for some rows at a time only, so that it stays in the caches.
 */
final class Resample {
    /** Shorter runs of elements that share their weights are not worth a call of a kernel. */
    private static final long SHORT = 16;
    /** Elements of a line that is held in an array. */
    private static final long MOST_IN_LINE = 1 << 18;
    /** Elements of some rows, and how many rows there are at least. */
    private static final long SOME = 1 << 16;
    private static final long LEAST_ROWS = 8;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /** One dimension; spatial dimensions are counted from 0. */
    record Step(int dim, Taps taps) {
    }

    private final Tensor x;
    private final Tensor y;
    private final Step[] steps;
    /** Elements side by side that share all weights, and how often the spatial dimensions are there. */
    private final long innermost;
    private final long blocks;
    /** The taps of the first spatial dimension, whose elements are the rows; null if it stays as it is. */
    private final Taps rows;
    /** The type of what is between two steps. */
    private final DType between;
    private final long band;
    private final long bands;

    private Resample(Tensor x, Tensor y, Step[] steps, boolean last) {
        this.x = x;
        this.y = y;
        this.steps = steps;
        this.innermost = last ? x.size(1) : 1;
        this.blocks = last ? x.size(0) : x.size(0) * x.size(1);
        this.rows = Arrays.stream(steps).filter(step -> step.dim == 0).map(Step::taps).findFirst().orElse(null);
        this.between = x.dtype() == DType.FLOAT32 ? DType.FLOAT32 : DType.FLOAT64;
        long widest = Math.max(rowOf(x), rowOf(y));
        this.band = y.rank() == 3 && innermost < SHORT
                ? y.size(2)
                : Math.clamp(SOME / widest, LEAST_ROWS, Math.max(LEAST_ROWS, y.size(2)));
        this.bands = Math.ceilDiv(y.size(2), band);
    }

    private long rowOf(Tensor t) {
        long row = innermost;
        for (int d = 3; d < t.rank(); d++) {
            row *= t.size(d);
        }
        return row;
    }

    /** Not recorded; channels stay innermost where they are. */
    static Tensor run(String name, Tensor x, Step... steps) {
        boolean last = x.isChannelsLast() && !x.isContiguous();
        var in = last ? x : x.contiguous();
        var shape = in.shape();
        for (var step : steps) {
            shape = shape.with(2 + step.dim, step.taps.out);
        }
        var y = last
                ? Tensor.empty(in.dtype(), shape, Layout.channelsLast(shape.toArray()), name)
                : Tensor.empty(in.dtype(), shape, name);
        if (y.numel() > 0) {
            Storage.acquire(name, in.storage(), y.storage(), null, null);
            try {
                new Resample(in, y, steps, last).run();
            } finally {
                Storage.release(in.storage(), y.storage(), null, null);
            }
        }
        return y;
    }

    private void run() {
        long units = blocks * bands;
        int most = (int) Math.min(units, Math.max(1, Cutoffs.parts(Math.max(x.numel(), y.numel()))));
        Team.parallel(most, (part, parts) -> {
            var work = new Work();
            try {
                long end = Part.start(part + 1, parts, units, 1);
                for (long unit = Part.start(part, parts, units, 1); unit < end; unit++) {
                    work.run(unit / bands, (int) (unit % bands * band));
                }
            } finally {
                work.end();
            }
        });
    }

    /** Elements of one type that lie densely from an offset on. */
    private record Room(DType dtype, MemorySegment segment, long at) {
        long of(long element) {
            return at + element * dtype.bytes();
        }
    }

    /** What one thread does, with what it needs for that. */
    private final class Work {
        private final Workspace[] spaces = new Workspace[2];
        private float[] floatsIn = {};
        private float[] floatsOut = {};
        private double[] in = {};
        private double[] out = {};

        void end() {
            for (var space : spaces) {
                if (space != null) {
                    space.giveBack();
                }
            }
        }

        private Room room(int which, long elements) {
            long bytes = elements * between.bytes();
            if (spaces[which] != null && spaces[which].segment().byteSize() < bytes) {
                spaces[which].giveBack();
                spaces[which] = null;
            }
            if (spaces[which] == null) {
                spaces[which] = Workspace.take(bytes);
            }
            return new Room(between, spaces[which].segment(), 0);
        }

        /** Some rows of the result, from one on. */
        void run(long block, int first) {
            int end = (int) Math.min(y.size(2), first + band);
            int from = first;
            int to = end;
            if (rows != null) {
                from = rows.first(first, end);
                to = rows.last(first, end) + 1;
            }
            long row = rowOf(x);
            var source = new Room(x.dtype(), x.storage().base(),
                    x.position() + (block * x.size(2) + from) * row * x.dtype().bytes());
            var sizes = x.shape().toArray();
            for (int s = 0; s < steps.length; s++) {
                var taps = steps[s].taps;
                int dim = steps[s].dim;
                sizes[2 + dim] = taps.out;
                long inner = innermost;
                for (int d = 3 + dim; d < sizes.length; d++) {
                    inner *= sizes[d];
                }
                row = innermost;
                for (int d = 3; d < sizes.length; d++) {
                    row *= sizes[d];
                }
                long height = dim == 0 || s > 0 && has(s, 0) ? end - first : to - from;
                var target = s + 1 < steps.length
                        ? room(s & 1, height * row)
                        : new Room(y.dtype(), y.storage().base(),
                                y.position() + (block * y.size(2) + first) * row * y.dtype().bytes());
                if (dim == 0) {
                    pass(taps, from, first, end, source, target, 1, inner);
                } else {
                    pass(taps, 0, 0, taps.out, source, target, height * row / (taps.out * inner), inner);
                }
                source = target;
            }
        }

        /** Whether one of the first steps is that of a dimension. */
        private boolean has(int count, int dim) {
            for (int s = 0; s < count; s++) {
                if (steps[s].dim == dim) {
                    return true;
                }
            }
            return false;
        }

        /** [outer, ..., inner] made [outer, end - first, inner]; the source begins with the element before of its dimension. */
        private void pass(Taps taps, int before, int first, int end, Room source, Room target, long outer, long inner) {
            boolean whole = before == 0 && first == 0 && end == taps.out;
            if (inner < SHORT && whole && Math.max(taps.in, taps.out) * inner <= MOST_IN_LINE) {
                if (x.dtype() == DType.FLOAT32) {
                    floatLines(taps, source, target, outer, (int) inner);
                } else {
                    lines(taps, source, target, outer, (int) inner);
                }
                return;
            }
            for (long o = 0; o < outer; o++) {
                long from = o * taps.in - before; // there is one outer element if some are missing
                long to = o * (end - first) - first;
                if (x.dtype() == DType.FLOAT32) {
                    Kernels.best().weightedRows(taps.begin, taps.index, taps.single, first, end, source.segment,
                            source.of(from * inner), inner, target.segment, target.of((to + first) * inner));
                } else {
                    for (int i = first; i < end; i++) {
                        plainRow(taps, i, source, from, target, target.of((to + i) * inner), inner);
                    }
                }
            }
        }

        /** Pieces of a row, in double precision. */
        private void plainRow(Taps taps, int i, Room source, long from, Room target, long to, long inner) {
            in = in.length < Lines.SIZE ? new double[Lines.SIZE] : in;
            out = out.length < Lines.SIZE ? new double[Lines.SIZE] : out;
            for (long done = 0; done < inner; done += Lines.SIZE) {
                int n = (int) Math.min(Lines.SIZE, inner - done);
                Arrays.fill(out, 0, n, 0);
                for (int k = taps.begin[i]; k < taps.begin[i + 1]; k++) {
                    Lines.load(source.dtype, source.segment, source.of((from + taps.index[k]) * inner + done), 1, in, 0,
                            n);
                    for (int j = 0; j < n; j++) {
                        out[j] += taps.weight[k] * in[j];
                    }
                }
                Lines.store(out, 0, target.dtype, target.segment, to + done * target.dtype.bytes(), 1, n);
            }
        }

        /** Whole lines in arrays. */
        private void floatLines(Taps taps, Room source, Room target, long outer, int inner) {
            int read = taps.in * inner;
            int made = taps.out * inner;
            floatsIn = floatsIn.length < read ? new float[read] : floatsIn;
            floatsOut = floatsOut.length < made ? new float[made] : floatsOut;
            for (long line = 0; line < outer; line++) {
                MemorySegment.copy(source.segment, FLOAT, source.of(line * read), floatsIn, 0, read);
                if (inner == 1 && taps.each == 2) {
                    pairs(taps.index, taps.single, floatsIn, floatsOut, made);
                } else {
                    sums(taps, inner, floatsIn, floatsOut);
                }
                MemorySegment.copy(floatsOut, 0, target.segment, FLOAT, target.of(line * made), made);
            }
        }

        private static void pairs(int[] index, float[] weight, float[] from, float[] to, int n) {
            for (int o = 0; o < n; o++) {
                to[o] = weight[2 * o] * from[index[2 * o]] + weight[2 * o + 1] * from[index[2 * o + 1]];
            }
        }

        private static void sums(Taps taps, int inner, float[] from, float[] to) {
            for (int o = 0; o < taps.out; o++) {
                for (int i = 0; i < inner; i++) {
                    float sum = 0;
                    for (int k = taps.begin[o]; k < taps.begin[o + 1]; k++) {
                        sum += taps.single[k] * from[taps.index[k] * inner + i];
                    }
                    to[o * inner + i] = sum;
                }
            }
        }

        /** {@link #floatLines} in double precision. */
        private void lines(Taps taps, Room source, Room target, long outer, int inner) {
            int read = taps.in * inner;
            int made = taps.out * inner;
            in = in.length < read ? new double[read] : in;
            out = out.length < made ? new double[made] : out;
            for (long line = 0; line < outer; line++) {
                Lines.load(source.dtype, source.segment, source.of(line * read), 1, in, 0, read);
                for (int o = 0; o < taps.out; o++) {
                    for (int i = 0; i < inner; i++) {
                        double sum = 0;
                        for (int k = taps.begin[o]; k < taps.begin[o + 1]; k++) {
                            sum += taps.weight[k] * in[taps.index[k] * inner + i];
                        }
                        out[o * inner + i] = sum;
                    }
                }
                Lines.store(out, 0, target.dtype, target.segment, target.of(line * made), 1, made);
            }
        }
    }
}
