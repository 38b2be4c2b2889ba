package io.chagres.nn.layer;

import io.chagres.nn.Init;
import io.chagres.nn.Module;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/**
 * What {@link BatchNorm1d} and {@link BatchNorm2d} share: y = (x - mean) / √(variance + eps) · weight + bias, channel by channel.
 * While the module is trained, mean and variance are those of the batch, and the running ones follow them; else they are the
 * running ones.
 */
abstract sealed class BatchNorm extends Module permits BatchNorm1d, BatchNorm2d {
    /** [C]; begins as ones. Null if there is none. */
    public final Tensor weight;
    /** [C]; begins as zeros. Null if there is none. */
    public final Tensor bias;
    /** [C]; begins as zeros. A buffer. Null if running statistics are not kept; then those of the batch are always taken. */
    public final Tensor runningMean;
    /** [C]; begins as ones. A buffer, or null as {@link #runningMean}. */
    public final Tensor runningVar;
    /** [], int64: how many batches the running statistics have seen. A buffer, or null as {@link #runningMean}. */
    public final Tensor numBatchesTracked;
    private final long features;
    private final double eps;
    private final double momentum;

    BatchNorm(long features, double eps, double momentum, boolean affine, boolean trackRunningStats) {
        if (features < 1 || !(eps > 0) || !(momentum >= 0 && momentum <= 1)) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": " + features + " features, eps " + eps
                    + ", momentum " + momentum
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

    /** Fails unless the input has one of two numbers of dimensions. */
    final Tensor normalize(Tensor x, int least, int most, String shapes) {
        if (x.rank() < least || x.rank() > most) {
            throw new IllegalArgumentException(
                    getClass().getSimpleName() + ": input " + x.shape() + "; " + shapes + " is needed");
        }
        var y = x.batchNorm(runningMean, runningVar, weight, bias, isTraining() || runningMean == null, momentum, eps);
        if (isTraining() && numBatchesTracked != null) {
            numBatchesTracked.fill(numBatchesTracked.item() + 1);
        }
        return y;
    }

    @Override
    protected final String describe() {
        return features + ", eps=" + eps + ", momentum=" + momentum + ", affine=" + (weight != null)
                + ", track_running_stats=" + (runningMean != null);
    }
}
