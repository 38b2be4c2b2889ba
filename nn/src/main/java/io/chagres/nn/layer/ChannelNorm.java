package io.chagres.nn.layer;

import io.chagres.nn.Init;
import io.chagres.nn.Module;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/**
 * What {@link BatchNorm} and {@link InstanceNorm} share: parameters and running statistics of each channel, under PyTorch's
 * names.
 */
abstract sealed class ChannelNorm extends Module permits BatchNorm, InstanceNorm {
    /** [C]; begins as ones. Null if there is none. */
    public final Tensor weight;
    /** [C]; begins as zeros. Null if there is none. */
    public final Tensor bias;
    /** [C]; begins as zeros. A buffer. Null if running statistics are not kept; then those of the input are always taken. */
    public final Tensor runningMean;
    /** [C]; begins as ones. A buffer, or null as {@link #runningMean}. */
    public final Tensor runningVar;
    /**
     * [], int64: how many batches the running statistics of batch norm have seen; others leave it 0, as in PyTorch. A buffer,
     * or null as {@link #runningMean}.
     */
    public final Tensor numBatchesTracked;
    final long features;
    final double eps;
    /** Null for a cumulative mean. */
    final Double momentum;

    ChannelNorm(long features, double eps, Double momentum, boolean affine, boolean trackRunningStats) {
        if (features < 1 || !(eps > 0) || momentum != null && !(momentum >= 0 && momentum <= 1)) {
            throw refused(features + " features, eps " + eps + ", momentum " + momentum
                    + "; at least one feature, a positive eps and a momentum from 0 to 1 are needed");
        }
        this.features = features;
        this.eps = eps;
        this.momentum = momentum;
        this.weight = affine ? parameter("weight", Init.constant(1), features) : null;
        this.bias = affine ? parameter("bias", Init.constant(0), features) : null;
        this.runningMean = trackRunningStats ? buffer("running_mean", DType.FLOAT32, 0, features) : null;
        this.runningVar = trackRunningStats ? buffer("running_var", DType.FLOAT32, 1, features) : null;
        this.numBatchesTracked = trackRunningStats ? buffer("num_batches_tracked", DType.INT64, 0) : null;
    }

    final IllegalArgumentException refused(String facts) {
        return new IllegalArgumentException(getClass().getSimpleName() + ": " + facts);
    }

    /** Fails unless a dimension of the input has one size for each feature. */
    final void requireFeatures(Tensor x, int dim) {
        if (x.size(dim) != features) {
            throw refused("input " + x.shape() + " has " + x.size(dim) + " channels, expected " + features);
        }
    }

    @Override
    protected final String describe() {
        return features + ", eps=" + eps + ", momentum=" + momentum + ", affine=" + (weight != null)
                + ", track_running_stats=" + (runningMean != null);
    }
}
