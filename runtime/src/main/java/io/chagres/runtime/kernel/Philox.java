package io.chagres.runtime.kernel;

/**
 * Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): four random numbers of 32 bits are a function
 * of a counter of 128 bits and a key of 64.
 */
public final class Philox {
    static final int MULTIPLIER_0 = 0xD2511F53;
    static final int MULTIPLIER_1 = 0xCD9E8D57;
    static final int WEYL_0 = 0x9E3779B9;
    static final int WEYL_1 = 0xBB67AE85;
    static final int ROUNDS = 10;

    private Philox() {
    }

    /** The numbers of one counter, to[at] to to[at + 3]. */
    public static void block(long counterLow, long counterHigh, long key, int[] to, int at) {
        int c0 = (int) counterLow;
        int c1 = (int) (counterLow >>> 32);
        int c2 = (int) counterHigh;
        int c3 = (int) (counterHigh >>> 32);
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = Integer.toUnsignedLong(MULTIPLIER_0) * Integer.toUnsignedLong(c0);
            long p1 = Integer.toUnsignedLong(MULTIPLIER_1) * Integer.toUnsignedLong(c2);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        to[at] = c0;
        to[at + 1] = c1;
        to[at + 2] = c2;
        to[at + 3] = c3;
    }

    /** The numbers of so many counters in a row. */
    static void blocks(long counterLow, long counterHigh, long key, int[] to, int from, int blocks) {
        for (int i = 0; i < blocks; i++) {
            block(counterLow + i, counterHigh, key, to, from + 4 * i);
        }
    }
}
