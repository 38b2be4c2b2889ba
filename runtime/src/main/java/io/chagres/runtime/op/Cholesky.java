package io.chagres.runtime.op;

import static io.chagres.runtime.op.Matrices.t;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.ffi.Lapack;
import io.chagres.runtime.tensor.Tensor;

/** Triangular factors of symmetric, positive definite matrices. */
public final class Cholesky {
    private Cholesky() {
    }

    /** The lower factors; see {@link #cholesky(Tensor, boolean)}. */
    public static Tensor cholesky(Tensor a) {
        return cholesky(a, false);
    }

    /**
     * L with A = L · Lᵀ for each matrix of a [..., n, n], or U with A = Uᵀ · U, as {@code torch.linalg.cholesky}. Only that
     * triangle of A is read which the result fills; the gradient is symmetric. Other elements of the result are 0.
     *
     * @throws IllegalArgumentException if the matrices are not square, or not FLOAT32 or FLOAT64
     * @throws ArithmeticException if a matrix is not positive definite
     */
    public static Tensor cholesky(Tensor a, boolean upper) {
        Matrices.square("cholesky", "the matrix", a);
        var y = Matrices.copy("cholesky", a);
        int n = (int) a.size(-1);
        if (y.numel() > 0) {
            Matrices.each("cholesky", Matrices.count(a), n, 0,
                    (threads, i, _) -> Lapack.potrf(threads, Matrices.wide(a), !upper, n, Matrices.base(y),
                            Matrices.at(y, i, (long) n * n), n),
                    (i, info) -> new ArithmeticException("cholesky: " + Matrices.name(a, i)
                            + " is not positive definite: its leading minor of order " + info + " is not positive"),
                    y);
            Triangle.clear("cholesky", y, 0, !upper);
        }
        return Autograd.record(upper ? UPPER : LOWER, y, a);
    }

    private static final Op LOWER = Op.composed("cholesky", Op.OUTPUT,
            flow -> backward(flow, flow.output(), flow.gradOutput()));
    private static final Op UPPER = Op.composed("cholesky", Op.OUTPUT,
            flow -> backward(flow, t(flow.output()), t(flow.gradOutput())));

    /** dA = L⁻ᵀ · Φ · L⁻¹ made symmetric, where Φ is the lower triangle of Lᵀ · dL with its diagonal halved. */
    private static void backward(Gradients flow, Tensor l, Tensor dl) {
        var product = Matmul.matmul(t(l), dl);
        var phi = Arithmetic.add(Triangle.tril(product, 0), Triangle.tril(product, -1)).mul(0.5);
        var half = Solve.solveTriangular(t(l), phi, true);
        var whole = t(Solve.solveTriangular(t(l), t(half), true));
        flow.give(0, Arithmetic.add(whole, t(whole)).mul(0.5));
    }

    /**
     * X with A · X = B for each pair of matrices, where L is the Cholesky factor of A, as {@code torch.cholesky_solve}.
     *
     * @param b [..., n, k]
     * @param l [..., n, n], lower, or upper if {@code upper}
     * @throws IllegalArgumentException if sizes or types do not fit
     */
    public static Tensor choleskySolve(Tensor b, Tensor l, boolean upper) {
        Matrices.some("choleskySolve", "the right side", b);
        Matrices.square("choleskySolve", "the factor", l);
        Check.sameType("choleskySolve", b, l);
        if (l.size(-1) != b.size(-2)) {
            throw new IllegalArgumentException(
                    "choleskySolve: a factor " + l.shape() + " does not fit a right side " + b.shape());
        }
        var lower = upper ? t(l) : l;
        return Solve.solveTriangular(t(lower), Solve.solveTriangular(lower, b, false), true);
    }
}
