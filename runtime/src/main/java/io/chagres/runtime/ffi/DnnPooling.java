package io.chagres.runtime.ffi;

import io.chagres.bindings.onednn.OneDnn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/**
 * Primitives of pooling and of its gradient. Forward takes {@code SRC} and gives {@code DST} and, in training of maxima,
 * {@code WORKSPACE}, which says where they were; backward takes {@code DIFF_DST} and {@code WORKSPACE} and gives {@code DIFF_SRC}.
 */
public final class DnnPooling implements AutoCloseable {
    private final DnnPrimitive primitive;
    private final DnnDesc workspace;

    private DnnPooling(DnnPrimitive primitive, DnnDesc workspace) {
        this.primitive = primitive;
        this.workspace = workspace;
    }

    /**
     * Where windows lie, for each spatial dimension: their sizes, how far apart they begin and their elements are (1 for
     * neighbours), and how far they may begin before and end behind the input.
     */
    public record Windows(long[] kernel, long[] stride, long[] dilation, long[] before, long[] behind) {
        private MemorySegment gaps(SegmentAllocator allocator) {
            var gaps = dilation.clone();
            for (int d = 0; d < gaps.length; d++) {
                gaps[d]--;
            }
            return allocator.allocateFrom(ValueLayout.JAVA_LONG, gaps);
        }
    }

    /** What a window becomes. */
    public enum Kind {
        /** Its greatest element. */
        MAX,
        /** Its sum, divided by its size. */
        AVERAGE,
        /** Its sum, divided by the number of its elements that are in the input. */
        AVERAGE_INSIDE;

        private int algorithm() {
            return switch (this) {
                case MAX -> OneDnn.dnnl_pooling_max();
                case AVERAGE -> OneDnn.dnnl_pooling_avg_include_padding();
                case AVERAGE_INSIDE -> OneDnn.dnnl_pooling_avg_exclude_padding();
            };
        }
    }

    /** One number for each window. Only maxima in training have a workspace. */
    public static DnnPooling forward(Kind kind, DnnDesc src, DnnDesc dst, Windows windows, boolean training,
            DnnAttributes attributes) {
        var descriptor = descriptor(kind, src, dst, windows, training, attributes);
        DnnDesc workspace = null;
        try {
            if (training && kind == Kind.MAX) {
                workspace = DnnDesc
                        .copyOf(OneDnn.dnnl_primitive_desc_query_md(descriptor, OneDnn.dnnl_query_workspace_md(), 0));
            }
        } catch (RuntimeException e) {
            Dnn.check(OneDnn.dnnl_primitive_desc_destroy(descriptor), "destroy a primitive descriptor");
            throw e;
        }
        return create(descriptor, workspace, "create a pooling");
    }

    /** The gradient of {@link #forward}, whose workspace it reads if there is one. */
    public static DnnPooling backward(Kind kind, DnnDesc src, DnnDesc dst, Windows windows, DnnAttributes attributes) {
        var hint = descriptor(kind, src, dst, windows, true, attributes);
        DnnDesc workspace = null;
        try (var arena = Arena.ofConfined()) {
            if (kind == Kind.MAX) {
                workspace = DnnDesc
                        .copyOf(OneDnn.dnnl_primitive_desc_query_md(hint, OneDnn.dnnl_query_workspace_md(), 0));
            }
            var descriptor = Dnn.create("prepare a backward pooling",
                    out -> OneDnn.dnnl_pooling_backward_primitive_desc_create(out, Dnn.engine(), kind.algorithm(),
                            src.pointer(), dst.pointer(), longs(arena, windows.stride()),
                            longs(arena, windows.kernel()), windows.gaps(arena), longs(arena, windows.before()),
                            longs(arena, windows.behind()), hint, attributes.pointer()));
            var made = workspace;
            workspace = null;
            return create(descriptor, made, "create a backward pooling");
        } finally {
            if (workspace != null) {
                workspace.close();
            }
            Dnn.check(OneDnn.dnnl_primitive_desc_destroy(hint), "destroy a primitive descriptor");
        }
    }

    private static DnnPooling create(MemorySegment descriptor, DnnDesc workspace, String what) {
        try {
            return new DnnPooling(DnnPrimitive.create(descriptor, what), workspace);
        } catch (RuntimeException e) {
            if (workspace != null) {
                workspace.close();
            }
            throw e;
        }
    }

    private static MemorySegment descriptor(Kind kind, DnnDesc src, DnnDesc dst, Windows windows, boolean training,
            DnnAttributes attributes) {
        try (var arena = Arena.ofConfined()) {
            return Dnn.create("prepare a pooling",
                    out -> OneDnn.dnnl_pooling_forward_primitive_desc_create(out, Dnn.engine(),
                            training ? OneDnn.dnnl_forward_training() : OneDnn.dnnl_forward_inference(),
                            kind.algorithm(), src.pointer(), dst.pointer(), longs(arena, windows.stride()),
                            longs(arena, windows.kernel()), windows.gaps(arena), longs(arena, windows.before()),
                            longs(arena, windows.behind()), attributes.pointer()));
        }
    }

    private static MemorySegment longs(SegmentAllocator allocator, long[] values) {
        return allocator.allocateFrom(ValueLayout.JAVA_LONG, values);
    }

    /** What computes. */
    public DnnPrimitive primitive() {
        return primitive;
    }

    /** What the workspace is; null if there is none. */
    public DnnDesc workspace() {
        return workspace;
    }

    @Override
    public void close() {
        primitive.close();
        if (workspace != null) {
            workspace.close();
        }
    }
}
