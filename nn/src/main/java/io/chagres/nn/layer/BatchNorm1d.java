package io.chagres.nn.layer;

/**
 * Batch normalization as {@code torch.nn.BatchNorm1d}: y = (x - mean) / √(variance + eps) · weight + bias, channel by channel.
 * x [N, C] or [N, C, L], C features; y likewise. In training the statistics are those of the batch, else the running ones.
 */
public final class BatchNorm1d extends BatchNorm {
    /** A layer with weight, bias and running statistics, eps = 1e-5 and momentum = 0.1. */
    public BatchNorm1d(long features) {
        this(features, 1e-5, 0.1, true, true);
    }

    /**
     * A layer of any form.
     *
     * @param eps added to the variance; positive
     * @param momentum how much a batch counts in the running statistics, from 0 to 1; null for as much as each before it
     * @param affine whether there are weight and bias
     * @param trackRunningStats whether running statistics are kept; without, those of the batch are always taken
     */
    public BatchNorm1d(long features, double eps, Double momentum, boolean affine, boolean trackRunningStats) {
        super(features, eps, momentum, affine, trackRunningStats, 2, 3, "[N, C] or [N, C, L]");
    }
}
