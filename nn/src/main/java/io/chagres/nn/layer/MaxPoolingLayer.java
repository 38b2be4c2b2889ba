package io.chagres.nn.layer;

import io.chagres.runtime.op.Extremes;
import io.chagres.runtime.tensor.Tensor;

/** What max pooling layers share: the form of their windows. */
abstract sealed class MaxPoolingLayer extends PoolingLayer permits MaxPool1d, MaxPool2d, MaxPool3d {
    final long[] kernel;
    final long[] stride;
    final long[] padding;
    final long[] dilation;
    final boolean ceilMode;

    MaxPoolingLayer(int spatial, long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceilMode) {
        this.kernel = sizes(spatial, "kernel", kernel, 1);
        this.stride = sizes(spatial, "stride", stride, 1);
        this.padding = sizes(spatial, "padding", padding, 0);
        this.dilation = sizes(spatial, "dilation", dilation, 1);
        this.ceilMode = ceilMode;
    }

    /** {@link #forward}, and where in its sequence, image or volume each element was; int64. */
    public abstract Extremes.Values forwardWithIndices(Tensor x);

    @Override
    protected final String describe() {
        return "kernel=" + text(kernel) + ", stride=" + text(stride) + ", padding=" + text(padding) + ", dilation="
                + text(dilation) + ", ceil=" + ceilMode;
    }
}
