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
        switch (dtype) {
            case FLOAT32 -> segment.set(FLOAT, at, (float) value);
            case FLOAT64 -> segment.set(DOUBLE, at, value);
            case BFLOAT16 -> segment.set(SHORT, at, toBfloat16((float) value));
            case FLOAT16 -> segment.set(SHORT, at, Float.floatToFloat16((float) value));
            case BOOL -> segment.set(ValueLayout.JAVA_BYTE, at, (byte) (value != 0 ? 1 : 0));
            case INT64, INT32, INT16, INT8, UINT8 -> putLong(dtype, segment, at, (long) value);
        }
    }

    static void putLong(DType dtype, MemorySegment segment, long at, long value) {
        switch (dtype) {
            case INT64 -> segment.set(LONG, at, value);
            case INT32 -> segment.set(INT, at, (int) value);
            case INT16 -> segment.set(SHORT, at, (short) value);
            case INT8, UINT8 -> segment.set(ValueLayout.JAVA_BYTE, at, (byte) value);
            case BOOL, FLOAT32, FLOAT64, BFLOAT16, FLOAT16 -> putDouble(dtype, segment, at, value);
        }
    }

    /** Rounds to nearest, ties to even; NaN stays NaN. */
    private static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }
}
