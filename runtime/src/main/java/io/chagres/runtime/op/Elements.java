package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Single elements of any type; for what is not worth a kernel. */
final class Elements {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

    private Elements() {
    }

    static double getDouble(DType dtype, MemorySegment segment, long at) {
        return switch (dtype) {
            case FLOAT32 -> segment.get(FLOAT, at);
            case FLOAT64 -> segment.get(DOUBLE, at);
            case BFLOAT16 -> Float.intBitsToFloat(segment.get(SHORT, at) << 16);
            case FLOAT16 -> Float.float16ToFloat(segment.get(SHORT, at));
            case INT64, INT32, INT16, INT8, UINT8, BOOL -> getLong(dtype, segment, at);
        };
    }

    static long getLong(DType dtype, MemorySegment segment, long at) {
        return switch (dtype) {
            case INT64 -> segment.get(LONG, at);
            case INT32 -> segment.get(INT, at);
            case INT16 -> segment.get(SHORT, at);
            case INT8 -> segment.get(ValueLayout.JAVA_BYTE, at);
            case UINT8, BOOL -> segment.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
            case FLOAT32, FLOAT64, BFLOAT16, FLOAT16 -> (long) getDouble(dtype, segment, at);
        };
    }

    static void putDouble(DType dtype, MemorySegment segment, long at, double value) {
        put(dtype, segment, at, bits(dtype, value));
    }

    static void putLong(DType dtype, MemorySegment segment, long at, long value) {
        put(dtype, segment, at, bits(dtype, value));
    }

    private static void put(DType dtype, MemorySegment segment, long at, long bits) {
        switch (dtype.bytes()) {
            case 1 -> segment.set(ValueLayout.JAVA_BYTE, at, (byte) bits);
            case 2 -> segment.set(SHORT, at, (short) bits);
            case 4 -> segment.set(INT, at, (int) bits);
            default -> segment.set(LONG, at, bits);
        }
    }

    /** The bits of a number as an element, in the low bits of a long; what is above them is not defined. */
    static long bits(DType dtype, double value) {
        return switch (dtype) {
            case FLOAT32 -> Float.floatToRawIntBits((float) value);
            case FLOAT64 -> Double.doubleToRawLongBits(value);
            case BFLOAT16 -> toBfloat16(value);
            case FLOAT16 -> toFloat16(value);
            case BOOL -> value != 0 ? 1 : 0;
            case INT64, INT32, INT16, INT8, UINT8 -> (long) value;
        };
    }

    /** {@link #bits(DType, double)} of an integer. */
    static long bits(DType dtype, long value) {
        return switch (dtype) {
            case FLOAT32 -> Float.floatToRawIntBits(value);
            case FLOAT64 -> Double.doubleToRawLongBits(value);
            case BFLOAT16 -> toBfloat16(value);
            case FLOAT16 -> Float.floatToFloat16(value);
            case BOOL -> value != 0 ? 1 : 0;
            case INT64, INT32, INT16, INT8, UINT8 -> value;
        };
    }

    /** The upper half of a float, rounded to nearest, ties to even; NaN stays NaN. */
    static short toBfloat16(float value) {
        return (short) bfloat16Bits(Float.floatToRawIntBits(value));
    }

    /** {@link #toBfloat16(float)} of a float's bits; without branches, for loops that are to become vector code. */
    static int bfloat16Bits(int bits) {
        int nan = 0x7F80_0000 - (bits & 0x7FFF_FFFF) >> 31; // all ones if it is
        int rounded = bits + 0x7FFF + (bits >>> 16 & 1) >>> 16;
        return rounded & ~nan | (bits >>> 16 | 0x40) & nan;
    }

    /** A double rounded once to bfloat16. */
    static short toBfloat16(double value) {
        if (Math.abs(value) < Float.MIN_NORMAL) { // multiples of 2^-133, the number of which is the bits
            return (short) ((int) Math.rint(Math.abs(value) * 0x1p133)
                    | (int) (Double.doubleToRawLongBits(value) >>> 48) & 0x8000);
        }
        return toBfloat16(toOdd(value));
    }

    /** A long rounded once to bfloat16. */
    static short toBfloat16(long value) {
        long rest = value & 0x3FF;
        return toBfloat16((double) (value >= -1L << 53 && value <= 1L << 53
                ? value
                : value - rest | (rest == 0 ? 0 : 0x400))); // the last of 53 bits tells that there were more
    }

    /** A double rounded once to float16. */
    static short toFloat16(double value) {
        return Float.floatToFloat16(toOdd(value));
    }

    /**
     * The float next to a normal double towards 0, with its last bit set if it is not equal; rounded further, that gives what
     * rounding the double at once would have given.
     */
    private static float toOdd(double value) {
        long bits = Double.doubleToRawLongBits(value);
        long rest = (bits & 0x1FFF_FFFF) + 0x1FFF_FFFF & 0x2000_0000;
        return (float) Double.longBitsToDouble(bits & ~0x1FFF_FFFFL | rest);
    }
}
