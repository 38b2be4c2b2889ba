package io.chagres.runtime.op;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.kernel.Moves;
import io.chagres.runtime.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rows of elements of any type to and from the arrays of a tile. A loop for each common pair of types; the order of the two loops
 * follows the strides, so that neighbours in memory are read together.
 */
final class Loads {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    /** Rows and columns of a block that is turned as a whole. */
    static final int SIDE = Moves.SIDE;
    /** Up to this stride, in elements, rows are read with all that lies between. */
    private static final int MOST_SKIPPED = 8;

    private Loads() {
    }

    /**
     * What to load: rows times cols elements, at strides in bytes, which land densely, row by row, from an index on.
     *
     * @param to the index of the first of them in the array
     */
    record Piece(DType dtype, MemorySegment from, long at, long rowStride, long colStride, int rows, int cols, int to) {
        /** Whether it is one dense row, or dense rows that follow each other. */
        boolean isDense(DType wanted) {
            return dtype == wanted && colStride == dtype.bytes() && (rows == 1 || rowStride == cols * colStride);
        }

        /** Whether the rows are the inner loop. */
        boolean turned() {
            if (rows < 8 || cols < 8) {
                return rows > cols;
            }
            return Math.abs(rowStride) < Math.abs(colStride);
        }
    }

    /** @param room for what lies around and between the elements, as large as a tile */
    static void load(Piece p, float[] t, float[] room) {
        if (p.isDense(DType.FLOAT32)) {
            MemorySegment.copy(p.from, FLOAT, p.at, t, p.to, p.rows * p.cols);
            return;
        }
        if (p.dtype == DType.FLOAT32 && p.rows == SIDE && p.cols == SIDE && p.rowStride == 4) {
            Kernels.best().transposeSquare(p.from, p.at, p.colStride, t);
            return;
        }
        if (p.dtype == DType.FLOAT32 && p.rows == 1 && p.colStride > 4 && p.colStride <= 4 * MOST_SKIPPED) {
            pick(p, t, room);
            return;
        }
        boolean turned = p.turned();
        int outer = turned ? p.cols : p.rows;
        int inner = turned ? p.rows : p.cols;
        long far = turned ? p.colStride : p.rowStride;
        long near = turned ? p.rowStride : p.colStride;
        int step = turned ? p.cols : 1;
        for (int i = 0; i < outer; i++) {
            int to = p.to + i * (turned ? 1 : p.cols);
            load(p.dtype, p.from, p.at + i * far, near, t, to, step, inner);
        }
    }

    /** Reads what is skipped too, which is in the same cache lines, as arrays are faster to pick from. */
    private static void pick(Piece p, float[] t, float[] room) {
        int stride = (int) (p.colStride / 4);
        int most = (room.length - 1) / stride + 1;
        for (int done = 0; done < p.cols; done += most) {
            int count = Math.min(most, p.cols - done);
            MemorySegment.copy(p.from, FLOAT, p.at + done * p.colStride, room, 0, (count - 1) * stride + 1);
            if (stride == 2) {
                for (int i = 0; i < count; i++) {
                    t[p.to + done + i] = room[2 * i];
                }
            } else {
                for (int i = 0, from = 0; i < count; i++, from += stride) {
                    t[p.to + done + i] = room[from];
                }
            }
        }
    }

    private static void load(DType dtype, MemorySegment from, long at, long stride, float[] t, int to, int step,
            int n) {
        switch (dtype) {
            case FLOAT32 -> {
                if (stride == 4 && step == 1) {
                    MemorySegment.copy(from, FLOAT, at, t, to, n);
                } else {
                    gather(from, at, stride, t, to, step, n);
                }
            }
            case BFLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    t[to + i * step] = Float.intBitsToFloat(from.get(SHORT, at + i * stride) << 16);
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    t[to + i * step] = Float.float16ToFloat(from.get(SHORT, at + i * stride));
                }
            }
            case INT64 -> {
                for (int i = 0; i < n; i++) {
                    t[to + i * step] = from.get(LONG, at + i * stride);
                }
            }
            case UINT8, BOOL -> {
                for (int i = 0; i < n; i++) {
                    t[to + i * step] = from.get(ValueLayout.JAVA_BYTE, at + i * stride) & 0xFF;
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    t[to + i * step] = (float) Elements.getDouble(dtype, from, at + i * stride);
                }
            }
        }
    }

    private static void gather(MemorySegment from, long at, long stride, float[] t, int to, int step, int n) {
        if (stride == 0) {
            float value = from.get(FLOAT, at);
            for (int i = 0; i < n; i++) {
                t[to + i * step] = value;
            }
        } else if (stride == 4) {
            for (int i = 0; i < n; i++) {
                t[to + i * step] = from.get(FLOAT, at + i * 4L);
            }
        } else {
            for (int i = 0; i < n; i++) {
                t[to + i * step] = from.get(FLOAT, at + i * stride);
            }
        }
    }

    static void load(Piece p, double[] t) {
        if (p.isDense(DType.FLOAT64)) {
            MemorySegment.copy(p.from, DOUBLE, p.at, t, p.to, p.rows * p.cols);
            return;
        }
        boolean turned = p.turned();
        int outer = turned ? p.cols : p.rows;
        int inner = turned ? p.rows : p.cols;
        long far = turned ? p.colStride : p.rowStride;
        long near = turned ? p.rowStride : p.colStride;
        int step = turned ? p.cols : 1;
        for (int i = 0; i < outer; i++) {
            int to = p.to + i * (turned ? 1 : p.cols);
            load(p.dtype, p.from, p.at + i * far, near, t, to, step, inner);
        }
    }

    private static void load(DType dtype, MemorySegment from, long at, long stride, double[] t, int to, int step,
            int n) {
        switch (dtype) {
            case FLOAT64 -> {
                for (int i = 0; i < n; i++) {
                    t[to + i * step] = from.get(DOUBLE, at + i * stride);
                }
            }
            case FLOAT32 -> {
                for (int i = 0; i < n; i++) {
                    t[to + i * step] = from.get(FLOAT, at + i * stride);
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    t[to + i * step] = Elements.getDouble(dtype, from, at + i * stride);
                }
            }
        }
    }

    static void load(Piece p, long[] t) {
        if (p.isDense(DType.INT64)) {
            MemorySegment.copy(p.from, LONG, p.at, t, p.to, p.rows * p.cols);
            return;
        }
        boolean turned = p.turned();
        int outer = turned ? p.cols : p.rows;
        int inner = turned ? p.rows : p.cols;
        long far = turned ? p.colStride : p.rowStride;
        long near = turned ? p.rowStride : p.colStride;
        int step = turned ? p.cols : 1;
        for (int i = 0; i < outer; i++) {
            int to = p.to + i * (turned ? 1 : p.cols);
            load(p.dtype, p.from, p.at + i * far, near, t, to, step, inner);
        }
    }

    private static void load(DType dtype, MemorySegment from, long at, long stride, long[] t, int to, int step,
            int n) {
        switch (dtype) {
            case INT64 -> {
                for (int i = 0; i < n; i++) {
                    t[to + i * step] = from.get(LONG, at + i * stride);
                }
            }
            case INT32 -> {
                for (int i = 0; i < n; i++) {
                    t[to + i * step] = from.get(INT, at + i * stride);
                }
            }
            case UINT8, BOOL -> {
                for (int i = 0; i < n; i++) {
                    t[to + i * step] = from.get(ValueLayout.JAVA_BYTE, at + i * stride) & 0xFF;
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    t[to + i * step] = Elements.getLong(dtype, from, at + i * stride);
                }
            }
        }
    }

    // ---- Dense results

    static void store(float[] t, int from, DType dtype, MemorySegment to, long at, int n) {
        switch (dtype) {
            case FLOAT32 -> MemorySegment.copy(t, from, to, FLOAT, at, n);
            case BOOL -> { // formulas of truth give 0 and 1
                for (int i = 0; i < n; i++) {
                    to.set(ValueLayout.JAVA_BYTE, at + i, (byte) t[from + i]);
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    to.set(SHORT, at + 2L * i, Float.floatToFloat16(t[from + i]));
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    Elements.putDouble(dtype, to, at + (long) i * dtype.bytes(), t[from + i]);
                }
            }
        }
    }

    static void store(double[] t, int from, DType dtype, MemorySegment to, long at, int n) {
        switch (dtype) {
            case FLOAT64 -> MemorySegment.copy(t, from, to, DOUBLE, at, n);
            case FLOAT32 -> {
                for (int i = 0; i < n; i++) {
                    to.set(FLOAT, at + 4L * i, (float) t[from + i]);
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    Elements.putDouble(dtype, to, at + (long) i * dtype.bytes(), t[from + i]);
                }
            }
        }
    }

    static void store(long[] t, int from, DType dtype, MemorySegment to, long at, int n) {
        switch (dtype) {
            case INT64 -> MemorySegment.copy(t, from, to, LONG, at, n);
            case INT32 -> {
                for (int i = 0; i < n; i++) {
                    to.set(INT, at + 4L * i, (int) t[from + i]);
                }
            }
            case BOOL -> {
                for (int i = 0; i < n; i++) {
                    to.set(ValueLayout.JAVA_BYTE, at + i, (byte) (t[from + i] != 0 ? 1 : 0));
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    Elements.putLong(dtype, to, at + (long) i * dtype.bytes(), t[from + i]);
                }
            }
        }
    }
}
