package io.chagres.nn.layer;

import io.chagres.nn.Init;
import io.chagres.nn.Module;
import io.chagres.runtime.op.RmsNorm;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/**
 * y = x / √(mean(x²) + eps) · weight over the last dimensions, as {@code torch.nn.RMSNorm}. x [..., shape]; the weight has the
 * normalized shape and begins as ones; all float32. See {@link RmsNorm}.
 */
public final class RMSNorm extends Module {
    /** Null if there is none. */
    public final Tensor weight;
    private final long[] normalizedShape;
    private final Double eps;

    /** A layer with a weight and the type's epsilon, 2^-23. */
    public RMSNorm(long... normalizedShape) {
        this(normalizedShape, null, true);
    }

    /**
     * A layer with or without weight.
     *
     * @param normalizedShape the sizes of the last dimensions of inputs, at least one
     * @param eps positive; null for that of the input's type
     */
    public RMSNorm(long[] normalizedShape, Double eps, boolean elementwiseAffine) {
        LayerNorm.checkSizes("RMSNorm", normalizedShape, eps == null ? 1 : eps);
        this.normalizedShape = normalizedShape.clone();
        this.eps = eps;
        this.weight = elementwiseAffine ? parameter("weight", Init.constant(1), normalizedShape) : null;
    }

    @Override
    public Tensor forward(Tensor x) {
        LayerNorm.checkInput("RMSNorm", x, normalizedShape);
        return eps == null ? x.rmsNorm(normalizedShape, weight) : x.rmsNorm(normalizedShape, weight, eps);
    }

    @Override
    protected String describe() {
        return "shape=" + Arrays.toString(normalizedShape) + ", eps=" + eps + ", affine=" + (weight != null);
    }
}
