package io.chagres.nn.layer;

/** What average pooling layers share: the form of their windows, and what counts. */
abstract sealed class AvgPoolingLayer extends PoolingLayer permits AvgPool1d, AvgPool2d, AvgPool3d {
    final long[] kernel;
    final long[] stride;
    final long[] padding;
    final boolean ceilMode;
    final boolean countIncludePad;
    final long divisorOverride;

    AvgPoolingLayer(int spatial, long[] kernel, long[] stride, long[] padding, boolean ceilMode,
            boolean countIncludePad, long divisorOverride) {
        this.kernel = sizes(spatial, "kernel", kernel, 1);
        this.stride = sizes(spatial, "stride", stride, 1);
        this.padding = sizes(spatial, "padding", padding, 0);
        this.ceilMode = ceilMode;
        this.countIncludePad = countIncludePad;
        this.divisorOverride = divisorOverride;
    }

    @Override
    protected final String describe() {
        return "kernel=" + text(kernel) + ", stride=" + text(stride) + ", padding=" + text(padding) + ", ceil="
                + ceilMode + ", count_include_pad=" + countIncludePad
                + (divisorOverride == 0 ? "" : ", divisor_override=" + divisorOverride);
    }
}
