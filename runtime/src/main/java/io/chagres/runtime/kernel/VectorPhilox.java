package io.chagres.runtime.kernel;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** {@link Philox} with the Vector API: a counter in each lane of 64 bits, and the rest by plain loops. */
final class VectorPhilox {
    private static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, Lanes.FLOATS.vectorShape());
    private static final Class<? extends LongVector> LONG = LongVector.zero(LONGS).getClass();
    private static final int COUNTERS = LONGS.length();
    private static final VectorShuffle<Long> FIRST = VectorShuffle.makeZip(LONGS, 0);
    private static final VectorShuffle<Long> SECOND = VectorShuffle.makeZip(LONGS, 1);
    private static final long LOW = 0xFFFF_FFFFL;
    private static final long MULTIPLIER_0 = Philox.MULTIPLIER_0 & LOW;
    private static final long MULTIPLIER_1 = Philox.MULTIPLIER_1 & LOW;

    private VectorPhilox() {
    }

    static void blocks(long counterLow, long counterHigh, long key, int[] to, int from, int blocks) {
        int whole = LONGS.loopBound(blocks);
        LongVector steps = LongVector.zero(LONGS).addIndex(1);
        for (int i = 0; i < whole; i += COUNTERS) {
            LongVector counter = steps.add(counterLow + i);
            LongVector c0 = counter.and(LOW);
            LongVector c1 = counter.lanewise(LSHR, 32);
            LongVector c2 = LongVector.broadcast(LONGS, counterHigh & LOW);
            LongVector c3 = LongVector.broadcast(LONGS, counterHigh >>> 32);
            int k0 = (int) key;
            int k1 = (int) (key >>> 32);
            for (int round = 0; round < Philox.ROUNDS; round++) {
                LongVector p0 = LONG.cast(c0).mul(MULTIPLIER_0);
                LongVector p1 = LONG.cast(c2).mul(MULTIPLIER_1);
                c0 = p1.lanewise(LSHR, 32).lanewise(XOR, LONG.cast(c1)).lanewise(XOR, k0 & LOW);
                c2 = p0.lanewise(LSHR, 32).lanewise(XOR, LONG.cast(c3)).lanewise(XOR, k1 & LOW);
                c1 = p1.and(LOW);
                c3 = p0.and(LOW);
                k0 += Philox.WEYL_0;
                k1 += Philox.WEYL_1;
            }
            LongVector a = c0.or(c1.lanewise(LSHL, 32));
            LongVector b = c2.or(c3.lanewise(LSHL, 32));
            a.rearrange(FIRST, b).reinterpretAsInts().intoArray(to, from + 4 * i);
            a.rearrange(SECOND, b).reinterpretAsInts().intoArray(to, from + 4 * i + 2 * COUNTERS);
        }
        if (whole < blocks) {
            Philox.blocks(counterLow + whole, counterHigh, key, to, from + 4 * whole, blocks - whole);
        }
    }
}
