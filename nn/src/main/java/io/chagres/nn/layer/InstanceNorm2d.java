package io.chagres.nn.layer;

import io.chagres.runtime.tensor.Tensor;

/**
 * Instance normalization as {@code torch.nn.InstanceNorm2d}: y = (x - mean) / √(variance + eps) · weight + bias, each channel of
 * each example by itself. x [N, C, H, W] or [C, H, W], C features; y likewise.
 */
public final class InstanceNorm2d extends InstanceNorm {
    /** A layer without weight, bias and running statistics, with eps = 1e-5. */
    public InstanceNorm2d(long features) {
        this(features, 1e-5, 0.1, false, false);
    }

    /**
     * A layer of any form.
     *
     * @param eps added to the variance; positive
     * @param momentum how much a batch counts in the running statistics, from 0 to 1; null for nothing
     * @param affine whether there are weight and bias
     * @param trackRunningStats whether running statistics are kept and, outside training, taken
     */
    public InstanceNorm2d(long features, double eps, Double momentum, boolean affine, boolean trackRunningStats) {
        super(features, eps, momentum, affine, trackRunningStats);
    }

    @Override
    public Tensor forward(Tensor x) {
        return normalize(x, 4, "[N, C, H, W] or [C, H, W]");
    }
}
