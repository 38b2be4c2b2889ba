package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;

/** Gradients of softmax and its logarithm, row by row, of dense float32 rows; sums are in double precision. */
public final class SoftmaxGradients {
    private static final class Room {
        final float[] y = new float[Tile.SIZE];
        final float[] dy = new float[Tile.SIZE];
        final float[] product = new float[Tile.SIZE];
    }

    private static final ThreadLocal<Room> ROOM = ThreadLocal.withInitial(Room::new);

    private SoftmaxGradients() {
    }

    /**
     * dx = y (dy - Σ dy y), or of the logarithm y: dx = dy - e^y Σ dy. dx may be dy.
     *
     * @param log whether y is the logarithm
     */
    public static void rows(boolean log, MemorySegment y, long yo, MemorySegment dy, long dyo, MemorySegment dx,
            long dxo, long rows, int cols) {
        var room = ROOM.get();
        if (cols > Tile.SIZE) {
            for (long row = 0; row < rows; row++) {
                long at = 4 * row * cols;
                longRow(room, log, y, yo + at, dy, dyo + at, dx, dxo + at, cols);
            }
            return;
        }
        long most = Tile.SIZE / Math.max(1, cols);
        for (long row = 0; row < rows; row += most) {
            int n = (int) Math.min(most, rows - row) * cols;
            long at = 4 * row * cols;
            load(room, log, y, yo + at, dy, dyo + at, n);
            for (int from = 0; from < n; from += cols) {
                float sum = (float) PlainReductions.sum(log ? room.dy : room.product, from, from + cols);
                finish(log, room.y, room.dy, sum, from, from + cols);
            }
            Tile.store(room.dy, dx, dxo + at, n);
        }
    }

    private static void longRow(Room room, boolean log, MemorySegment y, long yo, MemorySegment dy, long dyo,
            MemorySegment dx, long dxo, int cols) {
        double sum = 0;
        for (int i = 0; i < cols; i += Tile.SIZE) {
            int n = Math.min(Tile.SIZE, cols - i);
            Tile.load(dy, dyo + 4L * i, room.dy, n);
            if (!log) {
                Tile.load(y, yo + 4L * i, room.y, n);
                multiply(room.y, room.dy, room.product, n);
            }
            sum += PlainReductions.sum(log ? room.dy : room.product, 0, n);
        }
        for (int i = 0; i < cols; i += Tile.SIZE) {
            int n = Math.min(Tile.SIZE, cols - i);
            load(room, log, y, yo + 4L * i, dy, dyo + 4L * i, n);
            finish(log, room.y, room.dy, (float) sum, 0, n);
            Tile.store(room.dy, dx, dxo + 4L * i, n);
        }
    }

    private static void load(Room room, boolean log, MemorySegment y, long yo, MemorySegment dy, long dyo, int n) {
        Tile.load(y, yo, room.y, n);
        Tile.load(dy, dyo, room.dy, n);
        if (log) {
            Kernels.best().unary(Kernels.Unary.EXP, room.y, 0, n);
        } else {
            multiply(room.y, room.dy, room.product, n);
        }
    }

    private static void multiply(float[] a, float[] b, float[] product, int n) {
        for (int i = 0; i < n; i++) {
            product[i] = a[i] * b[i];
        }
    }

    private static void finish(boolean log, float[] y, float[] dy, float sum, int from, int to) {
        if (log) {
            for (int i = from; i < to; i++) {
                dy[i] -= y[i] * sum;
            }
        } else {
            for (int i = from; i < to; i++) {
                dy[i] = y[i] * (dy[i] - sum);
            }
        }
    }
}
