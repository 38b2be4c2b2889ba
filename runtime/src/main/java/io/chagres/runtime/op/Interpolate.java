package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.op.Resample.Step;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Lines, images and volumes in another size, as {@code torch.nn.functional.interpolate}: one dimension after the other, each by its
 * {@link Taps}. Antialiasing is not there.
 */
public final class Interpolate {
    private static final String NAME = "interpolate";
    private static final long MOST_KEPT = 1 << 12;
    private static final int MOST_TABLES = 64;

    private Interpolate() {
    }

    /** How elements are computed, as the strings of PyTorch say it. */
    public enum Mode {
        /** The element that is nearest to the left; chosen as by PyTorch for float32, whatever the type. */
        NEAREST("nearest", 0),
        /** The element that is nearest to the middle; chosen likewise. */
        NEAREST_EXACT("nearest-exact", 0),
        /** Linear in [N, C, L]. */
        LINEAR("linear", 3),
        /** Linear in both directions of [N, C, H, W]. */
        BILINEAR("bilinear", 4),
        /** Cubic convolution with the parameter -0.75 in both directions of [N, C, H, W]. */
        BICUBIC("bicubic", 4),
        /** Linear in all directions of [N, C, D, H, W]. */
        TRILINEAR("trilinear", 5),
        /** The mean of what an element covers, as adaptive average pooling has it. */
        AREA("area", 0);

        private final String text;
        private final int rank;

        Mode(String text, int rank) {
            this.text = text;
            this.rank = rank;
        }

        private boolean hasCorners() {
            return rank > 0;
        }

        private Taps taps(Line line) {
            return switch (this) {
                case NEAREST -> Taps.nearest(line.in, line.out, line.factor, line.alone);
                case NEAREST_EXACT -> Taps.nearestExact(line.in, line.out, line.factor);
                case LINEAR, BILINEAR, TRILINEAR -> Taps.linear(line.in, line.out, line.factor, line.alignCorners);
                case BICUBIC -> Taps.cubic(line.in, line.out, line.factor, line.alignCorners);
                case AREA -> Taps.area(line.in, line.out);
            };
        }

        /** The name in PyTorch. */
        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * Another size of the spatial dimensions. Where the channels lie innermost, they stay there.
     *
     * @param x [N, C, L], [N, C, H, W] or [N, C, D, H, W], of a floating point type
     * @param size one number for each spatial dimension, or one for all
     * @param alignCorners whether the corners' middles stay where they are, instead of the corners; false in PyTorch
     * @return x with other spatial sizes
     * @throws IllegalArgumentException if x has integers, another number of dimensions than the mode takes or no elements in a spatial
     *         dimension, sizes are not positive, or corners are to be aligned by a mode that has none
     */
    public static Tensor interpolate(Tensor x, long[] size, Mode mode, boolean alignCorners) {
        check(x, mode, alignCorners);
        int spatial = x.rank() - 2;
        if (Check.notNull(NAME, "the size", size).length != 1 && size.length != spatial
                || Arrays.stream(size).anyMatch(s -> s < 1)) {
            throw new IllegalArgumentException(NAME + ": size " + Arrays.toString(size) + " for an input " + x.shape()
                    + "; one positive number" + (spatial > 1 ? " or " + spatial : "") + " are needed");
        }
        return resized(x, IntStream.range(0, spatial).mapToLong(d -> size[size.length == 1 ? 0 : d]).toArray(),
                new double[spatial], mode, alignCorners);
    }

    /**
     * Spatial sizes multiplied by factors, and rounded down. Elements are taken from where the factors say, which need not be what the
     * sizes say.
     *
     * @param scaleFactor one number for each spatial dimension, or one for all
     * @param recomputeScaleFactor whether they are taken from where the rounded sizes say; false in PyTorch. So it is always for
     *        {@link Mode#AREA}
     * @throws IllegalArgumentException as {@link #interpolate(Tensor, long[], Mode, boolean)}, and if a factor is not finite and positive or
     *         a size would be 0
     */
    public static Tensor interpolate(Tensor x, double[] scaleFactor, Mode mode, boolean alignCorners,
            boolean recomputeScaleFactor) {
        check(x, mode, alignCorners);
        int spatial = x.rank() - 2;
        if (Check.notNull(NAME, "the scale factor", scaleFactor).length != 1 && scaleFactor.length != spatial
                || Arrays.stream(scaleFactor).anyMatch(s -> !(s > 0) || Double.isInfinite(s))) {
            throw new IllegalArgumentException(NAME + ": scale factor " + Arrays.toString(scaleFactor)
                    + " for an input " + x.shape() + "; one positive number" + (spatial > 1 ? " or " + spatial : "")
                    + " are needed");
        }
        var factors = IntStream.range(0, spatial).mapToDouble(d -> scaleFactor[scaleFactor.length == 1 ? 0 : d])
                .toArray();
        var size = IntStream.range(0, spatial).mapToLong(d -> (long) (x.size(2 + d) * factors[d])).toArray();
        if (Arrays.stream(size).anyMatch(s -> s < 1)) {
            throw new IllegalArgumentException(NAME + ": input " + x.shape() + ", scale factor "
                    + Arrays.toString(scaleFactor) + ": the result would have sizes " + Arrays.toString(size)
                    + "; at least 1 is needed");
        }
        return resized(x, size, recomputeScaleFactor ? new double[spatial] : factors, mode, alignCorners);
    }

    private static void check(Tensor x, Mode mode, boolean alignCorners) {
        int rank = Check.floating(NAME, "the input", x).rank();
        Check.notNull(NAME, "the mode", mode);
        if (rank < 3 || rank > 5 || mode.rank > 0 && rank != mode.rank) {
            var shapes = new String[]{"[N, C, L]", "[N, C, H, W]", "[N, C, D, H, W]"};
            throw new IllegalArgumentException(NAME + ": input " + x.shape() + "; "
                    + (mode.rank > 0 ? shapes[mode.rank - 3] : String.join(" or ", shapes)) + " is needed for " + mode);
        }
        if (alignCorners && !mode.hasCorners()) {
            throw new IllegalArgumentException(NAME + ": input " + x.shape() + ": " + mode
                    + " has no corners to align; only linear, bilinear, bicubic and trilinear have");
        }
        for (int d = 2; d < rank; d++) {
            if (x.size(d) == 0) {
                throw new IllegalArgumentException(
                        NAME + ": input " + x.shape() + " has no elements to take; only N and C may be 0");
            }
        }
    }

    // ---- Dimension by dimension

    /** What taps depend on. */
    private record Line(int in, int out, double factor, boolean alignCorners, boolean alone) {
    }

    private record Table(Mode mode, Line line) {
    }

    /** Those that were made last; there are few in a network. */
    private static final Map<Table, Taps> TABLES = new ConcurrentHashMap<>();

    private static Taps taps(Mode mode, Line line) {
        if (Math.max(line.in, line.out) > MOST_KEPT) {
            return mode.taps(line);
        }
        var key = new Table(mode, line);
        var taps = TABLES.get(key);
        if (taps == null) {
            taps = mode.taps(line);
            taps.transposed(); // so that no two threads make it
            if (TABLES.size() >= MOST_TABLES) {
                TABLES.clear();
            }
            TABLES.put(key, taps);
        }
        return taps;
    }

    /** @param factors 0 where the sizes say it */
    private static Tensor resized(Tensor x, long[] size, double[] factors, Mode mode, boolean alignCorners) {
        var lines = new Line[size.length];
        var shape = x.shape();
        for (int d = 0; d < size.length; d++) {
            shape = shape.with(2 + d, size[d]);
            lines[d] = new Line(Check.int32(NAME, x.shape(), x.size(2 + d)), Check.int32(NAME, shape, size[d]),
                    mode == Mode.AREA ? 0 : factors[d], alignCorners, size.length == 1);
        }
        shape.bytes(x.dtype()); // fails if it is beyond all memory
        // what shrinks comes first, then what is innermost; what stays as it is needs no step, but the result is a new tensor
        var steps = IntStream.range(0, size.length).boxed()
                .sorted(Comparator.<Integer>comparingDouble(d -> (double) lines[d].out / lines[d].in)
                        .thenComparing(d -> -d))
                .map(d -> new Step(d, taps(mode, lines[d]))).toArray(Step[]::new);
        var needed = Arrays.stream(steps).filter(step -> !step.taps().isIdentity()).toArray(Step[]::new);
        return resampled(x, needed.length == 0 ? new Step[]{steps[0]} : needed);
    }

    /** Recorded; its gradient goes the same way backwards. */
    private static Tensor resampled(Tensor x, Step... steps) {
        return Autograd.record(Op.composed(NAME, Op.NOTHING, flow -> {
            var back = new Step[steps.length];
            for (int s = 0; s < steps.length; s++) {
                back[s] = new Step(steps[steps.length - 1 - s].dim(), steps[steps.length - 1 - s].taps().transposed());
            }
            flow.give(0, resampled(flow.gradOutput(), back));
        }), Resample.run(NAME, x, steps), x);
    }
}
