package io.chagres.runtime.op;

import io.chagres.runtime.tensor.Tensor;
import java.util.function.UnaryOperator;

/** Matrices in plain Java, each an array of rows, to compare with; and operands that are well conditioned. */
final class PlainMatrices {
    private static final double SHIFT = 4;

    private PlainMatrices() {
    }

    /** A matrix with a number added to its diagonal; as it is if it cannot be computed with, for tests of messages. */
    static Tensor shifted(Tensor x) {
        return isUsable(x) ? x.add(Tensor.eye(x.dtype(), x.size(-2), x.size(-1)).mul(SHIFT)) : x;
    }

    /** {@link #shifted} after it was made symmetric. */
    static Tensor symmetric(Tensor x) {
        return isUsable(x) ? shifted(x.add(x.transpose(-1, -2)).mul(0.5)) : x;
    }

    private static boolean isUsable(Tensor x) {
        return x != null && x.isOpen() && x.dtype().isFloatingPoint();
    }

    static Array shifted(Array x) {
        return each(x, rows -> {
            for (int i = 0; i < Math.min(rows.length, rows.length == 0 ? 0 : rows[0].length); i++) {
                rows[i][i] += SHIFT;
            }
            return rows;
        });
    }

    static Array symmetric(Array x) {
        return shifted(each(x, rows -> {
            var half = new double[rows.length][rows.length];
            for (int i = 0; i < rows.length; i++) {
                for (int j = 0; j < rows.length; j++) {
                    half[i][j] = (rows[i][j] + rows[j][i]) / 2;
                }
            }
            return half;
        }));
    }

    /** Does something with each matrix of a batch. */
    static Array each(Array x, UnaryOperator<double[][]> function) {
        int rank = x.dims().length;
        int rows = x.dims()[rank - 2];
        int cols = x.dims()[rank - 1];
        int count = 1;
        for (int d = 0; d < rank - 2; d++) {
            count *= x.dims()[d];
        }
        int[] dims = x.dims();
        double[] values = {};
        var probe = function.apply(new double[rows][cols]);
        int r = probe.length;
        int c = r == 0 ? cols : probe[0].length;
        dims = Array.with(Array.with(dims, rank - 2, r), rank - 1, c);
        values = new double[count * r * c];
        for (int n = 0; n < count; n++) {
            var matrix = new double[rows][cols];
            for (int i = 0; i < rows; i++) {
                System.arraycopy(x.values(), (n * rows + i) * cols, matrix[i], 0, cols);
            }
            var result = function.apply(matrix);
            for (int i = 0; i < r; i++) {
                System.arraycopy(result[i], 0, values, (n * r + i) * c, c);
            }
        }
        return new Array(dims, values);
    }

    static double[][] transposed(double[][] a) {
        var y = new double[a.length == 0 ? 0 : a[0].length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[i].length; j++) {
                y[j][i] = a[i][j];
            }
        }
        return y;
    }

    /** Gauss and Jordan with pivots; a matrix of zeros has zeros for an inverse. */
    static double[][] inverse(double[][] matrix) {
        int n = matrix.length;
        var a = new double[n][2 * n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(matrix[i], 0, a[i], 0, n);
            a[i][n + i] = 1;
        }
        for (int col = 0; col < n; col++) {
            int pivot = pivot(a, col);
            if (a[pivot][col] == 0) {
                return new double[n][n];
            }
            var row = a[pivot];
            a[pivot] = a[col];
            a[col] = row;
            double scale = row[col];
            for (int j = 0; j < 2 * n; j++) {
                row[j] /= scale;
            }
            for (int i = 0; i < n; i++) {
                double factor = a[i][col];
                for (int j = 0; i != col && j < 2 * n; j++) {
                    a[i][j] -= factor * row[j];
                }
            }
        }
        var y = new double[n][n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(a[i], n, y[i], 0, n);
        }
        return y;
    }

    private static int pivot(double[][] a, int col) {
        int pivot = col;
        for (int i = col + 1; i < a.length; i++) {
            pivot = Math.abs(a[i][col]) > Math.abs(a[pivot][col]) ? i : pivot;
        }
        return pivot;
    }

    static double determinant(double[][] matrix) {
        int n = matrix.length;
        var a = new double[n][];
        for (int i = 0; i < n; i++) {
            a[i] = matrix[i].clone();
        }
        double det = 1;
        for (int col = 0; col < n; col++) {
            int pivot = pivot(a, col);
            if (a[pivot][col] == 0) {
                return 0;
            }
            var row = a[pivot];
            a[pivot] = a[col];
            a[col] = row;
            det *= pivot == col ? row[col] : -row[col];
            for (int i = col + 1; i < n; i++) {
                double factor = a[i][col] / row[col];
                for (int j = col; j < n; j++) {
                    a[i][j] -= factor * row[j];
                }
            }
        }
        return det;
    }

    static double[][] cholesky(double[][] a) {
        int n = a.length;
        var l = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = a[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= l[i][k] * l[j][k];
                }
                l[i][j] = i == j ? Math.sqrt(sum) : sum / l[j][j];
            }
        }
        return l;
    }
}
