package io.chagres.bench;

import io.chagres.runtime.ffi.Blas;
import io.chagres.runtime.plan.MatmulPlan;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.team.Team;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One float32 product, C [m, n] = op(A) [m, k] · op(B) [k, n], all dense and row-major; a transposed operand is stored as
 * [k, m] or [n, k].
 */
public record Product(int m, int k, int n, boolean transA, boolean transB, MemorySegment a, MemorySegment b,
        MemorySegment c) {
    private static final int MOST_CHECKED = 1000;

    /** Random operands, and a result that is not set. */
    static Product random(Arena arena, int m, int k, int n, boolean transA, boolean transB) {
        var generator = new Generator(31L * m + k, n);
        return new Product(m, k, n, transA, transB, Floats.random(arena, (long) m * k, generator),
                Floats.random(arena, (long) k * n, generator), Floats.unset(arena, (long) m * n));
    }

    /** Random operands of a shape such as {@code 64x784x128}, which is m, k and n. */
    static Product random(Arena arena, String shape, boolean transB) {
        String[] sizes = shape.split("x");
        return random(arena, Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]), Integer.parseInt(sizes[2]), false,
                transB);
    }

    /** Computes C by OpenBLAS, on the threads that the caller may use. */
    public MemorySegment openBlas() {
        int threads = Team.enter();
        try {
            Blas.sgemm(threads, transA, transB, m, n, k, 1f, a, 0, transA ? m : k, b, 0, transB ? k : n, 0f, c, 0, n);
        } finally {
            Team.exit();
        }
        return c;
    }

    /** Computes C by oneDNN, on the threads that the caller may use. */
    public MemorySegment oneDnn() {
        MatmulPlan.run(m, n, k, a, 0, transA ? 1 : k, transA ? m : 1, b, 0, transB ? 1 : n, transB ? k : 1, null, 0, c,
                0, false, false);
        return c;
    }

    float a(int row, int inner) {
        return Floats.get(a, transA ? (long) inner * m + row : (long) row * k + inner);
    }

    float b(int inner, int column) {
        return Floats.get(b, transB ? (long) column * k + inner : (long) inner * n + column);
    }

    /**
     * Compares C with the definition, in float64: every element, or a thousand random ones of a large result.
     *
     * @throws IllegalStateException if one is wrong
     */
    void verify() {
        long elements = (long) m * n;
        var generator = new Generator(elements);
        for (int i = 0; i < Math.min(elements, MOST_CHECKED); i++) {
            long element = elements <= MOST_CHECKED ? i : generator.nextLong(elements);
            verify((int) (element / n), (int) (element % n));
        }
    }

    private void verify(int row, int column) {
        double sum = 0;
        double size = 0;
        for (int inner = 0; inner < k; inner++) {
            double product = (double) a(row, inner) * b(inner, column);
            sum += product;
            size += Math.abs(product);
        }
        Floats.requireClose("product " + m + "x" + k + "x" + n + " [" + row + ", " + column + "]",
                Floats.get(c, (long) row * n + column), sum, 1e-5 * size);
    }
}
