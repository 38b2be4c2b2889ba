package io.chagres.runtime.op;

import static io.chagres.runtime.op.Matrices.t;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.ffi.Lapack;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/** Singular values, and what they tell: ranks and inverses of matrices that have none. */
public final class Svd {
    private Svd() {
    }

    /**
     * A = U · diag(S) · Vh.
     *
     * @param u orthonormal columns
     * @param s singular values, in falling order
     * @param vh orthonormal rows
     */
    public record Result(Tensor u, Tensor s, Tensor vh) {
    }

    /**
     * U [..., m, k], S [..., k] and Vh [..., k, n] of each matrix of a [..., m, n], where k is the smaller of m and n, as
     * {@code torch.linalg.svd}; with {@code fullMatrices} U and Vh are square. Signs of singular vectors are LAPACK's. The
     * gradient exists if singular values differ, and is not 0 if m differs from n; with {@code fullMatrices} only where the
     * matrices are square.
     *
     * @throws IllegalArgumentException if there are fewer than two dimensions, or elements are not FLOAT32 or FLOAT64
     * @throws ArithmeticException if elements are infinite or NaN, or LAPACK does not find the values
     */
    public static Result svd(Tensor a, boolean fullMatrices) {
        Matrices.some("svd", "the matrix", a);
        long m = a.size(-2);
        long n = a.size(-1);
        long k = Math.min(m, n);
        boolean all = fullMatrices && m != n;
        long left = all ? m : k;
        long right = all ? n : k;
        var packed = Tensor.empty(a.dtype(), Matrices.front(a, m * left + k + right * n), "svd");
        if (k == 0) {
            packed.fill(0);
            identity(Matrices.part(packed, 0, m, left));
            identity(Matrices.part(packed, m * left + k, right, n));
        } else if (packed.numel() > 0) {
            compute("svd", a, packed, all ? Lapack.Vectors.ALL : Lapack.Vectors.REDUCED);
        }
        var op = all
                ? Matrices.withoutGradient("svd", "it has one without fullMatrices")
                : Op.composed("svd", Op.OUTPUT, flow -> backward(flow, m, n, k));
        Autograd.record(op, packed, a);
        return new Result(Matrices.part(packed, 0, m, left), Matrices.part(packed, m * left, k),
                Matrices.part(packed, m * left + k, right, n));
    }

    private static void identity(Tensor y) {
        if (y.numel() > 0) {
            Slices.diagonal(y, 0, -2, -1).fill(1);
        }
    }

    private static void compute(String op, Tensor a, Tensor packed, Lapack.Vectors vectors) {
        int m = (int) a.size(-2);
        int n = (int) a.size(-1);
        int k = Math.min(m, n);
        boolean wide = Matrices.wide(a);
        int bytes = a.dtype().bytes();
        boolean none = vectors == Lapack.Vectors.NONE;
        int left = vectors == Lapack.Vectors.ALL ? m : k;
        long own = packed.size(-1);
        long work = bytes * Lapack.gesddWork(wide, vectors, n, m);
        var copy = Matrices.copy(op, a);
        // LAPACK sees the transposed matrix, Vhᵀ · diag(S) · Uᵀ, and leaves its parts transposed
        Matrices.each(op, Matrices.count(a), Math.max(m, n), Matrices.Pieces.rounded(32L * k, work),
                (threads, i, scratch) -> {
                    long from = Matrices.at(copy, i, (long) m * n);
                    if (!Matrices.finite(copy, from, (long) m * n)) {
                        return -1;
                    }
                    var pieces = new Matrices.Pieces(scratch);
                    var integers = pieces.next(32L * k);
                    var y = Matrices.base(packed);
                    long u = Matrices.at(packed, i, own);
                    long s = none ? u : u + (long) m * left * bytes;
                    long vh = s + (long) k * bytes;
                    return Lapack.gesdd(threads, wide, vectors, n, m, Matrices.base(copy), from, n, y, s, y, vh, n, y,
                            u, left, pieces.next(work), integers);
                }, (i, info) -> failure(op, a, i, info), copy, packed);
    }

    private static ArithmeticException failure(String op, Tensor a, long i, int info) {
        return info < 0
                ? Matrices.notFinite(op, a, i)
                : new ArithmeticException(op + ": " + Matrices.name(a, i) + ": the iteration did not converge");
    }

    private static void backward(Gradients flow, long m, long n, long k) {
        var y = flow.output();
        var dy = flow.gradOutput();
        var u = Matrices.part(y, 0, m, k);
        var s = Matrices.part(y, m * k, k);
        var vh = Matrices.part(y, m * k + k, k, n);
        var du = Matrices.part(dy, 0, m, k);
        var ds = Matrices.part(dy, m * k, k);
        var dvh = Matrices.part(dy, m * k + k, k, n);
        // differences of squares, without those on the diagonal
        var squares = s.mul(s);
        var gaps = Eigh.inverseGaps(squares);
        var column = Views.unsqueeze(s, -1);
        var row = Views.unsqueeze(s, -2);
        var turnU = Arithmetic.mul(Arithmetic.mul(skew(Matmul.matmul(t(u), du)), gaps), row);
        var turnV = Arithmetic.mul(Arithmetic.mul(skew(Matmul.matmul(vh, t(dvh))), gaps), column);
        var inner = Arithmetic.add(Arithmetic.add(turnU, turnV), Slices.diagEmbed(ds, 0, -2, -1));
        if (m > k) {
            var beyond = Arithmetic.div(Arithmetic.sub(du, Matmul.matmul(u, Matmul.matmul(t(u), du))), row);
            flow.give(0, Matmul.matmul(Arithmetic.add(Matmul.matmul(u, inner), beyond), vh));
        } else {
            var right = Matmul.matmul(inner, vh);
            if (n > k) {
                var beyond = Arithmetic.sub(dvh, Matmul.matmul(Matmul.matmul(dvh, t(vh)), vh));
                right = Arithmetic.add(right, Arithmetic.div(beyond, column));
            }
            flow.give(0, Matmul.matmul(u, right));
        }
    }

    private static Tensor skew(Tensor x) {
        return Arithmetic.sub(x, t(x));
    }

    /**
     * The singular values of each matrix of a [..., m, n], in falling order, as {@code torch.linalg.svdvals}.
     *
     * @throws IllegalArgumentException if there are fewer than two dimensions, or elements are not FLOAT32 or FLOAT64
     * @throws ArithmeticException if elements are infinite or NaN, or LAPACK does not find the values
     */
    public static Tensor svdvals(Tensor a) {
        var s = values("svdvals", a);
        return Autograd.record(SVDVALS, s, a);
    }

    private static final Op SVDVALS = Op.composed("svdvals", 0b1, flow -> {
        // forward: s = diag(Uᵀ · A · V)
        var parts = svd(flow.input(0), false);
        var scaled = Arithmetic.mul(parts.u, Views.unsqueeze(flow.gradOutput(), -2));
        flow.give(0, Matmul.matmul(scaled, parts.vh));
    });

    /** Singular values, not recorded. */
    private static Tensor values(String op, Tensor a) {
        Matrices.some(op, "the matrix", a);
        var s = Tensor.empty(a.dtype(), Matrices.front(a, Math.min(a.size(-2), a.size(-1))), op);
        if (s.numel() > 0) {
            compute(op, a, s, Lapack.Vectors.NONE);
        }
        return s;
    }

    /** The relative size from which on a singular value counts, as PyTorch has it. */
    static double tolerance(Tensor a) {
        double epsilon = Matrices.wide(a) ? Math.ulp(1.0) : Math.ulp(1f);
        return epsilon * Math.max(a.size(-2), a.size(-1));
    }

    /** {@link #matrixRank(Tensor, double)} with the precision of the type times the greater of m and n. */
    public static Tensor matrixRank(Tensor a) {
        Matrices.some("matrixRank", "the matrix", a);
        return matrixRank(a, tolerance(a));
    }

    /**
     * How many singular values of each matrix of a [..., m, n] are more than {@code rtol} times the greatest, as
     * {@code torch.linalg.matrix_rank}; INT64, without a gradient.
     *
     * @throws IllegalArgumentException if there are fewer than two dimensions, or elements are not FLOAT32 or FLOAT64
     * @throws ArithmeticException if elements are infinite or NaN
     */
    public static Tensor matrixRank(Tensor a, double rtol) {
        var s = values("matrixRank", a);
        long k = s.size(-1);
        var ranks = Tensor.empty(DType.INT64, Matrices.front(a), "matrixRank");
        for (long i = 0; i < ranks.numel(); i++) {
            long rank = 0;
            for (long j = 0; j < k; j++) {
                rank += Convert.element(s, i * k + j) > rtol * Convert.element(s, i * k) ? 1 : 0;
            }
            Elements.putLong(DType.INT64, ranks.storage().base(), ranks.position() + 8 * i, rank);
        }
        return ranks;
    }

    /** {@link #pinv(Tensor, double)} with the precision of the type times the greater of m and n. */
    public static Tensor pinv(Tensor a) {
        Matrices.some("pinv", "the matrix", a);
        return pinv(a, tolerance(a));
    }

    /**
     * The pseudoinverse (Moore-Penrose) [..., n, m] of each matrix of a [..., m, n], as {@code torch.linalg.pinv}: singular
     * values of at most {@code rtol} times the greatest count as 0. Its gradient holds where the rank does not change.
     *
     * @throws IllegalArgumentException if there are fewer than two dimensions, or elements are not FLOAT32 or FLOAT64
     * @throws ArithmeticException if elements are infinite or NaN, or LAPACK does not find the values
     */
    public static Tensor pinv(Tensor a, double rtol) {
        Matrices.some("pinv", "the matrix", a);
        Tensor y;
        if (a.numel() == 0) {
            y = Tensor.zeros(a.dtype(), Matrices.front(a, a.size(-1), a.size(-2)).toArray());
        } else {
            var parts = decomposed("pinv", a);
            long k = parts.s.size(-1);
            var s = parts.s.contiguous();
            var inverse = Tensor.empty(s.dtype(), s.shape(), "pinv");
            Convert.fill(inverse, at -> {
                double value = Convert.element(s, at);
                return value > rtol * Convert.element(s, at / k * k) ? 1 / value : 0;
            });
            y = Matmul.matmul(Arithmetic.mul(t(parts.vh), Views.unsqueeze(inverse, -2)), t(parts.u));
        }
        return Autograd.record(PINV, y, a);
    }

    /** The decomposition, not recorded, under another operation's name. */
    private static Result decomposed(String op, Tensor a) {
        long m = a.size(-2);
        long n = a.size(-1);
        long k = Math.min(m, n);
        var packed = Tensor.empty(a.dtype(), Matrices.front(a, m * k + k + k * n), op);
        if (packed.numel() > 0) {
            compute(op, a, packed, Lapack.Vectors.REDUCED);
        }
        return new Result(Matrices.part(packed, 0, m, k), Matrices.part(packed, m * k, k),
                Matrices.part(packed, m * k + k, k, n));
    }

    private static final Op PINV = Op.composed("pinv", 0b1 | Op.OUTPUT,
            flow -> flow.give(0, pinvBackward(flow.input(0), flow.output(), flow.gradOutput())));

    /** dA of P = A⁺ (Golub and Pereyra, 1973): -(P · dP · P)ᵀ with dP transposed, and what leaves the ranges of A. */
    static Tensor pinvBackward(Tensor a, Tensor p, Tensor dp) {
        var turned = t(dp); // [m, n]
        var pt = t(p);
        var within = Matmul.matmul(Matmul.matmul(pt, dp), pt).neg();
        // (I - A · P) · dPᵀ · P · Pᵀ
        var rows = Matmul.matmul(Matmul.matmul(turned, p), pt);
        var left = Arithmetic.sub(rows, Matmul.matmul(a, Matmul.matmul(p, rows)));
        // Pᵀ · P · dPᵀ · (I - P · A)
        var cols = Matmul.matmul(pt, Matmul.matmul(p, turned));
        var right = Arithmetic.sub(cols, Matmul.matmul(Matmul.matmul(cols, p), a));
        return Arithmetic.add(within, Arithmetic.add(left, right));
    }

    /** The cofactors of square matrices, singular ones too: the gradients of their determinants. */
    static Tensor cofactors(Tensor a) {
        if (Autograd.isRecording() && a.requiresGrad()) {
            throw new UnsupportedOperationException("det has no second derivative here at a singular matrix");
        }
        var parts = decomposed("det", a);
        long n = a.size(-1);
        var s = parts.s.contiguous();
        var products = Tensor.empty(s.dtype(), s.shape(), "det");
        Convert.fill(products, at -> {
            double product = 1;
            for (long j = 0; j < n; j++) {
                product *= j == at % n ? 1 : Convert.element(s, at / n * n + j);
            }
            return product;
        });
        var signs = Arithmetic.mul(Determinant.det(parts.u), Determinant.det(parts.vh));
        var scaled = Arithmetic.mul(parts.u, Views.unsqueeze(products, -2));
        return Arithmetic.mul(Matmul.matmul(scaled, parts.vh), Determinant.over(signs));
    }
}
