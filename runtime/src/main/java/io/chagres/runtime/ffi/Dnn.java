package io.chagres.runtime.ffi;

import io.chagres.bindings.onednn.OneDnn;
import io.chagres.natives.Natives;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What all uses of oneDNN share: the engine, the status check, and the call of a function that returns an object. */
public final class Dnn {
    /** The most dimensions that a oneDNN memory can have. */
    public static final int MAX_DIMS = 12;

    private static final MemorySegment ENGINE;

    static {
        Natives.load();
        ENGINE = create("create the CPU engine", out -> OneDnn.dnnl_engine_create(out, OneDnn.dnnl_cpu(), 0));
    }

    private Dnn() {
    }

    /** A call that stores the object it makes at {@code out} and returns a status. */
    interface Maker {
        int make(MemorySegment out);
    }

    static MemorySegment engine() {
        return ENGINE;
    }

    static MemorySegment create(String what, Maker maker) {
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.ADDRESS);
            check(maker.make(out), what);
            return out.get(ValueLayout.ADDRESS, 0);
        }
    }

    /** Throws if the status says that a call failed; {@code what} completes "cannot ...". */
    static void check(int status, String what) {
        if (status != 0) {
            throw new DnnException("oneDNN cannot " + what + ": " + reason(status) + " (status " + status + ")");
        }
    }

    private static String reason(int status) {
        if (status == OneDnn.dnnl_out_of_memory()) {
            return "out of memory";
        }
        if (status == OneDnn.dnnl_invalid_arguments()) {
            return "invalid arguments";
        }
        if (status == OneDnn.dnnl_unimplemented()) {
            return "not implemented for these shapes, types or this processor";
        }
        return status == OneDnn.dnnl_runtime_error() ? "runtime error" : "it failed";
    }
}
