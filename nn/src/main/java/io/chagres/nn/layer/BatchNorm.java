package io.chagres.nn.layer;

import io.chagres.runtime.tensor.Tensor;

/**
 * What {@link BatchNorm1d}, {@link BatchNorm2d} and {@link BatchNorm3d} share: y = (x - mean) / √(variance + eps) · weight + bias,
 * channel by channel. While the module is trained, mean and variance are those of the batch, and the running ones follow them;
 * else they are the running ones.
 */
abstract sealed class BatchNorm extends ChannelNorm permits BatchNorm1d, BatchNorm2d, BatchNorm3d {
    BatchNorm(long features, double eps, Double momentum, boolean affine, boolean trackRunningStats) {
        super(features, eps, momentum, affine, trackRunningStats);
    }

    /** Fails unless the input has one of two numbers of dimensions. */
    final Tensor normalize(Tensor x, int least, int most, String shapes) {
        if (x.rank() < least || x.rank() > most) {
            throw refused("input " + x.shape() + "; " + shapes + " is needed");
        }
        requireFeatures(x, 1);
        boolean counts = isTraining() && numBatchesTracked != null;
        double factor = momentum != null ? momentum : counts ? 1 / (numBatchesTracked.item() + 1) : 0;
        var y = x.batchNorm(runningMean, runningVar, weight, bias, isTraining() || runningMean == null, factor, eps);
        if (counts) {
            numBatchesTracked.fill(numBatchesTracked.item() + 1);
        }
        return y;
    }
}
