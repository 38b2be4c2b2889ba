package io.chagres.runtime.op;

import static io.chagres.runtime.op.Matrices.t;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.ffi.Lapack;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Eigenvalues and eigenvectors of symmetric matrices, of which the lower triangle is read. */
public final class Eigh {
    private Eigh() {
    }

    /**
     * A · V = V · diag(L).
     *
     * @param eigenvalues in rising order
     * @param eigenvectors orthonormal columns, one for each value
     */
    public record Result(Tensor eigenvalues, Tensor eigenvectors) {
    }

    /**
     * Eigenvalues [..., n] and eigenvectors [..., n, n] of each symmetric matrix of a [..., n, n], as {@code torch.linalg.eigh}.
     * Signs of eigenvectors are LAPACK's. The gradient of the vectors exists if eigenvalues differ.
     *
     * @throws IllegalArgumentException if the matrices are not square, or not FLOAT32 or FLOAT64
     * @throws ArithmeticException if elements are infinite or NaN, or LAPACK does not find the values
     */
    public static Result eigh(Tensor a) {
        Matrices.square("eigh", "the matrix", a);
        long n = a.size(-1);
        var packed = Tensor.empty(a.dtype(), Matrices.front(a, n + n * n), "eigh");
        if (packed.numel() > 0) {
            compute("eigh", a, packed, true);
        }
        Autograd.record(Op.composed("eigh", Op.OUTPUT, flow -> backward(flow, n)), packed, a);
        return new Result(values(packed, n), vectors(packed, n));
    }

    private static Tensor values(Tensor packed, long n) {
        return Matrices.part(packed, 0, n);
    }

    /** LAPACK's columns are rows here. */
    private static Tensor vectors(Tensor packed, long n) {
        return t(Matrices.part(packed, n, n, n));
    }

    /**
     * The eigenvalues [..., n] of each symmetric matrix of a [..., n, n], in rising order, as {@code torch.linalg.eigvalsh}.
     *
     * @throws IllegalArgumentException if the matrices are not square, or not FLOAT32 or FLOAT64
     * @throws ArithmeticException if elements are infinite or NaN, or LAPACK does not find the values
     */
    public static Tensor eigvalsh(Tensor a) {
        Matrices.square("eigvalsh", "the matrix", a);
        var values = Tensor.empty(a.dtype(), Matrices.front(a, a.size(-1)), "eigvalsh");
        if (values.numel() > 0) {
            compute("eigvalsh", a, values, false);
        }
        return Autograd.record(EIGVALSH, values, a);
    }

    private static final Op EIGVALSH = Op.composed("eigvalsh", 0b1, flow -> {
        // forward: L = diag(Vᵀ · A · V)
        var v = eigh(flow.input(0)).eigenvectors;
        flow.give(0, Matmul.matmul(Arithmetic.mul(v, Views.unsqueeze(flow.gradOutput(), -2)), t(v)));
    });

    private static void compute(String op, Tensor a, Tensor packed, boolean vectors) {
        int n = (int) a.size(-1);
        boolean wide = Matrices.wide(a);
        int bytes = a.dtype().bytes();
        long work = bytes * Lapack.syevdWork(wide, vectors, n);
        long integers = 4 * (3 + 5L * n);
        var copy = Matrices.copy(op, a);
        Matrices.each(op, Matrices.count(a), n, Matrices.Pieces.rounded(integers, work), (threads, i, scratch) -> {
            long from = Matrices.at(copy, i, (long) n * n);
            if (!Matrices.finite(copy, from, (long) n * n)) {
                return -1;
            }
            var pieces = new Matrices.Pieces(scratch);
            var counts = pieces.next(integers);
            long to = Matrices.at(packed, i, packed.size(-1));
            // the lower triangle is LAPACK's upper one
            int info = Lapack.syevd(threads, wide, vectors, true, n, Matrices.base(copy), from, n,
                    Matrices.base(packed),
                    to, pieces.next(work), counts);
            if (vectors) {
                MemorySegment.copy(Matrices.base(copy), from, Matrices.base(packed), to + (long) n * bytes,
                        (long) n * n * bytes);
            }
            return info;
        }, (i, info) -> info < 0
                ? Matrices.notFinite(op, a, i)
                : new ArithmeticException(op + ": " + Matrices.name(a, i) + ": the iteration did not converge"), copy,
                packed);
    }

    /** dA = V · (diag(dL) + (Vᵀ · dV) / (differences of eigenvalues)) · Vᵀ. */
    private static void backward(Gradients flow, long n) {
        var v = vectors(flow.output(), n);
        var turn = Arithmetic.mul(Matmul.matmul(t(v), vectors(flow.gradOutput(), n)),
                inverseGaps(values(flow.output(), n)));
        var inner = Arithmetic.add(turn, Slices.diagEmbed(values(flow.gradOutput(), n), 0, -2, -1));
        flow.give(0, Matmul.matmul(v, Matmul.matmul(inner, t(v))));
    }

    /** 1 / (x[j] - x[i]) for rows i and columns j, 0 on the diagonal. */
    static Tensor inverseGaps(Tensor x) {
        var gaps = Arithmetic.sub(Views.unsqueeze(x, -2), Views.unsqueeze(x, -1));
        var apart = Slices.diagEmbed(
                Tensor.full(x.dtype(), Double.POSITIVE_INFINITY, x.shape().toArray()), 0, -2, -1);
        return Pointwise.reciprocal(Arithmetic.add(gaps, apart));
    }
}
