package io.chagres.nn.data;

import io.chagres.runtime.random.Generator;

/** The order of rows in a shuffled epoch: a function of seed and epoch alone, the same on every machine. */
final class Permutation {
    /** Sets these numbers apart from others drawn of the same seed, such as first weights. */
    private static final long STREAM = 0x5348_5546_464C_4500L;

    private Permutation() {
    }

    /** Fills the array with 0 to its length - 1 in random order (Fisher and Yates; Durstenfeld, 1964). */
    static void fill(long[] order, long seed, long epoch) {
        var generator = new Generator(seed, STREAM ^ epoch);
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        for (int i = order.length - 1; i > 0; i--) {
            int other = (int) generator.nextLong(i + 1L);
            long moved = order[i];
            order[i] = order[other];
            order[other] = moved;
        }
    }
}
