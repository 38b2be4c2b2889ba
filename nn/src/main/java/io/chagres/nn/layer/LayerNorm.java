package io.chagres.nn.layer;

import io.chagres.nn.Init;
import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/**
 * y = (x - mean) / √(variance + eps) · weight + bias over the last dimensions, as {@code torch.nn.LayerNorm}. x [..., shape];
 * weight and bias have the normalized shape and begin as ones and zeros; all float32.
 */
public final class LayerNorm extends Module {
    /** Null if there is none. */
    public final Tensor weight;
    /** Null if there is none. */
    public final Tensor bias;
    private final long[] normalizedShape;
    private final double eps;

    /** A layer with weight, bias and eps = 1e-5. */
    public LayerNorm(long... normalizedShape) {
        this(normalizedShape, 1e-5, true);
    }

    /**
     * A layer with both weight and bias, or with neither.
     *
     * @param normalizedShape the sizes of the last dimensions of inputs, at least one
     * @param eps positive
     */
    public LayerNorm(long[] normalizedShape, double eps, boolean elementwiseAffine) {
        if (normalizedShape.length == 0 || Arrays.stream(normalizedShape).anyMatch(size -> size < 1) || !(eps > 0)) {
            throw new IllegalArgumentException("LayerNorm: shape " + Arrays.toString(normalizedShape) + ", eps " + eps
                    + "; at least one size, and sizes and eps positive are needed");
        }
        this.normalizedShape = normalizedShape.clone();
        this.eps = eps;
        this.weight = elementwiseAffine ? parameter("weight", Init.constant(1), normalizedShape) : null;
        this.bias = elementwiseAffine ? parameter("bias", Init.constant(0), normalizedShape) : null;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.layerNorm(normalizedShape, weight, bias, eps);
    }

    @Override
    protected String describe() {
        return "shape=" + Arrays.toString(normalizedShape) + ", eps=" + eps + ", affine=" + (weight != null);
    }
}
