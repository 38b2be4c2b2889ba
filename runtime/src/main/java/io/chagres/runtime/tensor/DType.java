package io.chagres.runtime.tensor;

/** The type of a tensor's elements, named as in PyTorch. */
public enum DType {
    /** IEEE 754 single precision; what networks compute in. */
    FLOAT32(4, true),
    /** IEEE 754 double precision. */
    FLOAT64(8, true),
    /** Upper half of a float32; storage only so far. */
    BFLOAT16(2, true),
    /** IEEE 754 half precision; storage only so far. */
    FLOAT16(2, true),
    /** Class labels and indices. */
    INT64(8, false),
    /** 32-bit integers. */
    INT32(4, false),
    /** 16-bit integers; storage only so far. */
    INT16(2, false),
    /** Signed bytes. */
    INT8(1, false),
    /** Unsigned bytes, such as pixels. */
    UINT8(1, false),
    /** One byte, 0 or 1. */
    BOOL(1, false);

    private final int bytes;
    private final boolean floatingPoint;

    DType(int bytes, boolean floatingPoint) {
        this.bytes = bytes;
        this.floatingPoint = floatingPoint;
    }

    /** Size of one element. */
    public int bytes() {
        return bytes;
    }

    /** Whether elements have fractions, and tensors of them gradients. */
    public boolean isFloatingPoint() {
        return floatingPoint;
    }
}
