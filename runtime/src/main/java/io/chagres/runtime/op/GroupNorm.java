package io.chagres.runtime.op;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Workspace;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.ValueLayout;

/**
 * Group normalization (Wu and He, 2018), as {@code torch.nn.functional.group_norm}: the channels of each example are divided into
 * groups, each of which is brought to mean 0 and variance 1.
 */
public final class GroupNorm extends Normalization {
    private static final String NAME = "groupNorm";
    /** Shorter runs of one line are done by plain loops. */
    private static final long SHORTEST = 8;
    /** From this size on, examples with their channels innermost are done one by one, each by several threads. */
    private static final long LARGE = 1 << 19;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

    private final long n;
    private final long channels;
    private final long groups;
    private final long inner;
    /** Channels of a group. */
    private final long each;
    /** Groups of all examples, and elements of each. */
    private final long rows;
    private final long cols;
    /** In row-major order a group consists of so many planes, each with one line. */
    private final long planes;
    /** Whether the channels are innermost. */
    private final boolean last;

    private GroupNorm(String name, Tensor x, long groups, boolean weighted, boolean biased, double epsilon) {
        super(name, epsilon, Tensor.empty(x.dtype(), Shape.of(2, Check.product(name, x.shape(), x.size(0), groups)),
                name), weighted, biased);
        this.n = x.size(0);
        this.channels = x.size(1);
        this.groups = groups;
        this.inner = x.numel() == 0 ? 0 : x.numel() / n / channels;
        this.each = groups == 0 ? 0 : channels / groups;
        this.rows = n * groups;
        this.cols = each * inner;
        this.planes = weighted || biased ? each : 1;
        this.last = !x.isContiguous();
    }

    /**
     * y = (x - mean) / √(variance + epsilon) · weight + bias, where mean and (biased) variance are those of a group of channels of
     * one example, and weight and bias those of the channel. A group of one value becomes 0, and so the bias. Where the input has its
     * channels innermost in memory, the result and gradients have too.
     *
     * @param x [N, C] or [N, C, ...] float32 or float64
     * @param groups how many; at least one, and they divide C
     * @param weight [C], or null for none
     * @param bias [C], or null for none
     * @param epsilon positive; 1e-5 in PyTorch
     * @return y, of the input's shape
     * @throws IllegalArgumentException if shapes or types do not fit, or groups do not divide the channels
     */
    public static Tensor groupNorm(Tensor x, long groups, Tensor weight, Tensor bias, double epsilon) {
        Check.real(NAME, "the input", x);
        checkParameterType(NAME, "the weight", x, weight);
        checkParameterType(NAME, "the bias", x, bias);
        if (x.rank() < 2) {
            throw new IllegalArgumentException(
                    NAME + ": input " + x.shape() + "; [N, C] or more dimensions are needed");
        }
        if (groups < 1 || x.size(1) % groups != 0) {
            throw new IllegalArgumentException(NAME + ": " + groups + " groups of the " + x.size(1)
                    + " channels of an input " + x.shape()
                    + "; at least one is needed, and that they divide the channels");
        }
        checkParameter(NAME, "the weight", x, weight, x.size(1));
        checkParameter(NAME, "the bias", x, bias, x.size(1));
        checkEpsilon(NAME, x, epsilon);
        var input = Convert.denseImages(x);
        return of(NAME, input, groups, weight, bias, epsilon).normalized(input, weight, bias);
    }

    /** For a dense input, parameters that are there or not, and all of them checked. */
    static GroupNorm of(String name, Tensor x, long groups, Tensor weight, Tensor bias, double epsilon) {
        return new GroupNorm(name, x, groups, weight != null, bias != null, epsilon);
    }

    Tensor normalized(Tensor x, Tensor weight, Tensor bias) {
        return apply(x, weight == null ? null : weight.contiguous(), bias == null ? null : bias.contiguous());
    }

    /** The mean over the examples of the means, or of the (biased) variances, of a group. */
    double meanOfExamples(boolean ofVariances, long group) {
        double sum = 0;
        for (long example = 0; example < n; example++) {
            sum += get(stats, (ofVariances ? rows : 0) + example * groups + group);
        }
        return sum / n;
    }

    @Override
    Tensor grouped(Tensor x) {
        return x.reshape(rows, cols);
    }

    @Override
    Tensor ungrouped(Tensor groupRows, Shape shape) {
        return groupRows.reshape(shape.toArray());
    }

    @Override
    Tensor spread(Tensor parameter) {
        return parameter.reshape(1, groups, each, 1).expand(n, groups, each, inner).reshape(rows, cols);
    }

    @Override
    Tensor gathered(Tensor groupRows, Shape shape) {
        return Reduce.sum(groupRows.reshape(n, channels, inner), new int[]{0, 2}, false);
    }

    private double scale(long row) {
        return 1 / Math.sqrt(get(stats, rows + row) + epsilon);
    }

    private long channel(long row, long plane) {
        return row % groups * each + plane;
    }

    private void putStatistics(long row, double mean, double variance) {
        put(stats, row, mean);
        put(stats, rows + row, Math.max(0, variance)); // which is NaN for NaN
    }

    /** In row-major order, float32 and with planes of some length, kernels do one group after the other. */
    private boolean byKernels(Tensor x) {
        return x.dtype() == DType.FLOAT32 && cols / planes >= SHORTEST;
    }

    // ---- Forward

    @Override
    void forward32(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        if (last) {
            forwardLast(x, weight, bias, y);
        } else {
            forwardRows(x, weight, bias, y);
        }
    }

    @Override
    void forward64(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        forwardRows(x, weight, bias, y);
    }

    private void forwardRows(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        boolean fast = byKernels(x);
        Cutoffs.inWholes(rows, cols, (from, count) -> {
            for (long row = from; row < from + count; row++) {
                if (fast) {
                    forwardRow(x, weight, bias, y, row);
                } else {
                    forwardLoop(x, weight, bias, y, row);
                }
            }
        });
    }

    private void forwardRow(Tensor x, Tensor weight, Tensor bias, Tensor y, long row) {
        var kernels = Kernels.best();
        var in = x.storage().base();
        long begin = Float.BYTES * row * cols;
        double mean = kernels.sum(in, x.position() + begin, cols) / cols;
        double off = (float) mean - mean;
        putStatistics(row, mean, kernels.squares(in, x.position() + begin, cols, mean) / cols - off * off);
        long plane = cols / planes;
        for (long p = 0; p < planes; p++) {
            double factor = scale(row) * get(weight, channel(row, p), 1);
            double shift = get(bias, channel(row, p), 0) - mean * factor;
            long at = begin + Float.BYTES * p * plane;
            kernels.scaleShift((float) factor, (float) shift, in, x.position() + at, y.storage().base(),
                    y.position() + at, plane);
        }
    }

    private void forwardLoop(Tensor x, Tensor weight, Tensor bias, Tensor y, long row) {
        double sum = 0;
        for (long i = 0; i < cols; i++) {
            sum += get(x, at(row, i));
        }
        double mean = sum / cols;
        double squares = 0;
        for (long i = 0; i < cols; i++) {
            double distance = get(x, at(row, i)) - mean;
            squares += distance * distance;
        }
        putStatistics(row, mean, squares / cols);
        double scale = 1 / Math.sqrt(squares / cols + epsilon);
        for (long i = 0; i < cols; i++) {
            long channel = channel(row, i / inner);
            put(y, at(row, i),
                    (get(x, at(row, i)) - mean) * scale * get(weight, channel, 1) + get(bias, channel, 0));
        }
    }

    /** Where the elements of a group are, channel by channel. */
    private long at(long row, long i) {
        return last ? (row / groups * inner + i % inner) * channels + channel(row, i / inner) : row * cols + i;
    }

    /** A pass over examples: several at once, or large ones one by one. */
    private void eachExample(Cutoffs.Pass pass) {
        if (channels * inner >= LARGE) {
            pass.run(0, n);
        } else {
            Cutoffs.inWholes(n, channels * inner, pass);
        }
    }

    private void forwardLast(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        var columns = new Columns(inner, channels);
        int count = (int) channels;
        eachExample((from, examples) -> {
            var lines = new double[2 * count];
            for (long example = from; example < from + examples; example++) {
                long at = Float.BYTES * example * inner * channels;
                measure(columns.statistics(x.storage().base(), x.position() + at), example);
                for (long row = example * groups; row < (example + 1) * groups; row++) {
                    double mean = get(stats, row);
                    double scale = scale(row);
                    for (int c = (int) channel(row, 0); c < channel(row, each); c++) {
                        lines[c] = scale * get(weight, c, 1);
                        lines[count + c] = get(bias, c, 0) - mean * lines[c];
                    }
                }
                columns.lines(x.storage().base(), x.position() + at, lines, y.storage().base(), y.position() + at);
            }
        });
    }

    /** The statistics of groups from those of their channels, all of which have as many values. */
    private void measure(double[] found, long example) {
        for (int group = 0; group < groups; group++) {
            int first = (int) (group * each);
            double mean = 0;
            for (int c = first; c < first + each; c++) {
                mean += found[c] / each;
            }
            double variance = 0;
            for (int c = first; c < first + each; c++) {
                double distance = found[c] - mean;
                variance += (found[(int) channels + c] + distance * distance) / each;
            }
            putStatistics(example * groups + group, mean, variance);
        }
    }

    // ---- Backward

    @Override
    void backward32(Tensor x, Tensor dy, Tensor weight, Tensor dx, Tensor dWeight, Tensor dBias) {
        backward(last, x, dy, weight, dx, dWeight, dBias);
    }

    @Override
    void backward64(Tensor x, Tensor dy, Tensor weight, Tensor dx, Tensor dWeight, Tensor dBias) {
        backward(false, x, dy, weight, dx, dWeight, dBias);
    }

    /** Parameters' gradients are first kept for each example, so that it does not matter who computes what. */
    private void backward(boolean byColumns, Tensor x, Tensor dy, Tensor weight, Tensor dx, Tensor dWeight,
            Tensor dBias) {
        var workspace = Workspace.take(Double.BYTES * 2 * n * channels);
        try {
            var backward = new Backward(x, dy, weight, dx, workspace);
            if (byColumns) {
                backward.byColumns();
            } else {
                backward.byRows();
            }
            for (long c = 0; c < channels; c++) {
                if (dBias != null) {
                    put(dBias, c, backward.total(0, c));
                }
                if (dWeight != null) {
                    put(dWeight, c, backward.total(1, c));
                }
            }
        } finally {
            workspace.giveBack();
        }
    }

    /**
     * With g = dy · weight and x̂ the normalized x: dx = (g - mean(g) - x̂ mean(g x̂)) / √(variance + ε), which is a line of dy and
     * of x for each channel.
     */
    private final class Backward {
        private final Tensor x;
        private final Tensor dy;
        private final Tensor weight;
        private final Tensor dx;
        private final Workspace kept;

        Backward(Tensor x, Tensor dy, Tensor weight, Tensor dx, Workspace kept) {
            this.x = x;
            this.dy = dy;
            this.weight = weight;
            this.dx = dx;
            this.kept = kept;
        }

        /** The sums over dy and over dy · x̂ of a channel of one example, where there are parameters. */
        private void keep(long row, long channel, double sum, double product) {
            long at = Double.BYTES * 2 * (row / groups * channels + channel);
            kept.segment().set(DOUBLE, at, sum);
            kept.segment().set(DOUBLE, at + Double.BYTES, product);
        }

        double total(int which, long channel) {
            double sum = 0;
            for (long example = 0; example < n; example++) {
                sum += kept.segment().get(DOUBLE, Double.BYTES * (2 * (example * channels + channel) + which));
            }
            return sum;
        }

        void byRows() {
            boolean fast = byKernels(x);
            Cutoffs.inWholes(rows, cols, (from, count) -> {
                for (long row = from; row < from + count; row++) {
                    if (fast) {
                        row(row);
                    } else {
                        loop(row);
                    }
                }
            });
        }

        private void row(long row) {
            var kernels = Kernels.best();
            var from = dy.storage().base();
            var in = x.storage().base();
            long plane = cols / planes;
            double mean = get(stats, row);
            double scale = scale(row);
            double sum = 0;
            double product = 0;
            for (long p = 0; p < planes; p++) {
                long at = Float.BYTES * (row * cols + p * plane);
                double here = kernels.sum(from, dy.position() + at, plane);
                double with = kernels.products(from, dy.position() + at, in, x.position() + at, plane, mean);
                double w = get(weight, channel(row, p), 1);
                sum += w * here;
                product += w * with * scale;
                if (planes == each) {
                    keep(row, channel(row, p), here, with * scale);
                }
            }
            double ofX = -scale * scale * product / cols;
            double rest = -scale * sum / cols - ofX * mean;
            for (long p = 0; p < planes; p++) {
                long at = Float.BYTES * (row * cols + p * plane);
                kernels.combine((float) (scale * get(weight, channel(row, p), 1)), from, dy.position() + at,
                        (float) ofX, in, x.position() + at, (float) rest, dx.storage().base(), dx.position() + at,
                        plane);
            }
        }

        private void loop(long row) {
            double mean = get(stats, row);
            double scale = scale(row);
            double sum = 0;
            double product = 0;
            for (long c = 0; c < each; c++) {
                double here = 0;
                double with = 0;
                for (long i = c * inner; i < (c + 1) * inner; i++) {
                    double g = get(dy, at(row, i));
                    here += g;
                    with += g * (get(x, at(row, i)) - mean) * scale;
                }
                double w = get(weight, channel(row, c), 1);
                sum += w * here;
                product += w * with;
                keep(row, channel(row, c), here, with);
            }
            for (long i = 0; i < cols; i++) {
                double g = get(dy, at(row, i)) * get(weight, channel(row, i / inner), 1);
                double normalized = (get(x, at(row, i)) - mean) * scale;
                put(dx, at(row, i), (g - sum / cols - normalized * product / cols) * scale);
            }
        }

        void byColumns() {
            var columns = new Columns(inner, channels);
            eachExample((from, examples) -> {
                var lines = new double[3 * (int) channels];
                for (long example = from; example < from + examples; example++) {
                    example(columns, example, lines);
                }
            });
        }

        private void example(Columns columns, long example, double[] lines) {
            long at = Float.BYTES * example * inner * channels;
            int count = (int) channels;
            var means = new double[count];
            for (int c = 0; c < count; c++) {
                means[c] = get(stats, example * groups + c / each);
            }
            var sums = columns.products(dy.storage().base(), dy.position() + at, x.storage().base(), x.position() + at,
                    means);
            for (long group = 0; group < groups; group++) {
                group(example * groups + group, sums, lines);
            }
            columns.combinations(dy.storage().base(), dy.position() + at, x.storage().base(), x.position() + at, lines,
                    dx.storage().base(), dx.position() + at);
        }

        private void group(long row, double[] sums, double[] lines) {
            int count = (int) channels;
            int first = (int) channel(row, 0);
            double scale = scale(row);
            double sum = 0;
            double product = 0;
            for (int c = first; c < first + each; c++) {
                keep(row, c, sums[c], sums[count + c] * scale);
                sum += get(weight, c, 1) * sums[c];
                product += get(weight, c, 1) * sums[count + c] * scale;
            }
            double ofX = -scale * scale * product / cols;
            double rest = -scale * sum / cols - ofX * get(stats, row);
            for (int c = first; c < first + each; c++) {
                lines[c] = scale * get(weight, c, 1);
                lines[count + c] = ofX;
                lines[2 * count + c] = rest;
            }
        }
    }
}
