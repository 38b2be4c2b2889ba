package io.chagres.runtime.ffi;

import io.chagres.bindings.onednn.OneDnn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A primitive: a computation compiled for given shapes, layouts and number of threads. It holds no data and may run on
 * several threads at once, each with its own {@link DnnArguments}.
 */
public final class DnnPrimitive extends DnnHandle {
    private final DnnDesc scratchpad;
    private final long scratchpadBytes;
    private final String kernel;

    private DnnPrimitive(MemorySegment pointer, DnnDesc scratchpad, String kernel) {
        super(pointer);
        this.scratchpad = scratchpad;
        this.scratchpadBytes = scratchpad.bytes();
        this.kernel = kernel;
    }

    /** dst = src · weights (+ bias), then what the attributes fuse; a null bias is none. */
    public static DnnPrimitive matmul(DnnDesc src, DnnDesc weights, DnnDesc bias, DnnDesc dst,
            DnnAttributes attributes) {
        var biasPointer = bias == null ? MemorySegment.NULL : bias.pointer();
        var descriptor = Dnn.create("prepare a matmul",
                out -> OneDnn.dnnl_matmul_primitive_desc_create(out, Dnn.engine(),
                        src.pointer(), weights.pointer(), biasPointer, dst.pointer(), attributes.pointer()));
        return create(descriptor, "create a matmul");
    }

    /** dst = f(src) for dense elements of one description; the same description for both. */
    public static DnnPrimitive eltwiseForward(DnnFunction f, DnnDesc elements, DnnAttributes attributes) {
        return create(eltwiseDescriptor(f, elements, attributes), "create an element-wise function");
    }

    /** diff_src = f'(src) diff_dst, all of one description. */
    public static DnnPrimitive eltwiseBackward(DnnFunction f, DnnDesc elements, DnnAttributes attributes) {
        var hint = eltwiseDescriptor(f, elements, attributes);
        MemorySegment descriptor;
        try {
            descriptor = Dnn.create("prepare the gradient of an element-wise function",
                    out -> OneDnn.dnnl_eltwise_backward_primitive_desc_create(out, Dnn.engine(), f.algorithm(),
                            elements.pointer(), elements.pointer(), elements.pointer(), 0f, 0f, hint,
                            attributes.pointer()));
        } finally {
            Dnn.check(OneDnn.dnnl_primitive_desc_destroy(hint), "destroy a primitive descriptor");
        }
        return create(descriptor, "create the gradient of an element-wise function");
    }

    private static MemorySegment eltwiseDescriptor(DnnFunction f, DnnDesc elements, DnnAttributes attributes) {
        return Dnn.create("prepare an element-wise function",
                out -> OneDnn.dnnl_eltwise_forward_primitive_desc_create(out, Dnn.engine(),
                        OneDnn.dnnl_forward_training(), f.algorithm(), elements.pointer(), elements.pointer(), 0f, 0f,
                        attributes.pointer()));
    }

    /** Copies elements from one layout to another. */
    public static DnnPrimitive reorder(DnnDesc from, DnnDesc to, DnnAttributes attributes) {
        var descriptor = Dnn.create("prepare a reorder", out -> OneDnn.dnnl_reorder_primitive_desc_create(out,
                from.pointer(), Dnn.engine(), to.pointer(), Dnn.engine(), attributes.pointer()));
        return create(descriptor, "create a reorder");
    }

    /** Where the weights' elements must lie: a copy, which the caller closes. */
    public DnnDesc weights() {
        var descriptor = Dnn.create("read a primitive",
                out -> OneDnn.dnnl_primitive_get_primitive_desc(pointer(), out));
        return DnnDesc.copyOf(OneDnn.dnnl_primitive_desc_query_md(descriptor, OneDnn.dnnl_query_weights_md(), 0));
    }

    /** Where it puts the elements of the weights' gradient: a copy, which the caller closes. */
    public DnnDesc weightsGradient() {
        var descriptor = Dnn.create("read a primitive",
                out -> OneDnn.dnnl_primitive_get_primitive_desc(pointer(), out));
        return DnnDesc
                .copyOf(OneDnn.dnnl_primitive_desc_query_md(descriptor, OneDnn.dnnl_query_diff_weights_md(), 0));
    }

    /** Makes the primitive of a descriptor, which is destroyed. */
    static DnnPrimitive create(MemorySegment descriptor, String what) {
        try {
            String kernel = kernel(descriptor);
            var scratchpad = DnnDesc.copyOf(
                    OneDnn.dnnl_primitive_desc_query_md(descriptor, OneDnn.dnnl_query_scratchpad_md(), 0));
            try {
                var pointer = Dnn.create(what, out -> OneDnn.dnnl_primitive_create(out, descriptor));
                return new DnnPrimitive(pointer, scratchpad, kernel);
            } catch (RuntimeException e) {
                scratchpad.close();
                throw e;
            }
        } finally {
            Dnn.check(OneDnn.dnnl_primitive_desc_destroy(descriptor), "destroy a primitive descriptor");
        }
    }

    @SuppressWarnings("restricted")
    private static String kernel(MemorySegment descriptor) {
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.ADDRESS);
            Dnn.check(OneDnn.dnnl_primitive_desc_query(descriptor, OneDnn.dnnl_query_impl_info_str(), 0, out),
                    "name the kernel");
            return out.get(ValueLayout.ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0);
        }
    }

    /** Bytes of scratch memory that each run needs. */
    public long scratchpadBytes() {
        return scratchpadBytes;
    }

    /** Adds the scratchpad to the arguments of a run and returns its index; -1 if none is needed. */
    public int addScratchpad(DnnArguments arguments) {
        return scratchpadBytes == 0 ? -1 : arguments.add(DnnArguments.SCRATCHPAD, scratchpad);
    }

    /** What oneDNN calls the implementation that it picked, such as {@code brg_matmul:avx512_core}. */
    public String kernel() {
        return kernel;
    }

    /** Runs on the calling thread and its team, and returns when all is done. */
    public void execute(DnnArguments arguments) {
        int status = OneDnn.dnnl_primitive_execute(pointer(), arguments.stream(), arguments.count(), arguments.array());
        if (status != 0) {
            Dnn.check(status, "run " + kernel);
        }
    }

    @Override
    int destroy(MemorySegment pointer) {
        scratchpad.close();
        return OneDnn.dnnl_primitive_destroy(pointer);
    }
}
