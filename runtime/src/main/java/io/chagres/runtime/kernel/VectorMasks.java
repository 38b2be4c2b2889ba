package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Lanes.BYTES;
import static io.chagres.runtime.kernel.Lanes.FLOATS;
import static io.chagres.runtime.kernel.Lanes.ORDER;
import static io.chagres.runtime.kernel.Lanes.offHeap;
import static io.chagres.runtime.kernel.PlainMasks.BITS;
import static io.chagres.runtime.kernel.PlainMasks.WORD;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.GE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Masks of one bit an element with the Vector API: whole words here, the rest by {@link PlainMasks}. */
final class VectorMasks {
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

    private VectorMasks() {
    }

    static void atLeast(int least, int[] numbers, int from, MemorySegment mask, long mo, int n) {
        mask = offHeap(mask);
        int whole = n / BITS * BITS;
        for (int i = 0; i < whole; i += BITS) {
            long word = 0;
            for (int j = 0; j < BITS; j += Lanes.COUNT) {
                word |= IntVector.fromArray(INTS, numbers, from + i + j).compare(GE, least).toLong() << j;
            }
            mask.set(WORD, mo + i / 8, word);
        }
        if (whole < n) {
            PlainMasks.atLeast(least, numbers, from + whole, mask, mo + whole / 8, n - whole);
        }
    }

    static void masked(MemorySegment mask, long mo, float scale, float kept, float dropped, MemorySegment x, long xo,
            MemorySegment y, long yo, long n) {
        mask = offHeap(mask);
        x = offHeap(x);
        y = offHeap(y);
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector off = FloatVector.broadcast(FLOATS, dropped);
        long whole = n / BITS;
        for (long i = 0; i < whole; i++) {
            long word = mask.get(WORD, mo + 8 * i);
            long at = 4 * BITS * i;
            for (long end = at + 4 * BITS; at < end; at += BYTES) {
                VectorMask<Float> on = VectorMask.fromLong(FLOATS, word);
                fromMemorySegment(FLOATS, x, xo + at, ORDER).mul(zero.blend(scale, on)).add(off.blend(kept, on))
                        .intoMemorySegment(y, yo + at, ORDER);
                word >>>= Lanes.COUNT;
            }
        }
        long done = BITS * whole;
        if (done < n) {
            PlainMasks.masked(mask, mo + done / 8, scale, kept, dropped, x, xo + 4 * done, y, yo + 4 * done, n - done);
        }
    }
}
