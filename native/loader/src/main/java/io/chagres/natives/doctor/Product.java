package io.chagres.natives.doctor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** One product of two matrices with its answer, worked out in float64 by plain Java. */
final class Product {
    private final int m;
    private final int n;
    private final int k;
    private final MemorySegment a;
    private final MemorySegment b;
    private final MemorySegment c;
    private final double[] answer;
    /** What each sum would be, were all its terms positive: rounding errors are in proportion to this. */
    private final double[] magnitude;

    Product(int m, int n, int k, Arena arena) {
        this.m = m;
        this.n = n;
        this.k = k;
        var random = new Random(m + 31L * n + 961L * k);
        var rows = uniform(random, m * k);
        var columns = uniform(random, k * n);
        a = arena.allocateFrom(JAVA_FLOAT, rows);
        b = arena.allocateFrom(JAVA_FLOAT, columns);
        c = arena.allocate(JAVA_FLOAT, (long) m * n);
        answer = new double[m * n];
        magnitude = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int l = 0; l < k; l++) {
                for (int j = 0; j < n; j++) {
                    var term = (double) rows[i * k + l] * columns[l * n + j];
                    answer[i * n + j] += term;
                    magnitude[i * n + j] += Math.abs(term);
                }
            }
        }
    }

    private static float[] uniform(Random random, int count) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }

    /** Repeats the product for the given time. In GFLOP/s. */
    double speed(Gemm gemm, long nanos) {
        var start = System.nanoTime();
        long calls = 0;
        long elapsed;
        do {
            gemm.multiply(m, n, k, a, b, c);
            calls++;
            elapsed = System.nanoTime() - start;
        } while (elapsed < nanos);
        return 2.0 * m * n * k * calls / elapsed;
    }

    /** The largest error of an element, as a part of its magnitude; NaN if any element is NaN or left unwritten. */
    double error(Gemm gemm) {
        for (int i = 0; i < m * n; i++) {
            c.setAtIndex(JAVA_FLOAT, i, Float.NaN);
        }
        gemm.multiply(m, n, k, a, b, c);
        var worst = 0.0;
        for (int i = 0; i < m * n; i++) {
            worst = Math.max(worst, Math.abs(c.getAtIndex(JAVA_FLOAT, i) - answer[i]) / magnitude[i]);
        }
        return worst;
    }

    /** The error that float32 arithmetic may make in any order of summation. */
    double bound() {
        return (k + 1) * 0x1p-24 * 1.01;
    }

    @Override
    public String toString() {
        return m + "x" + k + " by " + k + "x" + n;
    }
}
