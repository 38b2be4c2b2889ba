package io.chagres.runtime.ffi;

import io.chagres.bindings.onednn.OneDnn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A memory descriptor: dimensions, element type and where each element lies. */
public final class DnnDesc extends DnnHandle {
    private DnnDesc(MemorySegment pointer) {
        super(pointer);
    }

    /** Float32 elements at the given strides (in elements). */
    public static DnnDesc float32(long[] dims, long[] strides) {
        return of(OneDnn.dnnl_f32(), dims, strides);
    }

    private static DnnDesc of(int type, long[] dims, long[] strides) {
        if (dims.length != strides.length || dims.length == 0 || dims.length > Dnn.MAX_DIMS) {
            throw new IllegalArgumentException("oneDNN: " + dims.length + " dimensions with " + strides.length
                    + " strides; 1 to " + Dnn.MAX_DIMS + " of both are possible");
        }
        try (var arena = Arena.ofConfined()) {
            var d = arena.allocateFrom(ValueLayout.JAVA_LONG, dims);
            var s = arena.allocateFrom(ValueLayout.JAVA_LONG, strides);
            return new DnnDesc(Dnn.create("describe a memory",
                    out -> OneDnn.dnnl_memory_desc_create_with_strides(out, dims.length, d, type, s)));
        }
    }

    /** Float32 elements, laid out as the primitive that is made with this likes best. */
    public static DnnDesc any(long... dims) {
        try (var arena = Arena.ofConfined()) {
            var d = arena.allocateFrom(ValueLayout.JAVA_LONG, dims);
            return new DnnDesc(Dnn.create("describe a memory", out -> OneDnn.dnnl_memory_desc_create_with_tag(out,
                    dims.length, d, OneDnn.dnnl_f32(), OneDnn.dnnl_format_tag_any())));
        }
    }

    /** Float32 elements in row-major order without gaps. */
    public static DnnDesc dense(long... dims) {
        return float32(dims, denseStrides(dims));
    }

    private static long[] denseStrides(long[] dims) {
        var strides = new long[dims.length];
        long stride = 1;
        for (int d = dims.length - 1; d >= 0; d--) {
            strides[d] = stride;
            stride *= dims[d];
        }
        return strides;
    }

    /** Whether this describes indices at these strides (in elements), of one byte or of four. */
    public boolean isIndices(boolean ofOneByte, long[] dims, long[] strides) {
        try (var other = of(ofOneByte ? OneDnn.dnnl_u8() : OneDnn.dnnl_s32(), dims, strides)) {
            return isSameAs(other);
        }
    }

    /** Whether both describe the same elements at the same places. */
    public boolean isSameAs(DnnDesc other) {
        return OneDnn.dnnl_memory_desc_equal(pointer(), other.pointer()) != 0;
    }

    /** Bytes that are equal for equal descriptions. */
    public byte[] identity() {
        try (var arena = Arena.ofConfined()) {
            var size = arena.allocate(ValueLayout.JAVA_LONG);
            Dnn.check(OneDnn.dnnl_memory_desc_get_blob(MemorySegment.NULL, size, pointer()), "measure a description");
            var blob = arena.allocate(size.get(ValueLayout.JAVA_LONG, 0), Long.BYTES);
            Dnn.check(OneDnn.dnnl_memory_desc_get_blob(blob, size, pointer()), "read a description");
            return blob.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** A copy of a descriptor that belongs to a primitive. */
    static DnnDesc copyOf(MemorySegment descriptor) {
        return new DnnDesc(
                Dnn.create("copy a memory description", out -> OneDnn.dnnl_memory_desc_clone(out, descriptor)));
    }

    /** The bytes that a memory of this description takes. */
    public long bytes() {
        return OneDnn.dnnl_memory_desc_get_size(pointer());
    }

    @Override
    int destroy(MemorySegment pointer) {
        return OneDnn.dnnl_memory_desc_destroy(pointer);
    }
}
