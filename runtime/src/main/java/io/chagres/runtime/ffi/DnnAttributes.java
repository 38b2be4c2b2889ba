package io.chagres.runtime.ffi;

import io.chagres.bindings.onednn.OneDnn;
import java.lang.foreign.MemorySegment;

/** How a primitive is to run: always with a scratchpad of ours, and with what is fused into it. */
public final class DnnAttributes extends DnnHandle {
    private DnnAttributes(MemorySegment pointer) {
        super(pointer);
    }

    /** Attributes that fuse nothing. */
    public static DnnAttributes plain() {
        return product(false, false);
    }

    /**
     * Attributes of a convolution. What comes out is multiplied with a tensor of numbers for channels and another such is added,
     * if they are described; a tensor of the result's shape is added, if it is described; {@code relu} is applied last.
     */
    public static DnnAttributes convolution(DnnDesc channels, DnnDesc added, boolean relu) {
        return with(false, channels, added, relu);
    }

    /**
     * Attributes of a product: {@code accumulate} adds to what the destination holds, {@code relu} is applied last.
     */
    public static DnnAttributes product(boolean accumulate, boolean relu) {
        return with(accumulate, null, null, relu);
    }

    private static DnnAttributes with(boolean accumulate, DnnDesc channels, DnnDesc added, boolean relu) {
        var attributes = new DnnAttributes(Dnn.create("create attributes", OneDnn::dnnl_primitive_attr_create));
        try {
            Dnn.check(OneDnn.dnnl_primitive_attr_set_scratchpad_mode(attributes.pointer(),
                    OneDnn.dnnl_scratchpad_mode_user()), "take a scratchpad of ours");
            if (accumulate || channels != null || added != null || relu) {
                attributes.fuse(accumulate, channels, added, relu);
            }
            return attributes;
        } catch (RuntimeException e) {
            attributes.close();
            throw e;
        }
    }

    private void fuse(boolean accumulate, DnnDesc channels, DnnDesc added, boolean relu) {
        var ops = Dnn.create("create post-ops", OneDnn::dnnl_post_ops_create);
        try {
            if (accumulate) {
                Dnn.check(OneDnn.dnnl_post_ops_append_sum(ops, 1f, 0, OneDnn.dnnl_data_type_undef()), "fuse a sum");
            }
            if (channels != null) {
                Dnn.check(OneDnn.dnnl_post_ops_append_binary(ops, OneDnn.dnnl_binary_mul(), channels.pointer()),
                        "fuse a product");
                Dnn.check(OneDnn.dnnl_post_ops_append_binary(ops, OneDnn.dnnl_binary_add(), channels.pointer()),
                        "fuse an addition");
            }
            if (added != null) {
                Dnn.check(OneDnn.dnnl_post_ops_append_binary(ops, OneDnn.dnnl_binary_add(), added.pointer()),
                        "fuse an addition");
            }
            if (relu) {
                Dnn.check(OneDnn.dnnl_post_ops_append_eltwise(ops, OneDnn.dnnl_eltwise_relu(), 0f, 0f), "fuse relu");
            }
            Dnn.check(OneDnn.dnnl_primitive_attr_set_post_ops(pointer(), ops), "set post-ops");
        } finally {
            Dnn.check(OneDnn.dnnl_post_ops_destroy(ops), "destroy post-ops");
        }
    }

    @Override
    int destroy(MemorySegment pointer) {
        return OneDnn.dnnl_primitive_attr_destroy(pointer);
    }
}
