package io.chagres.bench.kernel;

import io.chagres.bench.kernel.KernelBenchmark.Tolerance;

/** Products C [m, n] = A [m, k] · B as they are defined; B is [k, n], or [n, k] if transposed. */
final class NaiveGemm {
    private NaiveGemm() {
    }

    /** Of the matrices that begin at multiples of their size in the arrays. */
    static void multiply(int m, int k, int n, float[] a, float[] b, int index, boolean transB, float[] c) {
        int aStart = index * m * k;
        int bStart = index * k * n;
        int cStart = index * m * n;
        for (int row = 0; row < m; row++) {
            for (int column = 0; column < n; column++) {
                float sum = 0;
                for (int inner = 0; inner < k; inner++) {
                    int at = transB ? column * k + inner : inner * n + column;
                    sum += a[aStart + row * k + inner] * b[bStart + at];
                }
                c[cStart + row * n + column] = sum;
            }
        }
    }

    /** A batch of products in float64. */
    static double[] exact(int batch, int m, int k, int n, float[] a, float[] b, boolean transB) {
        var c = new double[batch * m * n];
        for (int row = 0; row < batch * m; row++) {
            int bStart = row / m * k * n;
            for (int inner = 0; inner < k; inner++) {
                double factor = a[row * k + inner];
                for (int column = 0; column < n; column++) {
                    int at = transB ? column * k + inner : inner * n + column;
                    c[row * n + column] += factor * b[bStart + at];
                }
            }
        }
        return c;
    }

    /**
     * Operands are uniform in [-1, 1): a sum of k products walks at random, and so does its rounding error, whose standard
     * deviation at the end is about k 2^-24 / 7. The bound is fourteen of them.
     */
    static Tolerance tolerance(int k) {
        return new Tolerance(0, 2 * k * 0x1p-24);
    }
}
