package io.chagres.runtime.ffi;

import io.chagres.bindings.onednn.OneDnn;
import java.lang.foreign.MemorySegment;

/**
 * Primitives of y = (x - mean) / √(variance + epsilon) · scale + shift, where scale and shift may each be absent, and of its
 * gradients. Forward takes {@code SRC}, {@code SCALE}, {@code SHIFT} and gives {@code DST}, {@code MEAN} and
 * {@code VARIANCE}; backward takes {@code SRC}, {@code MEAN}, {@code VARIANCE}, {@code DIFF_DST}, {@code SCALE} and gives
 * {@code DIFF_SRC} and, of the parameters that are there, {@code DIFF_SCALE} and {@code DIFF_SHIFT}.
 */
public final class DnnNormalization {
    private DnnNormalization() {
    }

    /** The formula: what it has, and whether mean and variance are given. */
    public record Form(float epsilon, boolean scale, boolean shift, boolean fixedStatistics) {
        private int flags() {
            return (scale ? OneDnn.dnnl_use_scale() : 0) | (shift ? OneDnn.dnnl_use_shift() : 0)
                    | (fixedStatistics ? OneDnn.dnnl_use_global_stats() : 0);
        }

        /** With parameters always all gradients: that of the data alone is not implemented for every form. */
        private int backward() {
            return scale || shift ? OneDnn.dnnl_backward() : OneDnn.dnnl_backward_data();
        }
    }

    /** Over the last dimension of {@code data}; {@code stats} describes the others. */
    public static DnnPrimitive layerForward(DnnDesc data, DnnDesc stats, Form form, DnnAttributes attributes) {
        return DnnPrimitive.create(layer(data, stats, form, attributes), "create a layer normalization");
    }

    /** Gradients of {@link #layerForward}. */
    public static DnnPrimitive layerBackward(DnnDesc data, DnnDesc stats, Form form,
            DnnAttributes attributes) {
        var hint = layer(data, stats, form, attributes);
        try {
            var descriptor = Dnn.create("prepare a backward layer normalization",
                    out -> OneDnn.dnnl_layer_normalization_backward_primitive_desc_create(out, Dnn.engine(),
                            form.backward(), data.pointer(), data.pointer(), data.pointer(), stats.pointer(),
                            form.epsilon(), form.flags(), hint, attributes.pointer()));
            return DnnPrimitive.create(descriptor, "create a backward layer normalization");
        } finally {
            Dnn.check(OneDnn.dnnl_primitive_desc_destroy(hint), "destroy a primitive descriptor");
        }
    }

    private static MemorySegment layer(DnnDesc data, DnnDesc stats, Form form, DnnAttributes attributes) {
        return Dnn.create("prepare a layer normalization",
                out -> OneDnn.dnnl_layer_normalization_forward_primitive_desc_create(out, Dnn.engine(),
                        OneDnn.dnnl_forward_training(), data.pointer(), data.pointer(), stats.pointer(),
                        form.epsilon(), form.flags(), attributes.pointer()));
    }

    /** Over all but dimension 1 of {@code data}. With fixed statistics, mean and variance are taken, not given. */
    public static DnnPrimitive batchForward(DnnDesc data, Form form, DnnAttributes attributes) {
        return DnnPrimitive.create(batch(data, form, attributes), "create a batch normalization");
    }

    /** Gradients of {@link #batchForward}. */
    public static DnnPrimitive batchBackward(DnnDesc data, Form form, DnnAttributes attributes) {
        var hint = batch(data, form, attributes);
        try {
            var descriptor = Dnn.create("prepare a backward batch normalization",
                    out -> OneDnn.dnnl_batch_normalization_backward_primitive_desc_create(out, Dnn.engine(),
                            form.backward(), data.pointer(), data.pointer(), data.pointer(), form.epsilon(),
                            form.flags(), hint, attributes.pointer()));
            return DnnPrimitive.create(descriptor, "create a backward batch normalization");
        } finally {
            Dnn.check(OneDnn.dnnl_primitive_desc_destroy(hint), "destroy a primitive descriptor");
        }
    }

    private static MemorySegment batch(DnnDesc data, Form form, DnnAttributes attributes) {
        return Dnn.create("prepare a batch normalization",
                out -> OneDnn.dnnl_batch_normalization_forward_primitive_desc_create(out, Dnn.engine(),
                        OneDnn.dnnl_forward_training(), data.pointer(), data.pointer(), form.epsilon(), form.flags(),
                        attributes.pointer()));
    }
}
