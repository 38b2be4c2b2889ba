package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Runs of elements of any type as Java arrays, for loops that the compiler turns into vectors by itself. */
final class Lines {
    /** Elements of a run that stays in the first cache. */
    static final int SIZE = 1024;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

    private static final ThreadLocal<float[]> FLOATS = ThreadLocal.withInitial(() -> new float[SIZE]);

    private Lines() {
    }

    /** Reads n elements from a byte offset on, {@code stride} elements apart, as doubles. */
    static void load(DType dtype, MemorySegment x, long at, long stride, double[] to, int from, int n) {
        if (stride == 1 && dtype == DType.FLOAT64) {
            MemorySegment.copy(x, DOUBLE, at, to, from, n);
        } else if (stride == 1 && dtype == DType.FLOAT32 && n > 4) {
            var floats = FLOATS.get();
            for (int done = 0; done < n; done += SIZE) {
                int count = Math.min(SIZE, n - done);
                MemorySegment.copy(x, FLOAT, at + 4L * done, floats, 0, count);
                widen(floats, to, from + done, count);
            }
        } else {
            loadEach(dtype, x, at, stride * dtype.bytes(), to, from, n);
        }
    }

    private static void widen(float[] floats, double[] to, int from, int n) {
        for (int i = 0; i < n; i++) {
            to[from + i] = floats[i];
        }
    }

    private static void loadEach(DType dtype, MemorySegment x, long at, long step, double[] to, int from, int n) {
        switch (dtype) {
            case FLOAT32 -> {
                for (int i = 0; i < n; i++) {
                    to[from + i] = x.get(FLOAT, at + i * step);
                }
            }
            case FLOAT64 -> {
                for (int i = 0; i < n; i++) {
                    to[from + i] = x.get(DOUBLE, at + i * step);
                }
            }
            case BFLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    to[from + i] = Float.intBitsToFloat(x.get(SHORT, at + i * step) << 16);
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    to[from + i] = Float.float16ToFloat(x.get(SHORT, at + i * step));
                }
            }
            case INT64, INT32, INT16, INT8, UINT8, BOOL -> {
                for (int i = 0; i < n; i++) {
                    to[from + i] = Elements.getLong(dtype, x, at + i * step);
                }
            }
        }
    }

    /** Reads n integers from a byte offset on, {@code stride} elements apart. */
    static void load(DType dtype, MemorySegment x, long at, long stride, long[] to, int from, int n) {
        long step = stride * dtype.bytes();
        switch (dtype) {
            case INT64 -> {
                if (stride == 1) {
                    MemorySegment.copy(x, LONG, at, to, from, n);
                } else {
                    for (int i = 0; i < n; i++) {
                        to[from + i] = x.get(LONG, at + i * step);
                    }
                }
            }
            case INT32 -> {
                for (int i = 0; i < n; i++) {
                    to[from + i] = x.get(INT, at + i * step);
                }
            }
            case UINT8, BOOL -> {
                for (int i = 0; i < n; i++) {
                    to[from + i] = x.get(ValueLayout.JAVA_BYTE, at + i * step) & 0xFF;
                }
            }
            case INT16, INT8, FLOAT32, FLOAT64, BFLOAT16, FLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    to[from + i] = Elements.getLong(dtype, x, at + i * step);
                }
            }
        }
    }

    /** Writes n elements from a byte offset on, {@code stride} elements apart, rounded to the type. */
    static void store(double[] from, int first, DType dtype, MemorySegment y, long at, long stride, int n) {
        if (stride == 1 && dtype == DType.FLOAT64) {
            MemorySegment.copy(from, first, y, DOUBLE, at, n);
            return;
        }
        long step = stride * dtype.bytes();
        if (dtype == DType.FLOAT32) {
            for (int i = 0; i < n; i++) {
                y.set(FLOAT, at + i * step, (float) from[first + i]);
            }
        } else {
            for (int i = 0; i < n; i++) {
                Elements.putDouble(dtype, y, at + i * step, from[first + i]);
            }
        }
    }

    /** Writes n integers from a byte offset on, {@code stride} elements apart. */
    static void store(long[] from, int first, DType dtype, MemorySegment y, long at, long stride, int n) {
        if (stride == 1 && dtype == DType.INT64) {
            MemorySegment.copy(from, first, y, LONG, at, n);
            return;
        }
        long step = stride * dtype.bytes();
        for (int i = 0; i < n; i++) {
            Elements.putLong(dtype, y, at + i * step, from[first + i]);
        }
    }
}
