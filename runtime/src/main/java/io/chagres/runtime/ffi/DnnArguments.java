package io.chagres.runtime.ffi;

import io.chagres.bindings.onednn.OneDnn;
import io.chagres.bindings.onednn.dnnl_exec_arg_t;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The argument block of one primitive: memory objects whose addresses are set before each run, and the array that lists
 * them. Made once; used by one thread at a time. The block itself lies in memory that the maker provides.
 */
public final class DnnArguments implements AutoCloseable {
    /** Argument positions. */
    public static final int SRC = OneDnn.DNNL_ARG_SRC();
    public static final int WEIGHTS = OneDnn.DNNL_ARG_WEIGHTS();
    public static final int BIAS = OneDnn.DNNL_ARG_BIAS();
    public static final int DST = OneDnn.DNNL_ARG_DST();
    public static final int DIFF_SRC = OneDnn.DNNL_ARG_DIFF_SRC();
    public static final int DIFF_DST = OneDnn.DNNL_ARG_DIFF_DST();
    public static final int FROM = OneDnn.DNNL_ARG_FROM();
    public static final int TO = OneDnn.DNNL_ARG_TO();
    public static final int SCRATCHPAD = OneDnn.DNNL_ARG_SCRATCHPAD();

    /** Further positions, of normalizations and pooling. */
    public static final int SCALE = OneDnn.DNNL_ARG_SCALE();
    public static final int SHIFT = OneDnn.DNNL_ARG_SHIFT();
    public static final int MEAN = OneDnn.DNNL_ARG_MEAN();
    public static final int VARIANCE = OneDnn.DNNL_ARG_VARIANCE();
    public static final int WORKSPACE = OneDnn.DNNL_ARG_WORKSPACE();
    public static final int DIFF_SCALE = OneDnn.DNNL_ARG_DIFF_SCALE();
    /** Further positions, of convolutions' gradients. */
    public static final int DIFF_WEIGHTS = OneDnn.DNNL_ARG_DIFF_WEIGHTS();
    public static final int DIFF_BIAS = OneDnn.DNNL_ARG_DIFF_BIAS();
    public static final int DIFF_SHIFT = OneDnn.DNNL_ARG_DIFF_SHIFT();

    private final MemorySegment array;
    private final MemorySegment stream;
    private final MemorySegment[] memories;
    private final long[] addresses;
    private int count;

    /** @param array room for {@link #bytes} of that many arguments */
    public DnnArguments(MemorySegment array, int most) {
        this.array = array;
        this.memories = new MemorySegment[most];
        this.addresses = new long[most];
        this.stream = Dnn.create("create a stream",
                out -> OneDnn.dnnl_stream_create(out, Dnn.engine(), OneDnn.dnnl_stream_default_flags()));
    }

    /** The size of the array for so many arguments. */
    public static long bytes(int most) {
        return most * dnnl_exec_arg_t.sizeof();
    }

    /** The other operand of a fused operation; the first has index 0. */
    public static int fused(int index) {
        return OneDnn.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE() * (index + 1) | OneDnn.DNNL_ARG_SRC_1();
    }

    /** Adds an argument and returns its index for {@link #set}. */
    public int add(int position, DnnDesc description) {
        var memory = Dnn.create("create a memory",
                out -> OneDnn.dnnl_memory_create(out, description.pointer(), Dnn.engine(), MemorySegment.NULL));
        memories[count] = memory;
        var entry = dnnl_exec_arg_t.asSlice(array, count);
        dnnl_exec_arg_t.arg(entry, position);
        dnnl_exec_arg_t.memory(entry, memory);
        return count++;
    }

    /** Says where an argument's bytes are. The caller has checked that they are there, and enough, until the run ends. */
    public void set(int index, long address) {
        if (addresses[index] != address) {
            int status = OneDnn.dnnl_memory_set_data_handle(memories[index], MemorySegment.ofAddress(address));
            if (status != 0) {
                Dnn.check(status, "set the address of an argument");
            }
            addresses[index] = address;
        }
    }

    int count() {
        return count;
    }

    MemorySegment array() {
        return array;
    }

    MemorySegment stream() {
        return stream;
    }

    @Override
    public void close() {
        for (int i = 0; i < count; i++) {
            Dnn.check(OneDnn.dnnl_memory_destroy(memories[i]), "destroy a memory");
        }
        count = 0;
        Arrays.fill(memories, null);
        Dnn.check(OneDnn.dnnl_stream_destroy(stream), "destroy a stream");
    }
}
