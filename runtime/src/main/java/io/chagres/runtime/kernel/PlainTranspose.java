package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Squares of elements turned over by arrays. */
final class PlainTranspose {
    private static final int SIDE = Moves.SIDE;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private PlainTranspose() {
    }

    static void square(MemorySegment x, long xo, long xs, MemorySegment y, long yo, long ys) {
        Moves.transposeByArrays(x, xo, xs, y, yo, ys, SIDE, SIDE);
    }

    static void square(MemorySegment x, long xo, long xs, float[] y) {
        float[] in = Tile.mine().c;
        for (int i = 0; i < SIDE; i++) {
            MemorySegment.copy(x, FLOAT, xo + i * xs, in, i * SIDE, SIDE);
        }
        for (int i = 0; i < SIDE; i++) {
            for (int j = 0; j < SIDE; j++) {
                y[j * SIDE + i] = in[i * SIDE + j];
            }
        }
    }
}
