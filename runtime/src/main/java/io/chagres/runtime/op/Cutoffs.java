package io.chagres.runtime.op;

/** From what size on work is cut into parts for several threads; {@code CutoffBench} measures whether that pays. */
final class Cutoffs {
    /** Parts begin at multiples of this many elements: whole vectors and cache lines. */
    static final long GRAIN = 64;

    /** Fewer elements than this, read and written once, are faster on one thread. */
    private static final long ELEMENTS = 1 << 15;

    private Cutoffs() {
    }

    /** Into how many parts to cut a pass over so many elements, at most. */
    static int parts(long elements) {
        return (int) Math.min(Integer.MAX_VALUE, elements / (ELEMENTS / 2));
    }
}
