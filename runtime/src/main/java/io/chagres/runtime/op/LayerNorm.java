package io.chagres.runtime.op;

import io.chagres.runtime.plan.NormalizationPlan;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * Layer normalization (Ba et al., 2016), as {@code torch.nn.functional.layer_norm}: the last dimensions of each element of
 * the others are brought to mean 0 and variance 1.
 */
public final class LayerNorm extends Normalization {
    private static final String NAME = "layerNorm";

    private final long rows;
    private final long cols;

    private LayerNorm(double epsilon, Tensor stats, long rows, long cols, boolean weighted, boolean biased) {
        super(NAME, epsilon, stats, weighted, biased);
        this.rows = rows;
        this.cols = cols;
    }

    /**
     * y = (x - mean) / √(variance + epsilon) · weight + bias, mean and (biased) variance taken over the last dimensions.
     *
     * @param x [..., normalizedShape] float32 or float64
     * @param normalizedShape the sizes of the last dimensions, at least one
     * @param weight of the normalized shape, or null for none
     * @param bias of the normalized shape, or null for none
     * @param epsilon positive; 1e-5 in PyTorch
     * @return y, of the input's shape
     * @throws IllegalArgumentException if shapes or types do not fit, or epsilon is not a positive number
     */
    public static Tensor layerNorm(Tensor x, long[] normalizedShape, Tensor weight, Tensor bias, double epsilon) {
        Check.real(NAME, "the input", x);
        long cols = checkLast(NAME, x, normalizedShape).numel();
        checkParameter(NAME, "the weight", x, weight, normalizedShape);
        checkParameter(NAME, "the bias", x, bias, normalizedShape);
        checkEpsilon(NAME, x, epsilon);
        long rows = x.numel() == 0 ? 0 : x.numel() / cols;
        var stats = Tensor.empty(x.dtype(), Shape.of(2, rows), NAME);
        return new LayerNorm(epsilon, stats, rows, cols, weight != null, bias != null).apply(x.contiguous(),
                weight == null ? null : weight.contiguous(), bias == null ? null : bias.contiguous());
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
        return parameter.reshape(1, -1);
    }

    @Override
    Tensor gathered(Tensor groups, Shape shape) {
        return Reduce.sum(groups, 0, false).reshape(shape.toArray());
    }

    @Override
    NormalizationPlan plan(Tensor x) {
        return new NormalizationPlan(NormalizationPlan.Over.ROWS, epsilon, rows, cols);
    }

    @Override
    void forward64(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        for (long row = 0; row < rows; row++) {
            long at = row * cols;
            double sum = 0;
            for (long i = 0; i < cols; i++) {
                sum += get(x, at + i);
            }
            double mean = sum / cols;
            double squares = 0;
            for (long i = 0; i < cols; i++) {
                double distance = get(x, at + i) - mean;
                squares += distance * distance;
            }
            put(stats, row, mean);
            put(stats, rows + row, squares / cols);
            double scale = 1 / Math.sqrt(squares / cols + epsilon);
            for (long i = 0; i < cols; i++) {
                put(y, at + i, (get(x, at + i) - mean) * scale * get(weight, i, 1) + get(bias, i, 0));
            }
        }
    }

    @Override
    void backward64(Tensor x, Tensor dy, Tensor weight, Tensor dx, Tensor dWeight, Tensor dBias) {
        for (long i = 0; i < cols; i++) {
            double weightSum = 0;
            double biasSum = 0;
            for (long row = 0; row < rows; row++) {
                weightSum += get(dy, row * cols + i) * normalized(x, row, i);
                biasSum += get(dy, row * cols + i);
            }
            if (dWeight != null) {
                put(dWeight, i, weightSum);
            }
            if (dBias != null) {
                put(dBias, i, biasSum);
            }
        }
        // with g = dy · weight and x̂ the normalized x: dx = (g - mean(g) - x̂ mean(g x̂)) / √(variance + ε)
        for (long row = 0; row < rows; row++) {
            long at = row * cols;
            double sum = 0;
            double product = 0;
            for (long i = 0; i < cols; i++) {
                double g = get(dy, at + i) * get(weight, i, 1);
                sum += g;
                product += g * normalized(x, row, i);
            }
            for (long i = 0; i < cols; i++) {
                double g = get(dy, at + i) * get(weight, i, 1);
                put(dx, at + i, (g - sum / cols - normalized(x, row, i) * product / cols) * scale(row));
            }
        }
    }

    private double scale(long row) {
        return 1 / Math.sqrt(get(stats, rows + row) + epsilon);
    }

    private double normalized(Tensor x, long row, long i) {
        return (get(x, row * cols + i) - get(stats, row)) * scale(row);
    }
}
