package io.chagres.runtime.kernel;

import java.util.stream.Stream;

/** Whether the compiler has got to one vector kernel, as its speed on short pieces tells. Races only delay the answer. */
final class Warmth {
    /** Elements that are done by vectors until then: a multiple of every vector's lanes. */
    static final int PIECE = 1024;

    /** Compiled vectors take at most about 1 ns an element, vectors on the heap 15 ns and more. */
    private static final long NANOS_AN_ELEMENT = 4;
    private static final long NANOS_A_CALL = 300;
    private static final int FAST_IN_A_ROW = 10;
    private static final int MOST_TRIALS = 20_000;

    private boolean hot;
    private boolean givenUp;
    private int fast;
    private int trials;

    static Warmth[] each(int count) {
        return Stream.generate(Warmth::new).limit(count).toArray(Warmth[]::new);
    }

    boolean isHot() {
        return hot;
    }

    /** How many of n elements to do by vectors. */
    long vectorPart(long n) {
        if (hot) {
            return n;
        }
        return givenUp ? 0 : Math.min(n, PIECE);
    }

    /** The time, if it is of interest. */
    long begin() {
        return hot || givenUp ? 0 : System.nanoTime();
    }

    /** Learns from the time that so many elements took. */
    void end(long start, long elements) {
        if (start != 0 && !hot && elements > 0) {
            learn(System.nanoTime() - start, elements);
        }
    }

    private void learn(long nanos, long elements) {
        fast = nanos < NANOS_A_CALL + NANOS_AN_ELEMENT * elements ? fast + 1 : 0;
        hot = fast >= FAST_IN_A_ROW && elements == PIECE || fast >= 100 * FAST_IN_A_ROW;
        givenUp = !hot && ++trials >= MOST_TRIALS;
    }
}
