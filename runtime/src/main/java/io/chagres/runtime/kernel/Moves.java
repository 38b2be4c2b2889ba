package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Elements of 1, 2, 4 or 8 bytes moved as they are: at strides, transposed by blocks, or one of them to many places. Offsets and
 * strides are bytes, counts are elements.
 */
public final class Moves {
    /** The most elements in a block of {@link #transpose}. */
    public static final int BLOCK = 1024;
    /** Rows and columns of a square block, which goes faster than others. */
    public static final int SIDE = 32;
    /** Fewer elements are moved one by one rather than by a call. */
    private static final long FEW = 12;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final Class<? extends MemorySegment> OFF_HEAP = MemorySegment.NULL.getClass();
    private static final ThreadLocal<Room> ROOM = ThreadLocal.withInitial(Room::new);

    private Moves() {
    }

    /** Two blocks of each size, made when they are first needed. */
    private static final class Room {
        byte[] bytesIn;
        byte[] bytesOut;
        short[] shortsIn;
        short[] shortsOut;
        int[] intsIn;
        int[] intsOut;
        long[] longsIn;
        long[] longsOut;
    }

    static MemorySegment offHeap(MemorySegment x) {
        return OFF_HEAP.isInstance(x) ? OFF_HEAP.cast(x) : x; // see Lanes.offHeap
    }

    /** y[i * ys] = x[i * xs] for n elements; what is written must not overlap what is read. */
    public static void copy(int bytes, MemorySegment x, long xo, long xs, MemorySegment y, long yo, long ys, long n) {
        if (ys == bytes && n >= FEW) {
            if (xs == bytes) {
                MemorySegment.copy(x, xo, y, yo, n * bytes);
                return;
            }
            if (xs == 0) {
                fill(bytes, bits(bytes, x, xo), y, yo, n);
                return;
            }
        }
        switch (bytes) {
            case 1 -> bytes(x, xo, xs, y, yo, ys, n);
            case 2 -> shorts(x, xo, xs, y, yo, ys, n);
            case 4 -> ints(x, xo, xs, y, yo, ys, n);
            default -> longs(x, xo, xs, y, yo, ys, n);
        }
    }

    private static void bytes(MemorySegment x, long xo, long xs, MemorySegment y, long yo, long ys, long n) {
        x = offHeap(x);
        y = offHeap(y);
        for (long i = 0; i < n; i++, xo += xs, yo += ys) {
            y.set(BYTE, yo, x.get(BYTE, xo));
        }
    }

    private static void shorts(MemorySegment x, long xo, long xs, MemorySegment y, long yo, long ys, long n) {
        x = offHeap(x);
        y = offHeap(y);
        for (long i = 0; i < n; i++, xo += xs, yo += ys) {
            y.set(SHORT, yo, x.get(SHORT, xo));
        }
    }

    private static void ints(MemorySegment x, long xo, long xs, MemorySegment y, long yo, long ys, long n) {
        x = offHeap(x);
        y = offHeap(y);
        for (long i = 0; i < n; i++, xo += xs, yo += ys) {
            y.set(INT, yo, x.get(INT, xo));
        }
    }

    private static void longs(MemorySegment x, long xo, long xs, MemorySegment y, long yo, long ys, long n) {
        x = offHeap(x);
        y = offHeap(y);
        for (long i = 0; i < n; i++, xo += xs, yo += ys) {
            y.set(LONG, yo, x.get(LONG, xo));
        }
    }

    /** The bits of an element, those of a short one in the low bits. */
    public static long bits(int bytes, MemorySegment x, long xo) {
        return switch (bytes) {
            case 1 -> x.get(BYTE, xo);
            case 2 -> x.get(SHORT, xo);
            case 4 -> x.get(INT, xo);
            default -> x.get(LONG, xo);
        };
    }

    /** y[i] = an element of these bits, for n elements. */
    public static void fill(int bytes, long bits, MemorySegment y, long yo, long n) {
        if (bytes == 1 || isRepeatedByte(bytes, bits)) {
            y.asSlice(yo, n * bytes).fill((byte) bits);
            return;
        }
        var room = ROOM.get();
        var block = room.longsIn == null ? room.longsIn = new long[BLOCK] : room.longsIn;
        Arrays.fill(block, switch (bytes) {
            case 2 -> (bits & 0xFFFF) * 0x0001_0001_0001_0001L;
            case 4 -> (bits & 0xFFFF_FFFFL) * 0x1_0000_0001L;
            default -> bits;
        });
        long size = n * bytes;
        long at = 0;
        for (; at + 8 * BLOCK <= size; at += 8 * BLOCK) {
            MemorySegment.copy(block, 0, y, LONG, yo + at, BLOCK);
        }
        int whole = (int) ((size - at) / 8);
        MemorySegment.copy(block, 0, y, LONG, yo + at, whole);
        for (at += 8L * whole; at < size; at += bytes) {
            if (bytes == 2) {
                y.set(SHORT, yo + at, (short) bits);
            } else {
                y.set(INT, yo + at, (int) bits);
            }
        }
    }

    private static boolean isRepeatedByte(int bytes, long bits) {
        long repeated = (bits & 0xFF) * 0x0101_0101_0101_0101L;
        return (repeated ^ bits) << 64 - 8 * bytes == 0;
    }

    /**
     * y[j, i] = x[i, j] for a block of {@code rows} rows i of x and {@code cols} columns j, at most {@value #BLOCK} elements.
     * Rows of x and rows of y are dense and follow each other at distances of xs and ys bytes. A whole row is read before
     * another is begun, and so written, that distances which are powers of two do no harm to caches.
     */
    public static void transpose(int bytes, MemorySegment x, long xo, long xs, MemorySegment y, long yo, long ys,
            int rows, int cols) {
        var room = ROOM.get();
        switch (bytes) {
            case 1 -> {
                if (room.bytesIn == null) {
                    room.bytesIn = new byte[BLOCK];
                    room.bytesOut = new byte[BLOCK];
                }
                transpose(room.bytesIn, room.bytesOut, x, xo, xs, y, yo, ys, rows, cols);
            }
            case 2 -> {
                if (room.shortsIn == null) {
                    room.shortsIn = new short[BLOCK];
                    room.shortsOut = new short[BLOCK];
                }
                transpose(room.shortsIn, room.shortsOut, x, xo, xs, y, yo, ys, rows, cols);
            }
            case 4 -> {
                if (rows == SIDE && cols == SIDE) {
                    Kernels.best().transposeSquare(x, xo, xs, y, yo, ys);
                } else {
                    transposeByArrays(x, xo, xs, y, yo, ys, rows, cols);
                }
            }
            default -> {
                if (room.longsOut == null) {
                    room.longsIn = new long[BLOCK];
                    room.longsOut = new long[BLOCK];
                }
                transpose(room.longsIn, room.longsOut, x, xo, xs, y, yo, ys, rows, cols);
            }
        }
    }

    /** {@link #transpose} of elements of 4 bytes. */
    static void transposeByArrays(MemorySegment x, long xo, long xs, MemorySegment y, long yo, long ys, int rows,
            int cols) {
        var room = ROOM.get();
        if (room.intsIn == null) {
            room.intsIn = new int[BLOCK];
            room.intsOut = new int[BLOCK];
        }
        transpose(room.intsIn, room.intsOut, x, xo, xs, y, yo, ys, rows, cols);
    }

    private static void transpose(byte[] in, byte[] out, MemorySegment x, long xo, long xs, MemorySegment y, long yo,
            long ys, int rows, int cols) {
        if (xs == 1L * cols) {
            MemorySegment.copy(x, BYTE, xo, in, 0, rows * cols);
        } else {
            for (int i = 0; i < rows; i++) {
                MemorySegment.copy(x, BYTE, xo + i * xs, in, i * cols, cols);
            }
        }
        if (rows == SIDE && cols == SIDE) {
            transposeSquare(in, out);
        } else {
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < cols; j++) {
                    out[j * rows + i] = in[i * cols + j];
                }
            }
        }
        if (ys == 1L * rows) {
            MemorySegment.copy(out, 0, y, BYTE, yo, rows * cols);
        } else {
            for (int j = 0; j < cols; j++) {
                MemorySegment.copy(out, j * rows, y, BYTE, yo + j * ys, rows);
            }
        }
    }

    private static void transposeSquare(byte[] in, byte[] out) {
        for (int i = 0; i < SIDE; i++) {
            for (int j = 0; j < SIDE; j++) {
                out[j * SIDE + i] = in[i * SIDE + j];
            }
        }
    }

    private static void transpose(short[] in, short[] out, MemorySegment x, long xo, long xs, MemorySegment y, long yo,
            long ys, int rows, int cols) {
        if (xs == 2L * cols) {
            MemorySegment.copy(x, SHORT, xo, in, 0, rows * cols);
        } else {
            for (int i = 0; i < rows; i++) {
                MemorySegment.copy(x, SHORT, xo + i * xs, in, i * cols, cols);
            }
        }
        if (rows == SIDE && cols == SIDE) {
            transposeSquare(in, out);
        } else {
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < cols; j++) {
                    out[j * rows + i] = in[i * cols + j];
                }
            }
        }
        if (ys == 2L * rows) {
            MemorySegment.copy(out, 0, y, SHORT, yo, rows * cols);
        } else {
            for (int j = 0; j < cols; j++) {
                MemorySegment.copy(out, j * rows, y, SHORT, yo + j * ys, rows);
            }
        }
    }

    private static void transposeSquare(short[] in, short[] out) {
        for (int i = 0; i < SIDE; i++) {
            for (int j = 0; j < SIDE; j++) {
                out[j * SIDE + i] = in[i * SIDE + j];
            }
        }
    }

    private static void transpose(int[] in, int[] out, MemorySegment x, long xo, long xs, MemorySegment y, long yo,
            long ys, int rows, int cols) {
        if (xs == 4L * cols) {
            MemorySegment.copy(x, INT, xo, in, 0, rows * cols);
        } else {
            for (int i = 0; i < rows; i++) {
                MemorySegment.copy(x, INT, xo + i * xs, in, i * cols, cols);
            }
        }
        if (rows == SIDE && cols == SIDE) {
            transposeSquare(in, out);
        } else {
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < cols; j++) {
                    out[j * rows + i] = in[i * cols + j];
                }
            }
        }
        if (ys == 4L * rows) {
            MemorySegment.copy(out, 0, y, INT, yo, rows * cols);
        } else {
            for (int j = 0; j < cols; j++) {
                MemorySegment.copy(out, j * rows, y, INT, yo + j * ys, rows);
            }
        }
    }

    private static void transposeSquare(int[] in, int[] out) {
        for (int i = 0; i < SIDE; i++) {
            for (int j = 0; j < SIDE; j++) {
                out[j * SIDE + i] = in[i * SIDE + j];
            }
        }
    }

    private static void transpose(long[] in, long[] out, MemorySegment x, long xo, long xs, MemorySegment y, long yo,
            long ys, int rows, int cols) {
        if (xs == 8L * cols) {
            MemorySegment.copy(x, LONG, xo, in, 0, rows * cols);
        } else {
            for (int i = 0; i < rows; i++) {
                MemorySegment.copy(x, LONG, xo + i * xs, in, i * cols, cols);
            }
        }
        if (rows == SIDE && cols == SIDE) {
            transposeSquare(in, out);
        } else {
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < cols; j++) {
                    out[j * rows + i] = in[i * cols + j];
                }
            }
        }
        if (ys == 8L * rows) {
            MemorySegment.copy(out, 0, y, LONG, yo, rows * cols);
        } else {
            for (int j = 0; j < cols; j++) {
                MemorySegment.copy(out, j * rows, y, LONG, yo + j * ys, rows);
            }
        }
    }

    private static void transposeSquare(long[] in, long[] out) {
        for (int i = 0; i < SIDE; i++) {
            for (int j = 0; j < SIDE; j++) {
                out[j * SIDE + i] = in[i * SIDE + j];
            }
        }
    }
}
