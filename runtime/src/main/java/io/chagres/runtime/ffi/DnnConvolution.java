package io.chagres.runtime.ffi;

import io.chagres.bindings.onednn.OneDnn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/**
 * Primitives of convolution and of its gradients. Forward takes {@code SRC}, {@code WEIGHTS} and {@code BIAS} and gives
 * {@code DST}; the gradient of the data takes {@code DIFF_DST} and {@code WEIGHTS} and gives {@code DIFF_SRC}; that of the
 * weights takes {@code SRC} and {@code DIFF_DST} and gives {@code DIFF_WEIGHTS} and {@code DIFF_BIAS}. A null bias is none.
 */
public final class DnnConvolution {
    private DnnConvolution() {
    }

    /**
     * Where windows lie, for each spatial dimension: how far apart they begin and their elements are (1 for neighbours), and
     * how far they may begin before and end behind the data.
     */
    public record Windows(long[] stride, long[] dilation, long[] before, long[] behind) {
        private MemorySegment gaps(SegmentAllocator allocator) {
            var gaps = dilation.clone();
            for (int d = 0; d < gaps.length; d++) {
                gaps[d]--;
            }
            return allocator.allocateFrom(ValueLayout.JAVA_LONG, gaps);
        }
    }

    /** The operands: data, weights, bias or null, result. */
    public record Operands(DnnDesc data, DnnDesc weights, DnnDesc bias, DnnDesc result) {
        private MemorySegment biasPointer() {
            return bias == null ? MemorySegment.NULL : bias.pointer();
        }
    }

    /** result = data * weights + bias. */
    public static DnnPrimitive forward(Operands operands, Windows windows, DnnAttributes attributes) {
        return DnnPrimitive.create(descriptor(operands, windows, attributes), "create a convolution");
    }

    /** The gradient of the data; the bias does not matter. */
    public static DnnPrimitive backwardData(Operands operands, Windows windows, DnnAttributes attributes) {
        var hint = descriptor(operands, windows, attributes);
        try (var arena = Arena.ofConfined()) {
            var descriptor = Dnn.create("prepare the gradient of a convolution's data",
                    out -> OneDnn.dnnl_convolution_backward_data_primitive_desc_create(out, Dnn.engine(),
                            OneDnn.dnnl_convolution_direct(), operands.data().pointer(), operands.weights().pointer(),
                            operands.result().pointer(), longs(arena, windows.stride()), windows.gaps(arena),
                            longs(arena, windows.before()), longs(arena, windows.behind()), hint,
                            attributes.pointer()));
            return DnnPrimitive.create(descriptor, "create the gradient of a convolution's data");
        } finally {
            Dnn.check(OneDnn.dnnl_primitive_desc_destroy(hint), "destroy a primitive descriptor");
        }
    }

    /** The gradients of weights and bias. */
    public static DnnPrimitive backwardWeights(Operands operands, Windows windows, DnnAttributes attributes) {
        var hint = descriptor(operands, windows, attributes);
        try (var arena = Arena.ofConfined()) {
            var descriptor = Dnn.create("prepare the gradient of a convolution's weights",
                    out -> OneDnn.dnnl_convolution_backward_weights_primitive_desc_create(out, Dnn.engine(),
                            OneDnn.dnnl_convolution_direct(), operands.data().pointer(), operands.weights().pointer(),
                            operands.biasPointer(), operands.result().pointer(), longs(arena, windows.stride()),
                            windows.gaps(arena), longs(arena, windows.before()), longs(arena, windows.behind()), hint,
                            attributes.pointer()));
            return DnnPrimitive.create(descriptor, "create the gradient of a convolution's weights");
        } finally {
            Dnn.check(OneDnn.dnnl_primitive_desc_destroy(hint), "destroy a primitive descriptor");
        }
    }

    private static MemorySegment descriptor(Operands operands, Windows windows, DnnAttributes attributes) {
        try (var arena = Arena.ofConfined()) {
            return Dnn.create("prepare a convolution",
                    out -> OneDnn.dnnl_convolution_forward_primitive_desc_create(out, Dnn.engine(),
                            OneDnn.dnnl_forward_training(), OneDnn.dnnl_convolution_direct(),
                            operands.data().pointer(), operands.weights().pointer(), operands.biasPointer(),
                            operands.result().pointer(), longs(arena, windows.stride()), windows.gaps(arena),
                            longs(arena, windows.before()), longs(arena, windows.behind()), attributes.pointer()));
        }
    }

    private static MemorySegment longs(SegmentAllocator allocator, long[] values) {
        return allocator.allocateFrom(ValueLayout.JAVA_LONG, values);
    }
}
