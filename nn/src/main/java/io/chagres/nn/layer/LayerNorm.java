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

    /** A layer with both weight and bias, or with neither. */
    public LayerNorm(long[] normalizedShape, double eps, boolean elementwiseAffine) {
        this(normalizedShape, eps, elementwiseAffine, true);
    }

    /**
     * A layer of any form.
     *
     * @param normalizedShape the sizes of the last dimensions of inputs, at least one
     * @param eps positive
     * @param elementwiseAffine whether there is a weight
     * @param bias whether there is a bias, if there is a weight
     */
    public LayerNorm(long[] normalizedShape, double eps, boolean elementwiseAffine, boolean bias) {
        checkSizes("LayerNorm", normalizedShape, eps);
        this.normalizedShape = normalizedShape.clone();
        this.eps = eps;
        this.weight = elementwiseAffine ? parameter("weight", Init.constant(1), normalizedShape) : null;
        this.bias = elementwiseAffine && bias ? parameter("bias", Init.constant(0), normalizedShape) : null;
    }

    static void checkSizes(String layer, long[] normalizedShape, double eps) {
        if (normalizedShape.length == 0 || Arrays.stream(normalizedShape).anyMatch(size -> size < 1) || !(eps > 0)) {
            throw new IllegalArgumentException(layer + ": shape " + Arrays.toString(normalizedShape) + ", eps " + eps
                    + "; at least one size, and sizes and eps positive are needed");
        }
    }

    /** Fails unless the last sizes of an input are those that are normalized. */
    static void checkInput(String layer, Tensor x, long[] normalizedShape) {
        boolean fits = x.rank() >= normalizedShape.length;
        for (int d = 1; d <= normalizedShape.length && fits; d++) {
            fits = x.size(-d) == normalizedShape[normalizedShape.length - d];
        }
        if (!fits) {
            throw new IllegalArgumentException(layer + ": input " + x.shape() + ", expected sizes that end in "
                    + Arrays.toString(normalizedShape));
        }
    }

    @Override
    public Tensor forward(Tensor x) {
        checkInput("LayerNorm", x, normalizedShape);
        return x.layerNorm(normalizedShape, weight, bias, eps);
    }

    @Override
    protected String describe() {
        return "shape=" + Arrays.toString(normalizedShape) + ", eps=" + eps + ", affine=" + (weight != null)
                + (weight != null && bias == null ? ", bias=false" : "");
    }
}
