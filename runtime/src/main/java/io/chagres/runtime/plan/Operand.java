package io.chagres.runtime.plan;

import java.lang.foreign.MemorySegment;

/** The check of memory that is handed to native code by its address. */
final class Operand {
    private Operand() {
    }

    /**
     * The address of so many bytes of a segment, all of which are there.
     *
     * @throws IllegalArgumentException if the segment is on the heap
     * @throws IllegalStateException if it was closed, or belongs to another thread
     * @throws IndexOutOfBoundsException if they reach outside it
     */
    static long address(String op, String operand, MemorySegment segment, long offset, long bytes) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException(op + ": " + operand + " is on the heap; a native segment is needed");
        }
        if (!segment.scope().isAlive() || !segment.isAccessibleBy(Thread.currentThread())) {
            throw new IllegalStateException(
                    op + ": the segment of " + operand + " was closed, or belongs to another thread");
        }
        if (offset < 0 || bytes > segment.byteSize() - offset) {
            throw new IndexOutOfBoundsException(op + ": " + operand + " takes " + bytes + " bytes from byte " + offset
                    + " on; its segment has " + segment.byteSize());
        }
        return segment.address() + offset;
    }

    /** {@link #address} of memory that is written to. */
    static long writable(String op, String operand, MemorySegment segment, long offset, long bytes) {
        long address = address(op, operand, segment, offset, bytes);
        if (segment.isReadOnly()) {
            throw new IllegalArgumentException(op + ": " + operand + " is read only");
        }
        return address;
    }
}
