package io.chagres.runtime.op;

import static io.chagres.runtime.op.Matrices.t;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.ffi.Lapack;
import io.chagres.runtime.tensor.Tensor;

/** Inverses and powers of matrices. */
public final class Inverse {
    private Inverse() {
    }

    /**
     * The inverse of each matrix of a [..., n, n], as {@code torch.linalg.inv}. To multiply by it, {@link Solve#solve} is faster
     * and more exact.
     *
     * @throws IllegalArgumentException if the matrices are not square, or not FLOAT32 or FLOAT64
     * @throws ArithmeticException if a matrix is singular
     */
    public static Tensor inv(Tensor a) {
        Matrices.square("inv", "the matrix", a);
        var y = Matrices.copy("inv", a);
        int n = (int) a.size(-1);
        if (y.numel() > 0) {
            boolean wide = Matrices.wide(a);
            long work = Lapack.getriWork(wide, n) * a.dtype().bytes();
            // the inverse of the transposed matrix is the transposed inverse
            Matrices.each("inv", Matrices.count(a), n, Matrices.Pieces.rounded(4L * n, work),
                    (threads, i, scratch) -> {
                        var pieces = new Matrices.Pieces(scratch);
                        var pivots = pieces.next(4L * n);
                        int info = Matrices.factor(wide, n, y, i, pivots);
                        return info != 0
                                ? info
                                : Lapack.getri(threads, wide, n, Matrices.base(y), Matrices.at(y, i, (long) n * n), n,
                                        pivots, pieces.next(work));
                    }, (i, info) -> Matrices.singular("inv", a, i, info), y);
        }
        return Autograd.record(INV, y, a);
    }

    private static final Op INV = Op.composed("inv", Op.OUTPUT, flow -> {
        // forward: y = A⁻¹, so dA = -yᵀ · dy · yᵀ
        var turned = t(flow.output());
        flow.give(0, Matmul.matmul(turned, Matmul.matmul(flow.gradOutput(), turned)).neg());
    });

    /**
     * The n-th power of each matrix of a [..., m, m], as {@code torch.linalg.matrix_power}: by squaring, of the inverse if n is
     * negative; the identity if n is 0.
     *
     * @throws IllegalArgumentException if the matrices are not square, or not FLOAT32 or FLOAT64
     * @throws ArithmeticException if n is negative and a matrix singular
     */
    public static Tensor matrixPower(Tensor a, long n) {
        Matrices.square("matrixPower", "the matrix", a);
        if (n == 0) {
            var one = Tensor.eye(a.dtype(), a.size(-1), a.size(-1)).expand(a.shape().toArray());
            return Arithmetic.add(a.mul(0), one);
        }
        var square = n < 0 ? inv(a) : a;
        Tensor power = null;
        for (long rest = n < 0 ? -n : n; rest != 0; rest >>>= 1) {
            if ((rest & 1) == 1) {
                power = power == null ? square : Matmul.matmul(power, square);
            }
            square = rest != 1 ? Matmul.matmul(square, square) : square;
        }
        return power == a ? Convert.clone(a) : power;
    }
}
