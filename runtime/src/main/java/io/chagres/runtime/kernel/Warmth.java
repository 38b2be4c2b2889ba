package io.chagres.runtime.kernel;

import java.util.function.Consumer;
import java.util.stream.Stream;

/** Whether the compiler has got to one vector kernel, as its speed on short pieces tells. Races only delay the answer. */
final class Warmth {
    /** Elements that are done by vectors until then: a multiple of every vector's lanes. */
    static final int PIECE = 1024;

    /** Compiled vectors take at most about 1 ns an element, vectors on the heap 15 ns and more. */
    private static final long NANOS_AN_ELEMENT = 4;
    private static final long NANOS_A_CALL = 300;
    /** One piece of so many is done by vectors, and so many in a pass at most: a quarter more time than by plain loops alone. */
    private static final int SHARE = 64;
    private static final int MOST_PIECES = 256;
    private static final int FAST_IN_A_ROW = 10;
    private static final int MOST_PASSES = 20_000;

    private boolean hot;
    private boolean givenUp;
    private int fast;
    private int passes;

    static Warmth[] each(int count) {
        return Stream.generate(Warmth::new).limit(count).toArray(Warmth[]::new);
    }

    boolean isHot() {
        return hot;
    }

    /** A kernel over a part of its range. */
    interface Pass {
        void run(Kernels kernels, long from, long count);
    }

    /** A pass over n elements: some pieces by vectors, more of a long range, so that large tensors get there in a few passes. */
    void run(Kernels vector, Kernels plain, long n, Pass pass) {
        run(vector, plain, n, 1, pass);
    }

    /** {@link #run(Kernels, Kernels, long, Pass)} over n rows of so many elements each. */
    void run(Kernels vector, Kernels plain, long n, long each, Pass pass) {
        long done = 0;
        long most = Math.ceilDiv(PIECE, each);
        long pieces = givenUp ? 0 : Math.clamp(n / most / SHARE, 1, MOST_PIECES);
        for (long piece = 0; piece < pieces && !hot && done < n; piece++) {
            long count = Math.min(most, n - done);
            long start = System.nanoTime();
            pass.run(vector, done, count);
            learn(System.nanoTime() - start, count * each);
            done += count;
        }
        // passes and not pieces are counted, as a compiler that is busy takes its time however large a tensor is
        givenUp = !hot && ++passes >= MOST_PASSES;
        if (done < n) {
            pass.run(hot ? vector : plain, done, n - done);
        }
    }

    /** One piece of n elements: by vectors each time that as many as {@link #SHARE} were done, and by plain loops else. */
    void runSometimes(Kernels vector, Kernels plain, int n, Consumer<Kernels> piece) {
        boolean tries = !givenUp && passes % SHARE == 0;
        givenUp = ++passes >= MOST_PASSES * SHARE;
        if (!tries) {
            piece.accept(plain);
            return;
        }
        long start = System.nanoTime();
        piece.accept(vector);
        learn(System.nanoTime() - start, n);
    }

    /** Learns from the time that so many elements took. */
    void learn(long nanos, long elements) {
        fast = nanos < NANOS_A_CALL + NANOS_AN_ELEMENT * elements ? fast + 1 : 0;
        hot = fast >= FAST_IN_A_ROW && elements >= PIECE || fast >= 100 * FAST_IN_A_ROW;
    }
}
