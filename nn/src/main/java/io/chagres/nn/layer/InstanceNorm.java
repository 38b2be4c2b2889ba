package io.chagres.nn.layer;

import io.chagres.runtime.tensor.Tensor;

/**
 * What {@link InstanceNorm1d}, {@link InstanceNorm2d} and {@link InstanceNorm3d} share: y = (x - mean) / √(variance + eps) · weight
 * + bias, each channel of each example by itself. If running statistics are kept, they follow the means of the examples' while
 * the module is trained, and are taken else. Without weight, bias and running statistics the number of features says nothing,
 * and any number of channels is taken, as in PyTorch.
 */
abstract sealed class InstanceNorm extends ChannelNorm permits InstanceNorm1d, InstanceNorm2d, InstanceNorm3d {
    InstanceNorm(long features, double eps, Double momentum, boolean affine, boolean trackRunningStats) {
        super(features, eps, momentum, affine, trackRunningStats);
    }

    /** Fails unless the input has so many dimensions, or one less without that of the batch. */
    final Tensor normalize(Tensor x, int rank, String shapes) {
        if (x.rank() != rank && x.rank() != rank - 1) {
            throw refused("input " + x.shape() + "; " + shapes + " is needed");
        }
        boolean alone = x.rank() < rank;
        if (weight != null || runningMean != null) {
            requireFeatures(x, alone ? 0 : 1);
        }
        boolean measures = isTraining() || runningMean == null;
        if (measures && x.numel() > 0 && x.numel() == (alone ? x.size(0) : x.size(0) * x.size(1))) {
            throw refused(
                    "input " + x.shape() + " has one value a channel, expected more: with one, its variance is 0");
        }
        var y = (alone ? x.unsqueeze(0) : x).instanceNorm(runningMean, runningVar, weight, bias, measures,
                momentum == null ? 0 : momentum, eps);
        return alone ? y.squeeze(0) : y;
    }
}
