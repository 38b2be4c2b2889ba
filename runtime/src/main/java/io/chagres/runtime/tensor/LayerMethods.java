package io.chagres.runtime.tensor;

import io.chagres.runtime.op.BatchNorm;
import io.chagres.runtime.op.LayerNorm;
import io.chagres.runtime.op.Pooling;
import io.chagres.runtime.op.Softmax;

/** What layers of networks compute along some dimensions: one-line delegates to {@code runtime.op}. */
public sealed interface LayerMethods permits Tensor {
    /** e^x over its sum, along one dimension. */
    default Tensor softmax(int dim) {
        return Softmax.softmax(self(), dim);
    }

    /** The logarithm of {@link #softmax}. */
    default Tensor logSoftmax(int dim) {
        return Softmax.logSoftmax(self(), dim);
    }

    /** Brought to mean 0 and variance 1 along the last dimensions; see {@link LayerNorm#layerNorm}. */
    default Tensor layerNorm(long[] normalizedShape, Tensor weight, Tensor bias, double epsilon) {
        return LayerNorm.layerNorm(self(), normalizedShape, weight, bias, epsilon);
    }

    /** Each channel of [N, C, ...] brought to mean 0 and variance 1; see {@link BatchNorm#batchNorm}. */
    default Tensor batchNorm(Tensor runningMean, Tensor runningVar, Tensor weight, Tensor bias, boolean training,
            double momentum, double epsilon) {
        return BatchNorm.batchNorm(self(), runningMean, runningVar, weight, bias, training, momentum, epsilon);
    }

    /** The greatest element of each window of images [N, C, H, W]; see {@link Pooling#maxPool2d}. */
    default Tensor maxPool2d(long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceilMode) {
        return Pooling.maxPool2d(self(), kernel, stride, padding, dilation, ceilMode);
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
