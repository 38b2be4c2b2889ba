package io.chagres.runtime.tensor;

import java.util.Objects;

/**
 * The type of a tensor's elements, named as in PyTorch. What comes of two types that meet in an operation is
 * {@linkplain #promote(DType, DType) as in PyTorch} too; {@code runtime/docs/dtypes.md} has it all in one table.
 */
public enum DType {
    /** IEEE 754 single precision; what networks compute in. */
    FLOAT32(4, true),
    /** IEEE 754 double precision. */
    FLOAT64(8, true),
    /** Upper half of a float32; storage and conversion; computed with in float32. */
    BFLOAT16(2, true),
    /** IEEE 754 half precision; storage and conversion; computed with in float32. */
    FLOAT16(2, true),
    /** Class labels and indices. */
    INT64(8, false),
    /** 32-bit integers. */
    INT32(4, false),
    /** 16-bit integers. */
    INT16(2, false),
    /** Signed bytes. */
    INT8(1, false),
    /** Unsigned bytes, such as pixels. */
    UINT8(1, false),
    /** One byte, 0 or 1. */
    BOOL(1, false);

    /** What numbers without a fraction, numbers with one and truth values are to {@link #promote(DType, Category)}. */
    public enum Category {
        /** Truth values. */
        BOOL,
        /** Numbers without a fraction. */
        INTEGER,
        /** Numbers with a fraction. */
        FLOATING
    }

    /** What a Java {@code double} makes of integers, and functions such as exp of them: FLOAT32. */
    public static final DType DEFAULT = FLOAT32;

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

    /** Whether elements are numbers without a fraction; truth values are not. */
    public boolean isInteger() {
        return category() == Category.INTEGER;
    }

    /** Whether elements can be negative. */
    public boolean isSigned() {
        return this != UINT8 && this != BOOL;
    }

    /** Which kind of numbers the elements are. */
    public Category category() {
        return floatingPoint ? Category.FLOATING : this == BOOL ? Category.BOOL : Category.INTEGER;
    }

    /** The type in which functions with fractions, such as exp, give their results: this one, or {@link #DEFAULT}. */
    public DType floating() {
        return floatingPoint ? this : DEFAULT;
    }

    /** The type that this one is computed in where there is no kernel of its own: FLOAT32 for the 16-bit floating types. */
    public DType computed() {
        return this == BFLOAT16 || this == FLOAT16 ? FLOAT32 : this;
    }

    /**
     * The type in which elements of two types are computed, as {@code torch.promote_types}: the least one of the higher
     * category that holds both.
     *
     * @throws NullPointerException if one is null
     */
    public static DType promote(DType a, DType b) {
        if (a == b) {
            return Objects.requireNonNull(a, "promote: the type is null");
        }
        int categories = a.category().compareTo(b.category());
        if (categories != 0) {
            return categories > 0 ? a : b;
        }
        if (a.bytes == b.bytes) {
            return a.floatingPoint ? FLOAT32 : INT16; // BFLOAT16 with FLOAT16, UINT8 with INT8
        }
        return a.bytes > b.bytes ? a : b;
    }

    /**
     * The type of a tensor's elements combined with a Java number or truth value, as {@code torch.result_type}: the tensor's,
     * unless the scalar is of a higher category; then FLOAT32 or INT64.
     */
    public static DType promote(DType tensor, Category scalar) {
        if (scalar.compareTo(tensor.category()) <= 0) {
            return tensor;
        }
        return scalar == Category.FLOATING ? DEFAULT : INT64;
    }

    /**
     * The type in which elements of two tensors are computed, as {@code torch.result_type}: a tensor of no dimensions does not
     * change the type of one that has some, except to a higher category.
     *
     * @param aRank the number of dimensions of the tensor with elements a
     * @param bRank the number of dimensions of the tensor with elements b
     */
    public static DType promote(DType a, int aRank, DType b, int bRank) {
        if (aRank == 0 == (bRank == 0)) {
            return promote(a, b);
        }
        var array = aRank == 0 ? b : a;
        var single = aRank == 0 ? a : b;
        return single.category().compareTo(array.category()) > 0 ? single : array;
    }
}
