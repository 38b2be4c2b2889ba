package io.chagres.nn.layer;

import io.chagres.nn.Init;
import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/**
 * Group normalization as {@code torch.nn.GroupNorm}: y = (x - mean) / √(variance + eps) · weight + bias, where mean and variance are
 * those of a group of channels of one example. x [N, C] or [N, C, ...], y likewise.
 */
public final class GroupNorm extends Module {
    /** [C]; begins as ones. Null if there is none. */
    public final Tensor weight;
    /** [C]; begins as zeros. Null if there is none. */
    public final Tensor bias;
    private final long groups;
    private final long channels;
    private final double eps;

    /** A layer with weight, bias and eps = 1e-5. */
    public GroupNorm(long groups, long channels) {
        this(groups, channels, 1e-5, true);
    }

    /**
     * A layer with both weight and bias, or with neither.
     *
     * @param groups at least one; they divide the channels
     * @param eps added to the variance; positive
     */
    public GroupNorm(long groups, long channels, double eps, boolean affine) {
        if (groups < 1 || channels < 1 || channels % groups != 0 || !(eps > 0)) {
            throw new IllegalArgumentException("GroupNorm: " + groups + " groups, " + channels + " channels, eps " + eps
                    + "; at least one of both, groups that divide the channels and a positive eps are needed");
        }
        this.groups = groups;
        this.channels = channels;
        this.eps = eps;
        this.weight = affine ? parameter("weight", Init.constant(1), channels) : null;
        this.bias = affine ? parameter("bias", Init.constant(0), channels) : null;
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.rank() < 2) {
            throw new IllegalArgumentException(
                    "GroupNorm: input " + x.shape() + "; [N, C] or more dimensions are needed");
        }
        if (x.size(1) != channels) {
            throw new IllegalArgumentException(
                    "GroupNorm: input " + x.shape() + " has " + x.size(1) + " channels, expected " + channels);
        }
        return x.groupNorm(groups, weight, bias, eps);
    }

    @Override
    protected String describe() {
        return groups + ", " + channels + ", eps=" + eps + ", affine=" + (weight != null);
    }
}
