package io.chagres.runtime.op;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Workspace;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Root mean square normalization (Zhang and Sennrich, 2019), as {@code torch.nn.functional.rms_norm}: the last dimensions of each
 * element of the others are brought to a mean square of 1.
 */
public final class RmsNorm extends Normalization {
    private static final String NAME = "rmsNorm";
    /** Shorter rows are done by plain loops. */
    private static final long SHORTEST = 16;
    /** Elements and rows whose gradients of the weight are added up in single precision. */
    private static final long BLOCK = 1 << 16;
    private static final long LEAST_ROWS = 16;
    private static final long MOST_ROWS = 1024;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final long rows;
    private final long cols;

    private RmsNorm(double epsilon, DType dtype, long rows, long cols, boolean weighted) {
        super(NAME, epsilon, Tensor.empty(dtype, Shape.of(rows), NAME), weighted, false);
        this.rows = rows;
        this.cols = cols;
    }

    /**
     * {@link #rmsNorm(Tensor, long[], Tensor, double)} with the type's distance from 1 to the next number: 2^-23 for float32, 2^-52
     * for float64, as in PyTorch if no epsilon is given.
     */
    public static Tensor rmsNorm(Tensor x, long[] normalizedShape, Tensor weight) {
        double epsilon = Check.real(NAME, "the input", x).dtype() == DType.FLOAT32 ? 0x1p-23 : 0x1p-52;
        return rmsNorm(x, normalizedShape, weight, epsilon);
    }

    /**
     * y = x / √(mean(x²) + epsilon) · weight, the mean taken over the last dimensions.
     *
     * @param x [..., normalizedShape] float32 or float64
     * @param normalizedShape the sizes of the last dimensions, at least one
     * @param weight of the normalized shape, or null for none
     * @param epsilon positive
     * @return y, of the input's shape
     * @throws IllegalArgumentException if shapes or types do not fit, or epsilon is not a positive number
     */
    public static Tensor rmsNorm(Tensor x, long[] normalizedShape, Tensor weight, double epsilon) {
        Check.real(NAME, "the input", x);
        checkParameterType(NAME, "the weight", x, weight);
        long cols = checkLast(NAME, x, normalizedShape).numel();
        checkParameter(NAME, "the weight", x, weight, normalizedShape);
        checkEpsilon(NAME, x, epsilon);
        long rows = x.numel() == 0 ? 0 : x.numel() / cols;
        return new RmsNorm(epsilon, x.dtype(), rows, cols, weight != null).apply(x.contiguous(),
                weight == null ? null : weight.contiguous(), null);
    }

    @Override
    boolean isCentred() {
        return false;
    }

    @Override
    Tensor grouped(Tensor x) {
        return x.reshape(rows, cols);
    }

    @Override
    Tensor ungrouped(Tensor groups, Shape shape) {
        return groups.reshape(shape.toArray());
    }

    @Override
    Tensor spread(Tensor parameter) {
        return parameter.reshape(1, cols);
    }

    @Override
    Tensor gathered(Tensor groups, Shape shape) {
        return Reduce.sum(groups, 0, false).reshape(shape.toArray());
    }

    /** Keeps the scale of a row for backward, and returns it. */
    private double measured(long row, double squares) {
        double scale = 1 / Math.sqrt(squares / cols + epsilon);
        put(stats, row, scale);
        return scale;
    }

    // ---- Float32

    @Override
    void forward32(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        if (cols < SHORTEST) {
            forward64(x, weight, bias, y);
            return;
        }
        Cutoffs.inWholes(rows, cols, (from, count) -> {
            var kernels = Kernels.best();
            var to = y.storage().base();
            for (long row = from; row < from + count; row++) {
                long at = Float.BYTES * row * cols;
                double squares = kernels.squares(x.storage().base(), x.position() + at, cols, 0);
                kernels.scale((float) measured(row, squares), x.storage().base(), x.position() + at, to,
                        y.position() + at, cols);
                if (weight != null) {
                    kernels.binary(Kernels.Binary.MUL, to, y.position() + at, 1, weight.storage().base(),
                            weight.position(), 1, to, y.position() + at, cols);
                }
            }
        });
    }

    /** Rows are added up in blocks that depend on the sizes alone. */
    @Override
    void backward32(Tensor x, Tensor dy, Tensor weight, Tensor dx, Tensor dWeight, Tensor dBias) {
        if (cols < SHORTEST) {
            backward64(x, dy, weight, dx, dWeight, dBias);
            return;
        }
        long inBlock = Math.clamp(BLOCK / cols, LEAST_ROWS, MOST_ROWS);
        long blocks = Math.ceilDiv(rows, inBlock);
        // for each block the weight's gradient, and room for one row
        var workspace = Workspace.take(weight == null ? Float.BYTES : 2 * Float.BYTES * blocks * cols);
        try {
            var room = workspace.segment();
            Cutoffs.inWholes(blocks, inBlock * cols, (from, count) -> {
                for (long block = from; block < from + count; block++) {
                    long end = Math.min(rows, (block + 1) * inBlock);
                    long at = 2 * Float.BYTES * block * cols;
                    if (weight != null) {
                        Kernels.best().fill(0, room, at, cols);
                    }
                    for (long row = block * inBlock; row < end; row++) {
                        backwardRow(x, dy, weight, dx, room, at, row);
                    }
                }
            });
            for (long i = 0; i < cols && weight != null; i++) {
                double sum = 0;
                for (long block = 0; block < blocks; block++) {
                    sum += room.get(FLOAT, Float.BYTES * (2 * block * cols + i));
                }
                put(dWeight, i, sum);
            }
        } finally {
            workspace.giveBack();
        }
    }

    private void backwardRow(Tensor x, Tensor dy, Tensor weight, Tensor dx, MemorySegment room, long sums, long row) {
        var kernels = Kernels.best();
        long at = Float.BYTES * row * cols;
        var in = x.storage().base();
        long xo = x.position() + at;
        var g = dy.storage().base();
        long go = dy.position() + at;
        var to = dx.storage().base();
        long dxo = dx.position() + at;
        double scale = get(stats, row);
        double product;
        if (weight == null) {
            product = kernels.products(g, go, in, xo, cols, 0);
        } else {
            var w = weight.storage().base();
            long products = sums + Float.BYTES * cols;
            kernels.binary(Kernels.Binary.MUL, g, go, 1, in, xo, 1, room, products, cols);
            product = kernels.products(room, products, w, weight.position(), cols, 0);
            kernels.axpy((float) scale, room, products, room, sums, cols);
            kernels.binary(Kernels.Binary.MUL, g, go, 1, w, weight.position(), 1, to, dxo, cols);
            g = to;
            go = dxo;
        }
        kernels.combine((float) scale, g, go, (float) (-scale * scale * scale * product / cols), in, xo, 0, to, dxo,
                cols);
    }

    // ---- Float64

    @Override
    void forward64(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        for (long row = 0; row < rows; row++) {
            double squares = 0;
            for (long i = row * cols; i < (row + 1) * cols; i++) {
                squares += get(x, i) * get(x, i);
            }
            double scale = measured(row, squares);
            for (long i = 0; i < cols; i++) {
                put(y, row * cols + i, get(x, row * cols + i) * scale * get(weight, i, 1));
            }
        }
    }

    @Override
    void backward64(Tensor x, Tensor dy, Tensor weight, Tensor dx, Tensor dWeight, Tensor dBias) {
        for (long i = 0; i < cols && weight != null; i++) {
            double sum = 0;
            for (long row = 0; row < rows; row++) {
                sum += get(dy, row * cols + i) * get(x, row * cols + i) * get(stats, row);
            }
            put(dWeight, i, sum);
        }
        // with g = dy · weight and x̂ the normalized x: dx = (g - x̂ mean(g x̂)) / √(mean(x²) + ε)
        for (long row = 0; row < rows; row++) {
            double scale = get(stats, row);
            double product = 0;
            for (long i = 0; i < cols; i++) {
                product += get(dy, row * cols + i) * get(weight, i, 1) * get(x, row * cols + i) * scale;
            }
            for (long i = 0; i < cols; i++) {
                double normalized = get(x, row * cols + i) * scale;
                put(dx, row * cols + i,
                        (get(dy, row * cols + i) * get(weight, i, 1) - normalized * product / cols) * scale);
            }
        }
    }
}
