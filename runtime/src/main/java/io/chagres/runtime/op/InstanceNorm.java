package io.chagres.runtime.op;

import io.chagres.runtime.tensor.Tensor;

/**
 * Instance normalization (Ulyanov et al., 2016), as {@code torch.nn.functional.instance_norm}: each channel of each example is
 * brought to mean 0 and variance 1.
 */
public final class InstanceNorm {
    private static final String NAME = "instanceNorm";

    private InstanceNorm() {
    }

    /**
     * y = (x - mean) / √(variance + epsilon) · weight + bias, each channel of each example by itself. With the statistics of the
     * input, the running ones, if there are any, become (1 - momentum) · running + momentum · batch, where {@code batch} is the mean
     * over all examples of their means and of their unbiased variances; this change is not recorded, and an input without elements
     * changes nothing. Otherwise the running ones are taken. Where the input has its channels innermost in memory, the result and
     * gradients have too.
     *
     * @param x [N, C, L], [N, C, H, W] or with further dimensions; float32 or float64
     * @param runningMean [C]; may be null if the input's statistics are used, as may {@code runningVar}, but only both
     * @param runningVar [C]
     * @param weight [C], or null for none
     * @param bias [C], or null for none
     * @param useInputStats whether mean and variance are the input's
     * @param momentum how much a batch counts, from 0 to 1; 0.1 in PyTorch
     * @param epsilon positive; 1e-5 in PyTorch
     * @return y, of the input's shape
     * @throws IllegalArgumentException if shapes or types do not fit, or if a channel of an example whose statistics are used has
     *         but one value
     */
    public static Tensor instanceNorm(Tensor x, Tensor runningMean, Tensor runningVar, Tensor weight, Tensor bias,
            boolean useInputStats, double momentum, double epsilon) {
        Check.real(NAME, "the input", x);
        Normalization.checkParameterType(NAME, "the running mean", x, runningMean);
        Normalization.checkParameterType(NAME, "the running variance", x, runningVar);
        Normalization.checkParameterType(NAME, "the weight", x, weight);
        Normalization.checkParameterType(NAME, "the bias", x, bias);
        if (x.rank() < 2) {
            throw new IllegalArgumentException(
                    NAME + ": input " + x.shape() + "; [N, C, L] or more dimensions are needed");
        }
        long channels = x.size(1);
        Normalization.checkParameter(NAME, "the running mean", x, runningMean, channels);
        Normalization.checkParameter(NAME, "the running variance", x, runningVar, channels);
        Normalization.checkParameter(NAME, "the weight", x, weight, channels);
        Normalization.checkParameter(NAME, "the bias", x, bias, channels);
        Normalization.checkEpsilon(NAME, x, epsilon);
        if ((runningMean == null) != (runningVar == null) || runningMean == null && !useInputStats) {
            throw new IllegalArgumentException(NAME + ": input " + x.shape()
                    + ": running mean and variance are needed both, or with the input's statistics neither");
        }
        if (!useInputStats) {
            return BatchNorm.batchNorm(x, runningMean, runningVar, weight, bias, false, 0, epsilon);
        }
        checkUse(x, runningMean, runningVar, momentum);
        var input = Convert.denseImages(x);
        var norm = GroupNorm.of(NAME, input, Math.max(1, channels), weight, bias, epsilon);
        var y = norm.normalized(input, weight, bias);
        if (runningMean != null && x.numel() > 0) {
            double count = x.numel() / x.size(0) / channels;
            Normalization.follow(NAME, runningMean, momentum, channel -> norm.meanOfExamples(false, channel));
            Normalization.follow(NAME, runningVar, momentum,
                    channel -> norm.meanOfExamples(true, channel) * count / (count - 1));
        }
        return y;
    }

    private static void checkUse(Tensor x, Tensor runningMean, Tensor runningVar, double momentum) {
        if (!(momentum >= 0 && momentum <= 1)) {
            throw new IllegalArgumentException(
                    NAME + ": momentum " + momentum + " for an input " + x.shape() + "; 0 to 1 is needed");
        }
        if (runningMean != null) {
            Convert.writable(NAME, runningMean);
            Convert.writable(NAME, runningVar);
        }
        if (x.numel() > 0 && x.numel() == x.size(0) * x.size(1)) {
            throw new IllegalArgumentException(NAME + ": input " + x.shape()
                    + ": more than one value a channel of an example is needed; with one, its variance is 0");
        }
    }
}
