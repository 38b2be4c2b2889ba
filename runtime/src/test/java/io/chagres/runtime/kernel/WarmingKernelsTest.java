package io.chagres.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** While vectors are being compiled, and after, the bits are those of either kind of kernel alone. */
class WarmingKernelsTest {
    private static final int N = 5000;

    private final Kernels plain = PlainKernels.INSTANCE;
    private final Kernels vector = new VectorKernels();

    private interface Run {
        void on(Kernels kernels, MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment d);
    }

    @Test
    void everyElementWiseKernelGivesThePlainBits() {
        for (var f : Kernels.Unary.values()) {
            same((k, a, b, c, d) -> k.unary(f, a, 4, b, 8, N));
        }
        for (var f : Kernels.Binary.values()) {
            same((k, a, b, c, d) -> k.binary(f, a, 4, 1, b, 8, 1, c, 12, N));
            same((k, a, b, c, d) -> k.binary(f, a, 4, 0, b, 8, 1, c, 12, N));
            same((k, a, b, c, d) -> k.binary(f, a, 4, 1, b, 8, 0, c, 12, N));
        }
        for (var lines : Steps.LINES) {
            same((k, a, b, c, d) -> k.pieces(lines, a, 4, 1, b, 8, 1, c, 12, N));
            same((k, a, b, c, d) -> k.pieces(lines, a, 4, 1, b, 8, 0, c, 12, N));
        }
        for (var f : Kernels.Unary.values()) {
            same((k, a, b, c, d) -> {
                float[] t = a.toArray(ValueLayout.JAVA_FLOAT);
                k.unary(f, t, 3, N);
                MemorySegment.copy(t, 0, b, ValueLayout.JAVA_FLOAT, 0, N + 8);
            });
        }
        same((k, a, b, c, d) -> k.axpy(0.3f, a, 4, b, 8, N));
        same((k, a, b, c, d) -> k.scale(0.3f, a, 4, b, 8, N));
        same((k, a, b, c, d) -> k.fill(0.3f, b, 8, N));
        same((k, a, b, c, d) -> k.reluBackward(a, 4, b, 8, c, 12, N));
        same((k, a, b, c, d) -> k.u8ToF32(a, 3, b, 8, N, 0.3f, 1f));
        same((k, a, b, c, d) -> k.weightedRows(new int[]{0, 2, 3}, new int[]{1, 0, 2}, new float[]{0.3f, 0.6f, 1.1f}, 0,
                2,
                a, 4, N / 3, b, 8));
        same((k, a, b, c, d) -> {
            float[] w = a.toArray(ValueLayout.JAVA_FLOAT);
            int[] at = new int[500];
            Arrays.setAll(at, i -> 3 * i);
            k.addWindows(w, at, w, 5, 16, 30, b, 8, at, 1, 500);
        });
        same((k, a, b, c, d) -> k.planes(a, 4, 8, new int[]{0, 4, 40}, b.toArray(ValueLayout.JAVA_FLOAT), true, c, 12,
                5,
                90, 9));
        same((k, a, b, c, d) -> k.masked(a, 8, 1.5f, 0.5f, -0.5f, b, 8, c, 12, N));
        same((k, a, b, c, d) -> {
            var numbers = new int[N];
            k.philox(7, 8, 9, numbers, 0, N / 4);
            k.atLeast(1 << 20, numbers, 0, b, 8, N);
        });
        same((k, a, b, c, d) -> k.adam(adam(), a, 4, b, 8, c, 12, d, 16, N));
        same((k, a, b, c, d) -> k.sgd(sgd(), a, 4, b, 8, null, 0, N));
        same((k, a, b, c, d) -> k.sgd(sgd(), a, 4, b, 8, c, 12, N));
    }

    /** Pieces are whole rows there, however many elements these have. */
    @Test
    void columnsGiveThePlainBits() {
        for (int cols : new int[]{1, 3, 16, 17, 100, 1024, 1025, 1600}) {
            int rows = N / cols;
            same((k, a, b, c, d) -> k.columnLines(a, 4, b, 8, cols, c, 12, rows, cols));
            same((k, a, b, c, d) -> k.columnLines(a, 4, b, 8, cols, a, 4, rows, cols));
            same((k, a, b, c, d) -> k.columnCombinations(a, 4, b, 8, d, 0, cols, c, 12, rows, cols));
            same((k, a, b, c, d) -> k.columnMoments(a, 4, rows, cols, b, 8, c, 12));
            same((k, a, b, c, d) -> k.columnProducts(a, 4, b, 8, rows, cols, d, 0, c, 12));
        }
        same((k, a, b, c, d) -> k.columnLines(a, 4, b, 8, 0, c, 12, 5, 0));
        same((k, a, b, c, d) -> k.columnCombinations(a, 4, b, 8, d, 0, 0, c, 12, 5, 0));
        same((k, a, b, c, d) -> k.columnLines(a, 4, b, 8, 16, c, 12, 0, 16));
    }

    @Test
    void piecesOfColumnsAreWholeRows() {
        assertEquals(List.of("vector 0 61", "plain 61 4939"), rowPasses(N, 17));
        assertEquals(List.of("vector 0 1", "plain 1 4"), rowPasses(5, 2000));
        assertEquals(List.of("vector 0 5"), rowPasses(5, 17));
        assertEquals(List.of(), rowPasses(0, 17));
    }

    private List<String> rowPasses(long rows, long cols) {
        var passes = new ArrayList<String>();
        var warmth = new Warmth();
        warmth.learn(1_000_000_000, Warmth.PIECE);
        warmth.run(vector, plain, rows, cols, (kernels, from, count) -> {
            passes.add((kernels == vector ? "vector " : "plain ") + from + " " + count);
            warmth.learn(1_000_000_000, Warmth.PIECE);
        });
        return passes;
    }

    private void same(Run run) {
        try (var arena = Arena.ofConfined()) {
            var expected = random(arena);
            var actual = random(arena);
            run.on(plain, expected[0], expected[1], expected[2], expected[3]);
            run.on(new WarmingKernels(new VectorKernels(), plain), actual[0], actual[1], actual[2], actual[3]);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(-1, expected[i].mismatch(actual[i]));
            }
        }
    }

    private static MemorySegment[] random(Arena arena) {
        var random = new Random(1);
        var segments = new MemorySegment[4];
        for (int s = 0; s < segments.length; s++) {
            segments[s] = arena.allocate(ValueLayout.JAVA_FLOAT, N + 8);
            for (int i = 0; i < N + 8; i++) {
                segments[s].setAtIndex(ValueLayout.JAVA_FLOAT, i, Math.abs((float) random.nextGaussian()));
            }
        }
        return segments;
    }

    private static AdamStep adam() {
        var step = new AdamStep();
        step.beta1 = 0.9f;
        step.beta2 = 0.99f;
        step.oneMinusBeta1 = 0.1f;
        step.oneMinusBeta2 = 0.01f;
        step.rate = 0.01f;
        step.rootScale = 1.1f;
        step.epsilon = 1e-8f;
        step.decay = 0.02f;
        step.l2 = 0.03f;
        return step;
    }

    private static SgdStep sgd() {
        var step = new SgdStep();
        step.rate = 0.01f;
        step.momentum = 0.9f;
        step.l2 = 0.02f;
        return step;
    }

    /** What one pass does: who, from where, how much. */
    private List<String> passes(Warmth warmth, long n) {
        var passes = new ArrayList<String>();
        warmth.run(vector, plain, n, (kernels, from, count) -> passes
                .add((kernels == vector ? "vector " : "plain ") + from + " " + count));
        return passes;
    }

    @Test
    void fastPiecesInARowAreTrustedWithTheWhole() {
        var warmth = new Warmth();
        assertEquals(List.of("vector 0 1024", "plain 1024 3976"), passes(warmth, N));
        assertEquals(List.of("vector 0 1000"), passes(warmth, 1000));
        for (int i = 0; i < 100 && !warmth.isHot(); i++) {
            warmth.learn(1, Warmth.PIECE);
        }
        assertTrue(warmth.isHot());
        assertEquals(List.of("vector 0 5000"), passes(warmth, N));
    }

    @Test
    void aLongRangeHasMorePieces() {
        var warmth = new Warmth();
        warmth.learn(1_000_000_000, Warmth.PIECE);
        assertEquals(List.of("vector 0 1024", "vector 1024 1024", "vector 2048 1024", "plain 3072 193536"),
                passes(warmth, 3 * 64 * 1024));
    }

    @Test
    void piecesThatStaySlowAreGivenUp() {
        var warmth = new Warmth();
        for (int i = 0; i < 20_000; i++) {
            assertEquals("vector 0 1024", passes(warmth, N).getFirst());
            warmth.learn(1_000_000_000, Warmth.PIECE);
        }
        assertFalse(warmth.isHot());
        assertEquals(List.of("plain 0 5000"), passes(warmth, N));
    }
}
