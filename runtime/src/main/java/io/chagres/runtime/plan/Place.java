package io.chagres.runtime.plan;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Where an operand begins: a segment, and an offset in bytes. */
public record Place(MemorySegment segment, long offset) {
    /** The address of an operand of so many bytes, all of which are there. */
    long address(String op, String operand, long bytes) {
        return Operand.address(op, operand, segment, offset, bytes);
    }

    /** {@link #address} of what is written. */
    long target(String op, String operand, long bytes) {
        return Operand.writable(op, operand, segment, offset, bytes);
    }

    /** The bytes of float32 elements; the sizes are positive. */
    static long floats(String op, long... dims) {
        long bytes = Float.BYTES;
        for (long dim : dims) {
            if (dim < 1 || bytes > Long.MAX_VALUE / dim) {
                throw new IllegalArgumentException(op + ": sizes " + Arrays.toString(dims)
                        + "; they are positive, and all elements together less than 2^63 bytes");
            }
            bytes *= dim;
        }
        return bytes;
    }
}
