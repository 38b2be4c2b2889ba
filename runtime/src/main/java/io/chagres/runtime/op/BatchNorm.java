package io.chagres.runtime.op;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.plan.NormalizationPlan;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * Batch normalization (Ioffe and Szegedy, 2015), as {@code torch.nn.functional.batch_norm}: each channel is brought to mean 0
 * and variance 1, over the batch in training and by running statistics otherwise.
 */
public final class BatchNorm extends Normalization {
    private static final String NAME = "batchNorm";
    private static final String RELU = "batchNormRelu";
    private static final long SHORTEST_PLANE = 32;

    private final boolean training;
    private final long n;
    private final long channels;
    private final long inner;
    /** Whether the channels are innermost. */
    private final boolean last;

    private BatchNorm(String name, double epsilon, Tensor stats, Tensor x, boolean training, boolean weighted,
            boolean biased, boolean relu, boolean shortcut) {
        super(name, epsilon, stats, weighted, biased, relu, shortcut);
        this.training = training;
        this.n = x.size(0);
        this.channels = x.size(1);
        this.inner = inner(x);
        this.last = inner == 1 || !x.isContiguous();
    }

    /**
     * y = (x - mean) / √(variance + epsilon) · weight + bias, channel by channel. In training, mean and (biased) variance are
     * those of the batch, and the running statistics become (1 - momentum) · running + momentum · batch, where the batch's
     * variance is the unbiased one; this change is not recorded, and a batch without elements changes nothing. Otherwise they
     * are the running statistics. Where the input has its channels innermost in memory, the result and gradients have too.
     *
     * @param x [N, C], [N, C, L], [N, C, H, W] or with further dimensions; float32 or float64
     * @param runningMean [C], changed in training; may be null in training, as may {@code runningVar}, but only both
     * @param runningVar [C]
     * @param weight [C], or null for none
     * @param bias [C], or null for none
     * @param momentum how much a batch counts, from 0 to 1; 0.1 in PyTorch
     * @param epsilon positive; 1e-5 in PyTorch
     * @return y, of the input's shape
     * @throws IllegalArgumentException if shapes or types do not fit, or in training if a channel has but one value
     */
    public static Tensor batchNorm(Tensor x, Tensor runningMean, Tensor runningVar, Tensor weight, Tensor bias,
            boolean training, double momentum, double epsilon) {
        return normalize(false, x, runningMean, runningVar, weight, bias, null, training, momentum, epsilon);
    }

    /**
     * relu(batchNorm(x) + shortcut), for an input with its channels innermost in the same passes over memory. All else is as in
     * {@link #batchNorm}.
     *
     * @param shortcut of the input's shape, or null for none
     */
    public static Tensor batchNormRelu(Tensor x, Tensor runningMean, Tensor runningVar, Tensor weight, Tensor bias,
            Tensor shortcut, boolean training, double momentum, double epsilon) {
        Check.real(RELU, "the input", x);
        if (shortcut != null) {
            Check.sameType(RELU, x, Check.alive(RELU, "the shortcut", shortcut));
            Check.sameShape(RELU, x, shortcut);
        }
        return normalize(true, x, runningMean, runningVar, weight, bias, shortcut, training, momentum, epsilon);
    }

    private static Tensor normalize(boolean relu, Tensor x, Tensor runningMean, Tensor runningVar, Tensor weight,
            Tensor bias, Tensor shortcut, boolean training, double momentum, double epsilon) {
        String name = relu ? RELU : NAME;
        if (Check.real(name, "the input", x).rank() < 2) {
            throw new IllegalArgumentException(
                    name + ": input " + x.shape() + "; [N, C] or more dimensions are needed");
        }
        long channels = x.size(1);
        checkParameter(name, "the running mean", x, runningMean, channels);
        checkParameter(name, "the running variance", x, runningVar, channels);
        checkParameter(name, "the weight", x, weight, channels);
        checkParameter(name, "the bias", x, bias, channels);
        checkEpsilon(name, x, epsilon);
        checkStatistics(name, x, runningMean, runningVar, training, momentum);
        var stats = Tensor.empty(x.dtype(), Shape.of(2, channels), name);
        if (!training) {
            // a copy: they may change before backward reads them
            Convert.copy(runningMean, stats.viewAs(Shape.of(channels), Shape.of(channels).contiguous(), 0));
            Convert.copy(runningVar, stats.viewAs(Shape.of(channels), Shape.of(channels).contiguous(), channels));
        }
        var input = Convert.denseImages(x);
        boolean fuses = relu && x.dtype() == DType.FLOAT32 && (inner(x) == 1 || !input.isContiguous());
        var added = shortcut == null || !fuses ? null : Convert.denseAs(input, shortcut);
        var y = new BatchNorm(fuses ? RELU : NAME, epsilon, stats, input, training, weight != null, bias != null,
                fuses, added != null).apply(input, weight == null ? null : weight.contiguous(),
                        bias == null ? null : bias.contiguous(), added);
        if (training && runningMean != null && x.numel() > 0) {
            double count = x.numel() / channels;
            follow(name, runningMean, momentum, channel -> get(stats, channel));
            follow(name, runningVar, momentum, channel -> count / (count - 1) * get(stats, channels + channel));
        }
        if (!relu || fuses) {
            return y;
        }
        return Pointwise.relu(shortcut == null ? y : Arithmetic.add(y, shortcut));
    }

    private static void checkStatistics(String name, Tensor x, Tensor mean, Tensor variance, boolean training,
            double momentum) {
        if ((mean == null) != (variance == null) || mean == null && !training) {
            throw new IllegalArgumentException(name + ": input " + x.shape()
                    + ": running mean and variance are needed both, or in training neither");
        }
        if (!training) {
            return;
        }
        if (!(momentum >= 0 && momentum <= 1)) {
            throw new IllegalArgumentException(
                    name + ": momentum " + momentum + " for an input " + x.shape() + "; 0 to 1 is needed");
        }
        if (mean != null) {
            Convert.writable(name, mean);
            Convert.writable(name, variance);
        }
        if (x.numel() > 0 && x.numel() == x.size(1)) {
            throw new IllegalArgumentException(name + ": input " + x.shape()
                    + ": training takes more than one value a channel; with one, its variance is 0");
        }
    }

    /** The product of all sizes but the first two. */
    private static long inner(Tensor x) {
        return x.numel() == 0 ? 0 : x.numel() / x.size(0) / x.size(1);
    }

    @Override
    boolean isGiven() {
        return !training;
    }

    @Override
    Tensor grouped(Tensor x) {
        return x.transpose(0, 1).reshape(channels, n * inner);
    }

    @Override
    Tensor ungrouped(Tensor groups, Shape shape) {
        return groups.reshape(shape.with(0, channels).with(1, n).toArray()).transpose(0, 1);
    }

    @Override
    Tensor spread(Tensor parameter) {
        return parameter.reshape(-1, 1);
    }

    @Override
    Tensor gathered(Tensor groups, Shape shape) {
        return Reduce.sum(groups, 1, false).reshape(shape.toArray());
    }

    @Override
    NormalizationPlan plan(Tensor x) {
        return new NormalizationPlan(
                training ? NormalizationPlan.Over.CHANNELS : NormalizationPlan.Over.CHANNELS_GIVEN, epsilon, n,
                channels, inner);
    }

    /** Where the values of a channel of one example begin; in row-major order they lie one behind the other. */
    private long at(long example, long channel) {
        return (example * channels + channel) * inner;
    }

    private long at(long example, long channel, long i) {
        return last ? (example * inner + i) * channels + channel : at(example, channel) + i;
    }

    // ---- Float32: columns of channels, and planes of some size, are read faster here than oneDNN reads them

    private Columns columns() {
        return new Columns(n * inner, channels);
    }

    private void forwardLast(Tensor x, Tensor weight, Tensor bias, Tensor y, Columns.Range after) {
        var columns = columns();
        if (training) {
            var found = columns.statistics(x.storage().base(), x.position());
            for (int i = 0; i < 2 * channels; i++) {
                put(stats, i, found[i]);
            }
        }
        int count = (int) channels;
        var lines = Columns.room(Columns.Room.LINES, 2 * count);
        for (int c = 0; c < count; c++) {
            lines[c] = scale(c) * get(weight, c, 1);
            lines[count + c] = get(bias, c, 0) - get(stats, c) * lines[c];
        }
        columns.lines(x.storage().base(), x.position(), lines, y.storage().base(), y.position(), after);
    }

    @Override
    void forwardRelu(Tensor x, Tensor weight, Tensor bias, Tensor added, Tensor y) {
        var to = y.storage().base();
        forwardLast(x, weight, bias, y, (offset, elements) -> {
            long at = y.position() + offset;
            if (added != null) {
                Kernels.best().binary(Kernels.Binary.ADD, to, at, 1, added.storage().base(), added.position() + offset,
                        1, to, at, elements);
            }
            Kernels.best().unary(Kernels.Unary.RELU, to, at, to, at, elements);
        });
    }

    @Override
    void backwardRelu(Tensor x, Tensor dy, Tensor y, Tensor g, Tensor weight, Tensor dx, Tensor dWeight,
            Tensor dBias) {
        Columns.Range mask = (offset, elements) -> Kernels.best().reluBackward(dy.storage().base(),
                dy.position() + offset, y.storage().base(), y.position() + offset, g.storage().base(),
                g.position() + offset, elements);
        if (!training && dWeight == null && dBias == null) {
            Cutoffs.inParts(x.numel(), (from, count) -> mask.run(Float.BYTES * from, count));
            backwardLast(x, g, weight, dx, null, null, null);
        } else {
            backwardLast(x, g, weight, dx, dWeight, dBias, mask);
        }
        g.storage().changed();
    }

    private void backwardLast(Tensor x, Tensor dy, Tensor weight, Tensor dx, Tensor dWeight, Tensor dBias,
            Columns.Range before) {
        var columns = columns();
        int count = (int) channels;
        var means = Columns.room(Columns.Room.MEANS, count);
        for (int c = 0; c < count; c++) {
            means[c] = get(stats, c);
        }
        var from = dy.storage().base();
        var sums = training || dWeight != null || dBias != null
                ? columns.products(from, dy.position(), x.storage().base(), x.position(), means, before)
                : null;
        var lines = Columns.room(Columns.Room.LINES, (training ? 3 : 2) * count);
        for (int c = 0; c < count; c++) {
            double scale = scale(c);
            lines[c] = scale * get(weight, c, 1);
            if (training) {
                // see backward64, with x̂ = (x - mean) · scale multiplied out
                lines[count + c] = -lines[c] * scale * scale * sums[count + c] / (n * inner);
                lines[2 * count + c] = -lines[c] * sums[c] / (n * inner) - lines[count + c] * means[c];
            }
            if (dWeight != null) {
                put(dWeight, c, sums[count + c] * scale);
            }
            if (dBias != null) {
                put(dBias, c, sums[c]);
            }
        }
        if (training) {
            columns.combinations(from, dy.position(), x.storage().base(), x.position(), lines, dx.storage().base(),
                    dx.position());
        } else {
            columns.lines(from, dy.position(), lines, dx.storage().base(), dx.position());
        }
    }

    private boolean byPlanes() {
        return inner >= SHORTEST_PLANE;
    }

    /** Each channel is one part's, so that results do not depend on the number of threads. */
    private void eachChannel(Part part) {
        Team.parallel((int) Math.min(channels, Math.max(1, Cutoffs.parts(n * channels * inner))), part);
    }

    private long plane(Tensor x, long example, long channel) {
        return x.position() + Float.BYTES * at(example, channel);
    }

    @Override
    void forward32(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        if (last) {
            forwardLast(x, weight, bias, y, null);
            return;
        }
        if (!byPlanes()) {
            super.forward32(x, weight, bias, y);
            return;
        }
        eachChannel((part, parts) -> {
            long end = Part.start(part + 1, parts, channels, 1);
            for (long channel = Part.start(part, parts, channels, 1); channel < end; channel++) {
                if (training) {
                    measure32(x, channel);
                }
                double factor = scale(channel) * get(weight, channel, 1);
                double shift = get(bias, channel, 0) - get(stats, channel) * factor;
                for (long example = 0; example < n; example++) {
                    Kernels.best().scaleShift((float) factor, (float) shift, x.storage().base(),
                            plane(x, example, channel), y.storage().base(), plane(y, example, channel), inner);
                }
            }
        });
    }

    private void measure32(Tensor x, long channel) {
        var kernels = Kernels.best();
        var segment = x.storage().base();
        double sum = 0;
        for (long example = 0; example < n; example++) {
            sum += kernels.sum(segment, plane(x, example, channel), inner);
        }
        double mean = sum / (n * inner);
        double squares = 0;
        for (long example = 0; example < n; example++) {
            squares += kernels.squares(segment, plane(x, example, channel), inner, mean);
        }
        double off = (float) mean - mean;
        put(stats, channel, mean);
        put(stats, channels + channel, Math.max(0, squares / (n * inner) - off * off));
    }

    @Override
    void backward32(Tensor x, Tensor dy, Tensor weight, Tensor dx, Tensor dWeight, Tensor dBias) {
        if (last) {
            backwardLast(x, dy, weight, dx, dWeight, dBias, null);
            return;
        }
        if (!byPlanes()) {
            super.backward32(x, dy, weight, dx, dWeight, dBias);
            return;
        }
        eachChannel((part, parts) -> {
            long end = Part.start(part + 1, parts, channels, 1);
            for (long channel = Part.start(part, parts, channels, 1); channel < end; channel++) {
                backward32(channel, x, dy, weight, dx, dWeight, dBias);
            }
        });
    }

    private void backward32(long channel, Tensor x, Tensor dy, Tensor weight, Tensor dx, Tensor dWeight, Tensor dBias) {
        var kernels = Kernels.best();
        var in = x.storage().base();
        var from = dy.storage().base();
        var to = dx.storage().base();
        double mean = get(stats, channel);
        double scale = scale(channel);
        double sum = 0;
        double product = 0;
        for (long example = 0; example < n; example++) {
            sum += kernels.sum(from, plane(dy, example, channel), inner);
            product += kernels.products(from, plane(dy, example, channel), in, plane(x, example, channel), inner, mean);
        }
        if (dWeight != null) {
            put(dWeight, channel, product * scale);
        }
        if (dBias != null) {
            put(dBias, channel, sum);
        }
        // see backward64, with x̂ = (x - mean) · scale multiplied out
        double factor = scale * get(weight, channel, 1);
        double ofX = training ? -factor * scale * scale * product / (n * inner) : 0;
        double rest = training ? -factor * sum / (n * inner) - ofX * mean : 0;
        for (long example = 0; example < n; example++) {
            if (training) {
                kernels.combine((float) factor, from, plane(dy, example, channel), (float) ofX, in,
                        plane(x, example, channel), (float) rest, to, plane(dx, example, channel), inner);
            } else {
                kernels.scale((float) factor, from, plane(dy, example, channel), to, plane(dx, example, channel),
                        inner);
            }
        }
    }

    // ---- Float64

    @Override
    void forward64(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        for (long channel = 0; channel < channels; channel++) {
            if (training) {
                measure(x, channel);
            }
            double mean = get(stats, channel);
            double scale = scale(channel);
            for (long example = 0; example < n; example++) {
                for (long i = 0; i < inner; i++) {
                    long at = at(example, channel, i);
                    put(y, at, (get(x, at) - mean) * scale * get(weight, channel, 1) + get(bias, channel, 0));
                }
            }
        }
    }

    private void measure(Tensor x, long channel) {
        double sum = 0;
        for (long example = 0; example < n; example++) {
            for (long i = 0; i < inner; i++) {
                sum += get(x, at(example, channel, i));
            }
        }
        double mean = sum / (n * inner);
        double squares = 0;
        for (long example = 0; example < n; example++) {
            for (long i = 0; i < inner; i++) {
                double distance = get(x, at(example, channel, i)) - mean;
                squares += distance * distance;
            }
        }
        put(stats, channel, mean);
        put(stats, channels + channel, squares / (n * inner));
    }

    private double scale(long channel) {
        return 1 / Math.sqrt(get(stats, channels + channel) + epsilon);
    }

    @Override
    void backward64(Tensor x, Tensor dy, Tensor weight, Tensor dx, Tensor dWeight, Tensor dBias) {
        for (long channel = 0; channel < channels; channel++) {
            double mean = get(stats, channel);
            double scale = scale(channel);
            double sum = 0;
            double product = 0;
            for (long example = 0; example < n; example++) {
                for (long i = 0; i < inner; i++) {
                    long at = at(example, channel, i);
                    sum += get(dy, at);
                    product += get(dy, at) * (get(x, at) - mean) * scale;
                }
            }
            if (dWeight != null) {
                put(dWeight, channel, product);
            }
            if (dBias != null) {
                put(dBias, channel, sum);
            }
            // with x̂ the normalized x: dx = (dy - mean(dy) - x̂ mean(dy x̂)) · weight / √(variance + ε);
            // without the means if the statistics were given
            double meanOfDy = training ? sum / (n * inner) : 0;
            double meanOfProduct = training ? product / (n * inner) : 0;
            double factor = scale * get(weight, channel, 1);
            for (long example = 0; example < n; example++) {
                for (long i = 0; i < inner; i++) {
                    long at = at(example, channel, i);
                    double normalized = (get(x, at) - mean) * scale;
                    put(dx, at, (get(dy, at) - meanOfDy - normalized * meanOfProduct) * factor);
                }
            }
        }
    }
}
