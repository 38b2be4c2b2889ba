package io.chagres.runtime.op;

import static io.chagres.runtime.op.Matrices.t;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.ffi.Lapack;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.ValueLayout;

/** Least squares. */
public final class Lstsq {
    private Lstsq() {
    }

    /**
     * What a least squares problem has for answers.
     *
     * @param solution X [..., n, k]; where several are as good, the shortest
     * @param residuals [..., k], the sums of squares of A · X - B if m &gt; n and all matrices have rank n; else [0]
     * @param rank [...], INT64, how many singular values count
     * @param singularValues [..., min(m, n)], in falling order
     */
    public record Result(Tensor solution, Tensor residuals, Tensor rank, Tensor singularValues) {
    }

    /** {@link #lstsq(Tensor, Tensor, double)} with the precision of the type times the greater of m and n. */
    public static Result lstsq(Tensor a, Tensor b) {
        Matrices.some("lstsq", "the matrix", a);
        return lstsq(a, b, Svd.tolerance(a));
    }

    /**
     * X that makes A · X - B smallest for each matrix of a [..., m, n] and b [..., m, k], as {@code torch.linalg.lstsq} with the
     * driver {@code gelsd}; the dimensions in front are broadcast. The solution alone has a gradient, where the rank does not
     * change.
     *
     * @param rcond singular values of at most that share of the greatest count as 0
     * @throws IllegalArgumentException if sizes do not fit, or types are not FLOAT32 or FLOAT64 and equal
     * @throws ArithmeticException if elements are infinite or NaN, or LAPACK does not find the singular values
     */
    public static Result lstsq(Tensor a, Tensor b, double rcond) {
        Matrices.some("lstsq", "the matrix", a);
        Matrices.some("lstsq", "the right side", b);
        Check.sameType("lstsq", a, b);
        if (a.size(-2) != b.size(-2)) {
            throw new IllegalArgumentException("lstsq: " + a.shape() + " and a right side " + b.shape()
                    + " have different numbers of rows");
        }
        var front = Solve.together("lstsq", a, b, 2);
        return solved(Solve.spread(a, front), Solve.spread(b, front), rcond);
    }

    private static Result solved(Tensor a, Tensor b, double rcond) {
        int m = (int) a.size(-2);
        int n = (int) a.size(-1);
        int k = (int) b.size(-1);
        int most = Math.max(m, n);
        var left = Matrices.copy("lstsq", t(a.detach()));
        // columns of B with room for those of X, one after the other
        var right = Tensor.zeros(a.dtype(), Matrices.front(a, k, most).toArray());
        Convert.copy(t(b.detach()), Slices.narrow(right, -1, 0, m));
        var s = Tensor.zeros(a.dtype(), Matrices.front(a, Math.min(m, n)).toArray());
        var ranks = Tensor.zeros(DType.INT64, Matrices.front(a).toArray());
        if (a.numel() > 0 && k == 0) {
            Convert.copy(Svd.matrixRank(a.detach(), rcond), ranks);
            Convert.copy(Svd.svdvals(a.detach()), s);
        } else if (a.numel() > 0) {
            run(a, left, right, s, ranks, rcond, m, n, k);
        }
        var x = Matrices.copy("lstsq", t(Slices.narrow(right, -1, 0, n)));
        Autograd.record(LSTSQ, x, a, b);
        return new Result(x, residuals(right, ranks, m, n), ranks, s);
    }

    private static void run(Tensor a, Tensor left, Tensor right, Tensor s, Tensor ranks, double rcond, int m, int n,
            int k) {
        boolean wide = Matrices.wide(a);
        int bytes = a.dtype().bytes();
        int most = Math.max(m, n);
        int least = Math.min(m, n);
        var sizes = Lapack.gelsdWork(wide, m, n, k);
        long work = sizes.elements() * bytes;
        long integers = sizes.integers() * 4;
        Matrices.each("lstsq", Matrices.count(a), most, Matrices.Pieces.rounded(4, integers, work),
                (threads, i, scratch) -> {
                    long at = Matrices.at(left, i, (long) m * n);
                    long to = Matrices.at(right, i, (long) k * most);
                    if (!Matrices.finite(left, at, (long) m * n) || !Matrices.finite(right, to, (long) k * most)) {
                        return -1;
                    }
                    var pieces = new Matrices.Pieces(scratch);
                    var rank = pieces.next(4);
                    var counts = pieces.next(integers);
                    int info = Lapack.gelsd(threads, wide, m, n, k, Matrices.base(left), at, Math.max(1, m),
                            Matrices.base(right), to, most, Matrices.base(s), Matrices.at(s, i, least), rcond, rank,
                            pieces.next(work), counts);
                    Elements.putLong(DType.INT64, Matrices.base(ranks), ranks.position() + 8 * i,
                            rank.get(ValueLayout.JAVA_INT, 0));
                    return info;
                }, (i, info) -> info < 0
                        ? Matrices.notFinite("lstsq", a, i)
                        : new ArithmeticException(
                                "lstsq: " + Matrices.name(a, i) + ": the iteration did not converge"),
                left, right, s, ranks);
    }

    /** LAPACK leaves what remains of B below X. */
    private static Tensor residuals(Tensor right, Tensor ranks, int m, int n) {
        boolean full = m > n;
        for (long i = 0; full && i < ranks.numel(); i++) {
            full = Convert.elementAsLong(ranks, i) == n;
        }
        if (!full) {
            return Tensor.empty(right.dtype(), Shape.of(0), "lstsq");
        }
        var rest = Slices.narrow(right, -1, n, m - n);
        return Reduce.sum(Arithmetic.mul(rest, rest), -1, false);
    }

    private static final Op LSTSQ = Op.composed("lstsq", 0b11, flow -> {
        // forward: X = A⁺ · B
        var a = flow.input(0);
        var dx = flow.gradOutput();
        var p = Svd.pinv(a);
        if (flow.wants(0)) {
            flow.give(0, Svd.pinvBackward(a, p, Matmul.matmul(dx, t(flow.input(1)))));
        }
        if (flow.wants(1)) {
            flow.give(1, Matmul.matmul(t(p), dx));
        }
    });
}
