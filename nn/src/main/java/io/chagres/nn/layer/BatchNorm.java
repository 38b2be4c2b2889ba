package io.chagres.nn.layer;

import io.chagres.runtime.tensor.Tensor;

/**
 * What {@link BatchNorm1d}, {@link BatchNorm2d} and {@link BatchNorm3d} share: y = (x - mean) / √(variance + eps) · weight + bias,
 * channel by channel. While the module is trained, mean and variance are those of the batch, and the running ones follow them;
 * else they are the running ones.
 */
abstract sealed class BatchNorm extends ChannelNorm permits BatchNorm1d, BatchNorm2d, BatchNorm3d {
    private final int least;
    private final int most;
    private final String shapes;

    /** Inputs have from {@code least} to {@code most} dimensions. */
    BatchNorm(long features, double eps, Double momentum, boolean affine, boolean trackRunningStats, int least,
            int most, String shapes) {
        super(features, eps, momentum, affine, trackRunningStats);
        this.least = least;
        this.most = most;
        this.shapes = shapes;
    }

    @Override
    public final Tensor forward(Tensor x) {
        return normalize(x, false, null);
    }

    /** {@link #forward}, or with relu behind it, before which a shortcut may be added; null for none. */
    final Tensor normalize(Tensor x, boolean relu, Tensor shortcut) {
        if (x.rank() < least || x.rank() > most) {
            throw refused("input " + x.shape() + "; " + shapes + " is needed");
        }
        requireFeatures(x, 1);
        boolean counts = isTraining() && numBatchesTracked != null;
        double factor = momentum != null ? momentum : counts ? 1 / (numBatchesTracked.item() + 1) : 0;
        boolean ofBatch = isTraining() || runningMean == null;
        var y = relu
                ? x.batchNormRelu(runningMean, runningVar, weight, bias, shortcut, ofBatch, factor, eps)
                : x.batchNorm(runningMean, runningVar, weight, bias, ofBatch, factor, eps);
        if (counts) {
            numBatchesTracked.fill(numBatchesTracked.item() + 1);
        }
        return y;
    }
}
