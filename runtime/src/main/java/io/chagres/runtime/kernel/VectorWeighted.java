package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Lanes.BYTES;
import static io.chagres.runtime.kernel.Lanes.FLOAT;
import static io.chagres.runtime.kernel.Lanes.FLOATS;
import static io.chagres.runtime.kernel.Lanes.ORDER;
import static io.chagres.runtime.kernel.Lanes.offHeap;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Weighted sums of rows with the Vector API: whole vectors of columns here, the rest by {@link PlainWeighted}. */
final class VectorWeighted {
    private VectorWeighted() {
    }

    static void rows(int[] begin, int[] index, float[] weight, int from, int to, MemorySegment x, long xo, long inner,
            MemorySegment y, long yo) {
        long whole = FLOATS.loopBound(inner);
        for (int o = from; o < to && whole > 0; o++) {
            int k = begin[o];
            long at = yo + 4L * (o - from) * inner;
            if (begin[o + 1] - k == 2) {
                two(x, xo + 4L * index[k] * inner, weight[k], xo + 4L * index[k + 1] * inner, weight[k + 1], y, at,
                        4 * whole);
            } else {
                some(index, weight, k, begin[o + 1], x, xo, 4 * inner, y, at, 4 * whole);
            }
        }
        if (whole < inner) {
            PlainWeighted.rows(begin, index, weight, from, to, x, xo, inner, whole, y, yo);
        }
    }

    private static void two(MemorySegment x, long a, float weightOfA, long b, float weightOfB, MemorySegment y, long yo,
            long end) {
        x = offHeap(x);
        y = offHeap(y);
        for (long i = 0; i < end; i += BYTES) {
            fromMemorySegment(FLOATS, x, a + i, ORDER).mul(weightOfA)
                    .add(fromMemorySegment(FLOATS, x, b + i, ORDER).mul(weightOfB)).intoMemorySegment(y, yo + i, ORDER);
        }
    }

    private static void some(int[] index, float[] weight, int first, int last, MemorySegment x, long xo, long stride,
            MemorySegment y, long yo, long end) {
        x = offHeap(x);
        y = offHeap(y);
        for (long i = 0; i < end; i += BYTES) {
            FloatVector sum = FloatVector.zero(FLOATS);
            if (first < last) {
                sum = fromMemorySegment(FLOATS, x, xo + index[first] * stride + i, ORDER).mul(weight[first]);
            }
            for (int k = first + 1; k < last; k++) {
                sum = FLOAT.cast(sum)
                        .add(fromMemorySegment(FLOATS, x, xo + index[k] * stride + i, ORDER).mul(weight[k]));
            }
            sum.intoMemorySegment(y, yo + i, ORDER);
        }
    }
}
