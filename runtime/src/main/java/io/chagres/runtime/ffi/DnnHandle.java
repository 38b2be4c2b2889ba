package io.chagres.runtime.ffi;

import java.lang.foreign.MemorySegment;

/** An object of oneDNN with one owner: whoever made it closes it, once. Not thread safe. */
public abstract class DnnHandle implements AutoCloseable {
    private MemorySegment pointer;

    DnnHandle(MemorySegment pointer) {
        this.pointer = pointer;
    }

    /** The C pointer. */
    final MemorySegment pointer() {
        if (pointer == null) {
            throw new IllegalStateException(getClass().getSimpleName() + " was closed");
        }
        return pointer;
    }

    abstract int destroy(MemorySegment pointer);

    @Override
    public final void close() {
        if (pointer != null) {
            var last = pointer;
            pointer = null;
            Dnn.check(destroy(last), "destroy a " + getClass().getSimpleName());
        }
    }
}
