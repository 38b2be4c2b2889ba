package io.chagres.runtime.op;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Dense elements of one type made elements of another, as {@link Elements} does it one by one: through arrays that stay in the
 * first cache, by loops which the compiler makes vector code of.
 */
final class Casts {
    /** Elements that are converted at a time. */
    static final int TILE = 1024;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final ThreadLocal<Casts> MINE = ThreadLocal.withInitial(Casts::new);

    private final byte[] bytes = new byte[TILE];
    private final short[] shorts = new short[TILE];
    private final int[] ints = new int[TILE];
    private final long[] longs = new long[TILE];
    private final float[] floats = new float[TILE];
    private final double[] doubles = new double[TILE];
    private final MemorySegment intBits = MemorySegment.ofArray(ints);
    private final MemorySegment floatBits = MemorySegment.ofArray(floats);

    private Casts() {
    }

    /** Whether elements of one type are elements of the other bit by bit. */
    static boolean sameBits(DType from, DType to) {
        return from == to || from.bytes() == 1 && to.bytes() == 1 && to != DType.BOOL;
    }

    /** y[i] = x[i] for n elements. */
    static void run(DType from, MemorySegment x, long xo, DType to, MemorySegment y, long yo, long n) {
        if (sameBits(from, to)) {
            MemorySegment.copy(x, xo, y, yo, n * from.bytes());
        } else if (from == DType.UINT8 && to == DType.FLOAT32 && x.isNative() && y.isNative()) {
            Kernels.best().u8ToF32(x, xo, y, yo, n, 1, 0);
        } else {
            var tile = MINE.get();
            for (long i = 0; i < n; i += TILE) {
                tile.convert(from, x, xo + i * from.bytes(), to, y, yo + i * to.bytes(), (int) Math.min(TILE, n - i));
            }
        }
    }

    private void convert(DType from, MemorySegment x, long xo, DType to, MemorySegment y, long yo, int n) {
        if (to == DType.BFLOAT16 && from == DType.FLOAT32) {
            MemorySegment.copy(x, INT, xo, ints, 0, n);
            roundBits(n);
            MemorySegment.copy(shorts, 0, y, SHORT, yo, n);
            return;
        }
        if (from == DType.BFLOAT16 && to == DType.FLOAT32) {
            MemorySegment.copy(x, SHORT, xo, shorts, 0, n);
            widenBits(n);
            MemorySegment.copy(ints, 0, y, INT, yo, n);
            return;
        }
        switch (from) {
            case BOOL, UINT8, INT8, INT16, INT32 -> {
                loadInts(from, x, xo, n);
                storeInts(from, to, y, yo, n);
            }
            case INT64 -> {
                MemorySegment.copy(x, LONG, xo, longs, 0, n);
                storeLongs(to, y, yo, n);
            }
            case FLOAT32, FLOAT16, BFLOAT16 -> {
                loadFloats(from, x, xo, n);
                storeFloats(to, y, yo, n);
            }
            case FLOAT64 -> {
                MemorySegment.copy(x, DOUBLE, xo, doubles, 0, n);
                storeDoubles(to, y, yo, n);
            }
        }
    }

    private void roundBits(int n) {
        for (int i = 0; i < n; i++) {
            ints[i] = Elements.bfloat16Bits(ints[i]);
        }
        for (int i = 0; i < n; i++) {
            shorts[i] = (short) ints[i];
        }
    }

    private void widenBits(int n) {
        for (int i = 0; i < n; i++) {
            ints[i] = shorts[i] << 16;
        }
    }

    // ---- From integers of at most 32 bits

    private void loadInts(DType from, MemorySegment x, long xo, int n) {
        switch (from) {
            case INT32 -> MemorySegment.copy(x, INT, xo, ints, 0, n);
            case INT16 -> {
                MemorySegment.copy(x, SHORT, xo, shorts, 0, n);
                for (int i = 0; i < n; i++) {
                    ints[i] = shorts[i];
                }
            }
            case INT8 -> {
                MemorySegment.copy(x, BYTE, xo, bytes, 0, n);
                for (int i = 0; i < n; i++) {
                    ints[i] = bytes[i];
                }
            }
            default -> {
                MemorySegment.copy(x, BYTE, xo, bytes, 0, n);
                for (int i = 0; i < n; i++) {
                    ints[i] = bytes[i] & 0xFF;
                }
            }
        }
    }

    private void storeInts(DType from, DType to, MemorySegment y, long yo, int n) {
        switch (to) {
            case BOOL -> {
                for (int i = 0; i < n; i++) {
                    bytes[i] = (byte) ((ints[i] | -ints[i]) >>> 31);
                }
                MemorySegment.copy(bytes, 0, y, BYTE, yo, n);
            }
            case UINT8, INT8 -> {
                for (int i = 0; i < n; i++) {
                    bytes[i] = (byte) ints[i];
                }
                MemorySegment.copy(bytes, 0, y, BYTE, yo, n);
            }
            case INT16 -> {
                for (int i = 0; i < n; i++) {
                    shorts[i] = (short) ints[i];
                }
                MemorySegment.copy(shorts, 0, y, SHORT, yo, n);
            }
            case INT32 -> MemorySegment.copy(ints, 0, y, INT, yo, n);
            case INT64 -> {
                for (int i = 0; i < n; i++) {
                    longs[i] = ints[i];
                }
                MemorySegment.copy(longs, 0, y, LONG, yo, n);
            }
            case FLOAT64 -> {
                widenInts(n);
                MemorySegment.copy(doubles, 0, y, DOUBLE, yo, n);
            }
            case BFLOAT16 -> {
                if (from == DType.INT32) {
                    widenInts(n);
                    storeDoubles(to, y, yo, n);
                } else {
                    floatInts(n);
                    storeFloats(to, y, yo, n);
                }
            }
            case FLOAT32, FLOAT16 -> {
                floatInts(n);
                storeFloats(to, y, yo, n);
            }
        }
    }

    private void widenInts(int n) {
        for (int i = 0; i < n; i++) {
            doubles[i] = ints[i];
        }
    }

    private void floatInts(int n) {
        for (int i = 0; i < n; i++) {
            floats[i] = ints[i];
        }
    }

    // ---- From 64-bit integers

    private void storeLongs(DType to, MemorySegment y, long yo, int n) {
        switch (to) {
            case BOOL -> {
                for (int i = 0; i < n; i++) {
                    bytes[i] = (byte) ((longs[i] | -longs[i]) >>> 63);
                }
                MemorySegment.copy(bytes, 0, y, BYTE, yo, n);
            }
            case UINT8, INT8, INT16, INT32 -> {
                for (int i = 0; i < n; i++) {
                    ints[i] = (int) longs[i];
                }
                storeInts(DType.INT32, to, y, yo, n);
            }
            case INT64 -> MemorySegment.copy(longs, 0, y, LONG, yo, n);
            case FLOAT64 -> {
                for (int i = 0; i < n; i++) {
                    doubles[i] = longs[i];
                }
                MemorySegment.copy(doubles, 0, y, DOUBLE, yo, n);
            }
            case BFLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    shorts[i] = Elements.toBfloat16(longs[i]);
                }
                MemorySegment.copy(shorts, 0, y, SHORT, yo, n);
            }
            case FLOAT32, FLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    floats[i] = longs[i];
                }
                storeFloats(to, y, yo, n);
            }
        }
    }

    // ---- From floating point numbers

    private void loadFloats(DType from, MemorySegment x, long xo, int n) {
        switch (from) {
            case FLOAT32 -> MemorySegment.copy(x, FLOAT, xo, floats, 0, n);
            case FLOAT16 -> {
                MemorySegment.copy(x, SHORT, xo, shorts, 0, n);
                for (int i = 0; i < n; i++) {
                    floats[i] = Float.float16ToFloat(shorts[i]);
                }
            }
            default -> {
                MemorySegment.copy(x, SHORT, xo, shorts, 0, n);
                widenBits(n);
                MemorySegment.copy(intBits, 0, floatBits, 0, 4L * n);
            }
        }
    }

    private void storeFloats(DType to, MemorySegment y, long yo, int n) {
        switch (to) {
            case BOOL -> {
                for (int i = 0; i < n; i++) {
                    bytes[i] = (byte) (floats[i] != 0 ? 1 : 0);
                }
                MemorySegment.copy(bytes, 0, y, BYTE, yo, n);
            }
            case UINT8, INT8, INT16, INT32, INT64 -> {
                for (int i = 0; i < n; i++) {
                    longs[i] = (long) floats[i];
                }
                storeLongs(to, y, yo, n);
            }
            case FLOAT32 -> MemorySegment.copy(floats, 0, y, FLOAT, yo, n);
            case FLOAT64 -> {
                for (int i = 0; i < n; i++) {
                    doubles[i] = floats[i];
                }
                MemorySegment.copy(doubles, 0, y, DOUBLE, yo, n);
            }
            case FLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    shorts[i] = Float.floatToFloat16(floats[i]);
                }
                MemorySegment.copy(shorts, 0, y, SHORT, yo, n);
            }
            case BFLOAT16 -> {
                MemorySegment.copy(floatBits, 0, intBits, 0, 4L * n);
                roundBits(n);
                MemorySegment.copy(shorts, 0, y, SHORT, yo, n);
            }
        }
    }

    private void storeDoubles(DType to, MemorySegment y, long yo, int n) {
        switch (to) {
            case BOOL -> {
                for (int i = 0; i < n; i++) {
                    bytes[i] = (byte) (doubles[i] != 0 ? 1 : 0);
                }
                MemorySegment.copy(bytes, 0, y, BYTE, yo, n);
            }
            case UINT8, INT8, INT16, INT32, INT64 -> {
                for (int i = 0; i < n; i++) {
                    longs[i] = (long) doubles[i];
                }
                storeLongs(to, y, yo, n);
            }
            case FLOAT32 -> {
                for (int i = 0; i < n; i++) {
                    floats[i] = (float) doubles[i];
                }
                MemorySegment.copy(floats, 0, y, FLOAT, yo, n);
            }
            case FLOAT64 -> MemorySegment.copy(doubles, 0, y, DOUBLE, yo, n);
            case FLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    shorts[i] = Elements.toFloat16(doubles[i]);
                }
                MemorySegment.copy(shorts, 0, y, SHORT, yo, n);
            }
            case BFLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    shorts[i] = Elements.toBfloat16(doubles[i]);
                }
                MemorySegment.copy(shorts, 0, y, SHORT, yo, n);
            }
        }
    }
}
