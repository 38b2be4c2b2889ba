package io.chagres.runtime.tensor;

import io.chagres.runtime.op.AveragePooling;
import io.chagres.runtime.op.BatchNorm;
import io.chagres.runtime.op.Convolution;
import io.chagres.runtime.op.Dropout;
import io.chagres.runtime.op.GroupNorm;
import io.chagres.runtime.op.InstanceNorm;
import io.chagres.runtime.op.Interpolate;
import io.chagres.runtime.op.LayerNorm;
import io.chagres.runtime.op.LocalResponseNorm;
import io.chagres.runtime.op.Pooling;
import io.chagres.runtime.op.RmsNorm;
import io.chagres.runtime.random.Generator;

/** What layers of networks compute along some dimensions: one-line delegates to {@code runtime.op}. */
public sealed interface LayerMethods permits Tensor {
    /** Brought to mean 0 and variance 1 along the last dimensions; see {@link LayerNorm#layerNorm}. */
    default Tensor layerNorm(long[] normalizedShape, Tensor weight, Tensor bias, double epsilon) {
        return LayerNorm.layerNorm(self(), normalizedShape, weight, bias, epsilon);
    }

    /** Each channel of [N, C, ...] brought to mean 0 and variance 1; see {@link BatchNorm#batchNorm}. */
    default Tensor batchNorm(Tensor runningMean, Tensor runningVar, Tensor weight, Tensor bias, boolean training,
            double momentum, double epsilon) {
        return BatchNorm.batchNorm(self(), runningMean, runningVar, weight, bias, training, momentum, epsilon);
    }

    /** Each group of channels of an example of [N, C, ...] brought to mean 0 and variance 1; see {@link GroupNorm#groupNorm}. */
    default Tensor groupNorm(long groups, Tensor weight, Tensor bias, double epsilon) {
        return GroupNorm.groupNorm(self(), groups, weight, bias, epsilon);
    }

    /** Each channel of an example of [N, C, ...] brought to mean 0 and variance 1; see {@link InstanceNorm#instanceNorm}. */
    default Tensor instanceNorm(Tensor runningMean, Tensor runningVar, Tensor weight, Tensor bias,
            boolean useInputStats, double momentum, double epsilon) {
        return InstanceNorm.instanceNorm(self(), runningMean, runningVar, weight, bias, useInputStats, momentum,
                epsilon);
    }

    /** Brought to a mean square of 1 along the last dimensions, with the type's epsilon; see {@link RmsNorm}. */
    default Tensor rmsNorm(long[] normalizedShape, Tensor weight) {
        return RmsNorm.rmsNorm(self(), normalizedShape, weight);
    }

    /** Brought to a mean square of 1 along the last dimensions; see {@link RmsNorm}. */
    default Tensor rmsNorm(long[] normalizedShape, Tensor weight, double epsilon) {
        return RmsNorm.rmsNorm(self(), normalizedShape, weight, epsilon);
    }

    /** Divided by what neighbouring channels of [N, C, ...] say; see {@link LocalResponseNorm#localResponseNorm}. */
    default Tensor localResponseNorm(long size, double alpha, double beta, double k) {
        return LocalResponseNorm.localResponseNorm(self(), size, alpha, beta, k);
    }

    /** {@link #batchNorm}, to which a shortcut may be added, and relu of that; see {@link BatchNorm#batchNormRelu}. */
    default Tensor batchNormRelu(Tensor runningMean, Tensor runningVar, Tensor weight, Tensor bias, Tensor shortcut,
            boolean training, double momentum, double epsilon) {
        return BatchNorm.batchNormRelu(self(), runningMean, runningVar, weight, bias, shortcut, training, momentum,
                epsilon);
    }

    /** The products of a kernel with each window of [N, C, L], summed up; see {@link Convolution#conv1d}. */
    default Tensor conv1d(Tensor weight, Tensor bias, long[] stride, long[] padding, long[] dilation, long groups) {
        return Convolution.conv1d(self(), weight, bias, stride, padding, dilation, groups);
    }

    /** What a convolution does to the gradient of its result [N, C, L]; see {@link Convolution#convTranspose1d}. */
    default Tensor convTranspose1d(Tensor weight, Tensor bias, long[] stride, long[] padding, long[] outputPadding,
            long groups, long[] dilation) {
        return Convolution.convTranspose1d(self(), weight, bias, stride, padding, outputPadding, groups, dilation);
    }

    /** The products of a kernel with each window of [N, C, H, W], summed up; see {@link Convolution#conv2d}. */
    default Tensor conv2d(Tensor weight, Tensor bias, long[] stride, long[] padding, long[] dilation, long groups) {
        return Convolution.conv2d(self(), weight, bias, stride, padding, dilation, groups);
    }

    /** What a convolution does to the gradient of its result [N, C, H, W]; see {@link Convolution#convTranspose2d}. */
    default Tensor convTranspose2d(Tensor weight, Tensor bias, long[] stride, long[] padding, long[] outputPadding,
            long groups, long[] dilation) {
        return Convolution.convTranspose2d(self(), weight, bias, stride, padding, outputPadding, groups, dilation);
    }

    /** The products of a kernel with each window of [N, C, D, H, W], summed up; see {@link Convolution#conv3d}. */
    default Tensor conv3d(Tensor weight, Tensor bias, long[] stride, long[] padding, long[] dilation, long groups) {
        return Convolution.conv3d(self(), weight, bias, stride, padding, dilation, groups);
    }

    /** What a convolution does to the gradient of its result [N, C, D, H, W]; see {@link Convolution#convTranspose3d}. */
    default Tensor convTranspose3d(Tensor weight, Tensor bias, long[] stride, long[] padding, long[] outputPadding,
            long groups, long[] dilation) {
        return Convolution.convTranspose3d(self(), weight, bias, stride, padding, outputPadding, groups, dilation);
    }

    /** The greatest element of each window of sequences [N, C, L]; see {@link Pooling#maxPool1d}. */
    default Tensor maxPool1d(long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceilMode) {
        return Pooling.maxPool1d(self(), kernel, stride, padding, dilation, ceilMode);
    }

    /** The greatest element of each window of images [N, C, H, W]; see {@link Pooling#maxPool2d}. */
    default Tensor maxPool2d(long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceilMode) {
        return Pooling.maxPool2d(self(), kernel, stride, padding, dilation, ceilMode);
    }

    /** Elements left out by chance in training, with the thread's default generator; see {@link Dropout#dropout}. */
    default Tensor dropout(double p, boolean training) {
        return Dropout.dropout(self(), p, training);
    }

    /** {@link #dropout(double, boolean)} with a generator. */
    default Tensor dropout(double p, boolean training, Generator generator) {
        return Dropout.dropout(self(), p, training, generator);
    }

    /** Dropout that keeps mean 0 and variance 1; see {@link Dropout#alphaDropout}. */
    default Tensor alphaDropout(double p, boolean training) {
        return Dropout.alphaDropout(self(), p, training);
    }

    /** Whole channels of [N, C, L] left out; see {@link Dropout#dropout1d}. */
    default Tensor dropout1d(double p, boolean training) {
        return Dropout.dropout1d(self(), p, training);
    }

    /** Whole channels of [N, C, H, W] left out; see {@link Dropout#dropout2d}. */
    default Tensor dropout2d(double p, boolean training) {
        return Dropout.dropout2d(self(), p, training);
    }

    /** Whole channels of [N, C, D, H, W] left out; see {@link Dropout#dropout3d}. */
    default Tensor dropout3d(double p, boolean training) {
        return Dropout.dropout3d(self(), p, training);
    }

    /** Whole channels left out so that mean 0 and variance 1 stay; see {@link Dropout#featureAlphaDropout}. */
    default Tensor featureAlphaDropout(double p, boolean training) {
        return Dropout.featureAlphaDropout(self(), p, training);
    }

    /** Another size of the spatial dimensions; see {@link Interpolate#interpolate(Tensor, long[], Interpolate.Mode, boolean)}. */
    default Tensor interpolate(long[] size, Interpolate.Mode mode, boolean alignCorners) {
        return Interpolate.interpolate(self(), size, mode, alignCorners);
    }

    /** Spatial sizes times factors; see {@link Interpolate#interpolate(Tensor, double[], Interpolate.Mode, boolean, boolean)}. */
    default Tensor interpolate(double[] scaleFactor, Interpolate.Mode mode, boolean alignCorners,
            boolean recomputeScaleFactor) {
        return Interpolate.interpolate(self(), scaleFactor, mode, alignCorners, recomputeScaleFactor);
    }

    /** The greatest element of each window of volumes [N, C, D, H, W]; see {@link Pooling#maxPool3d}. */
    default Tensor maxPool3d(long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceilMode) {
        return Pooling.maxPool3d(self(), kernel, stride, padding, dilation, ceilMode);
    }

    /** The average of each window of sequences [N, C, L]; see {@link AveragePooling#avgPool1d}. */
    default Tensor avgPool1d(long[] kernel, long[] stride, long[] padding, boolean ceilMode, boolean countIncludePad) {
        return AveragePooling.avgPool1d(self(), kernel, stride, padding, ceilMode, countIncludePad);
    }

    /** The average of each window of images [N, C, H, W]; see {@link AveragePooling#avgPool2d}. */
    default Tensor avgPool2d(long[] kernel, long[] stride, long[] padding, boolean ceilMode, boolean countIncludePad,
            long divisorOverride) {
        return AveragePooling.avgPool2d(self(), kernel, stride, padding, ceilMode, countIncludePad, divisorOverride);
    }

    /** The average of each window of volumes [N, C, D, H, W]; see {@link AveragePooling#avgPool3d}. */
    default Tensor avgPool3d(long[] kernel, long[] stride, long[] padding, boolean ceilMode, boolean countIncludePad,
            long divisorOverride) {
        return AveragePooling.avgPool3d(self(), kernel, stride, padding, ceilMode, countIncludePad, divisorOverride);
    }

    /** The greatest elements of as many windows of sequences [N, C, L] as are wanted; see {@link Pooling#adaptiveMaxPool1d}. */
    default Tensor adaptiveMaxPool1d(long... sizes) {
        return Pooling.adaptiveMaxPool1d(self(), sizes);
    }

    /** The averages of as many windows of sequences [N, C, L] as are wanted; see {@link AveragePooling#adaptiveAvgPool1d}. */
    default Tensor adaptiveAvgPool1d(long... sizes) {
        return AveragePooling.adaptiveAvgPool1d(self(), sizes);
    }

    /** The greatest elements of as many windows of images [N, C, H, W] as are wanted; see {@link Pooling#adaptiveMaxPool2d}. */
    default Tensor adaptiveMaxPool2d(long... sizes) {
        return Pooling.adaptiveMaxPool2d(self(), sizes);
    }

    /** The averages of as many windows of images [N, C, H, W] as are wanted; see {@link AveragePooling#adaptiveAvgPool2d}. */
    default Tensor adaptiveAvgPool2d(long... sizes) {
        return AveragePooling.adaptiveAvgPool2d(self(), sizes);
    }

    /** The greatest elements of as many windows of volumes [N, C, D, H, W] as are wanted; see {@link Pooling#adaptiveMaxPool3d}. */
    default Tensor adaptiveMaxPool3d(long... sizes) {
        return Pooling.adaptiveMaxPool3d(self(), sizes);
    }

    /** The averages of as many windows of volumes [N, C, D, H, W] as are wanted; see {@link AveragePooling#adaptiveAvgPool3d}. */
    default Tensor adaptiveAvgPool3d(long... sizes) {
        return AveragePooling.adaptiveAvgPool3d(self(), sizes);
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
