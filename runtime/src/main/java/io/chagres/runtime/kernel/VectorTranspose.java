package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Lanes.BYTES;
import static io.chagres.runtime.kernel.Lanes.COUNT;
import static io.chagres.runtime.kernel.Lanes.FLOATS;
import static io.chagres.runtime.kernel.Lanes.ORDER;
import static io.chagres.runtime.kernel.Lanes.offHeap;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Squares of elements turned over by vectors. To take by turns one element of the first half and one of the second is to move the
 * bits of each index one place up; after as many turns as a row's index has bits, rows and columns have changed places.
 */
final class VectorTranspose {
    private static final int SIDE = Moves.SIDE;
    private static final int HALF = SIDE * SIDE / 2;
    private static final int PER_ROW = SIDE / COUNT;
    private static final VectorShuffle<Float> LOW = VectorShuffle.makeZip(FLOATS, 0);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.makeZip(FLOATS, 1);
    private static final boolean FITS = COUNT < SIDE;

    private VectorTranspose() {
    }

    static void square(MemorySegment x, long xo, long xs, MemorySegment y, long yo, long ys) {
        if (!FITS) {
            PlainTranspose.square(x, xo, xs, y, yo, ys);
            return;
        }
        Tile tile = Tile.mine();
        middle(x, xo, xs, tile.b, tile.c);
        last(tile.b, y, yo, ys);
    }

    static void square(MemorySegment x, long xo, long xs, float[] y) {
        if (!FITS) {
            PlainTranspose.square(x, xo, xs, y);
            return;
        }
        Tile tile = Tile.mine();
        middle(x, xo, xs, tile.b, tile.c);
        turn(tile.b, y);
    }

    /** All turns but the last, with the result in b. */
    private static void middle(MemorySegment x, long xo, long xs, float[] b, float[] c) {
        first(x, xo, xs, c);
        turn(c, b);
        turn(b, c);
        turn(c, b);
    }

    private static void first(MemorySegment x, long xo, long xs, float[] out) {
        x = offHeap(x);
        long below = xs * (SIDE / 2);
        for (int row = 0; row < SIDE / 2; row++) {
            for (int part = 0; part < PER_ROW; part++) {
                long at = xo + row * xs + (long) part * BYTES;
                FloatVector upper = fromMemorySegment(FLOATS, x, at, ORDER);
                FloatVector lower = fromMemorySegment(FLOATS, x, at + below, ORDER);
                int to = 2 * (row * SIDE + part * COUNT);
                upper.rearrange(LOW, lower).intoArray(out, to);
                upper.rearrange(HIGH, lower).intoArray(out, to + COUNT);
            }
        }
    }

    private static void turn(float[] in, float[] out) {
        for (int i = 0; i < HALF; i += COUNT) {
            FloatVector upper = fromArray(FLOATS, in, i);
            FloatVector lower = fromArray(FLOATS, in, HALF + i);
            upper.rearrange(LOW, lower).intoArray(out, 2 * i);
            upper.rearrange(HIGH, lower).intoArray(out, 2 * i + COUNT);
        }
    }

    private static void last(float[] in, MemorySegment y, long yo, long ys) {
        y = offHeap(y);
        for (int row = 0; row < SIDE; row++) {
            long at = yo + row * ys;
            for (int part = 0; part < PER_ROW; part += 2) {
                int from = (row * SIDE + part * COUNT) / 2;
                FloatVector upper = fromArray(FLOATS, in, from);
                FloatVector lower = fromArray(FLOATS, in, HALF + from);
                upper.rearrange(LOW, lower).intoMemorySegment(y, at + (long) part * BYTES, ORDER);
                upper.rearrange(HIGH, lower).intoMemorySegment(y, at + (long) (part + 1) * BYTES, ORDER);
            }
        }
    }
}
