package io.chagres.runtime.op;

import static io.chagres.runtime.op.Matrices.t;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.ffi.Lapack;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Matrices as products of orthogonal and triangular ones. */
public final class Qr {
    private Qr() {
    }

    /** How much of Q is computed. */
    public enum Mode {
        /** Q [m, k] and R [k, n], where k is the smaller of m and n. */
        REDUCED,
        /** Q [m, m] and R [m, n]. */
        COMPLETE
    }

    /**
     * A = Q · R.
     *
     * @param q orthonormal columns
     * @param r an upper triangle
     */
    public record Result(Tensor q, Tensor r) {
    }

    /** The reduced form; see {@link #qr(Tensor, Mode)}. */
    public static Result qr(Tensor a) {
        return qr(a, Mode.REDUCED);
    }

    /**
     * Q and R of each matrix of a [..., m, n], as {@code torch.linalg.qr}. Signs on R's diagonal are LAPACK's. Gradients need
     * the first min(m, n) columns to be independent; the complete form of a matrix with m &gt; n has none.
     *
     * @throws IllegalArgumentException if there are fewer than two dimensions, or elements are not FLOAT32 or FLOAT64
     */
    public static Result qr(Tensor a, Mode mode) {
        Matrices.some("qr", "the matrix", a);
        Check.notNull("qr", "the mode", mode);
        int m = (int) a.size(-2);
        int n = (int) a.size(-1);
        int k = mode == Mode.COMPLETE ? m : Math.min(m, n);
        long own = (long) m * k + (long) k * n;
        var packed = Tensor.empty(a.dtype(), Matrices.front(a, own), "qr");
        if (packed.numel() > 0) {
            compute(a, packed, m, n, k);
        }
        var op = mode == Mode.COMPLETE && m > n
                ? Matrices.withoutGradient("qr", "its reduced form has one")
                : Op.composed("qr", Op.OUTPUT, flow -> backward(flow, m, n, k));
        Autograd.record(op, packed, a);
        return new Result(q(packed, m, k), r(packed, m, n, k));
    }

    private static Tensor q(Tensor packed, long m, long k) {
        return Matrices.part(packed, 0, m, k);
    }

    private static Tensor r(Tensor packed, long m, long n, long k) {
        return Matrices.part(packed, m * k, k, n);
    }

    private static void compute(Tensor a, Tensor packed, int m, int n, int k) {
        boolean wide = Matrices.wide(a);
        int bytes = a.dtype().bytes();
        int least = Math.min(m, n);
        long own = (long) m * k + (long) k * n;
        var dense = a.detach().contiguous();
        long work = bytes * Math.max(Lapack.gelqfWork(wide, n, m), Lapack.orglqWork(wide, k, m, least));
        long tau = (long) bytes * least;
        Matrices.each("qr", Matrices.count(a), Math.max(m, n), Matrices.Pieces.rounded(tau, work),
                (threads, i, scratch) -> {
                    var pieces = new Matrices.Pieces(scratch);
                    var scales = pieces.next(tau);
                    var room = pieces.next(work);
                    var y = Matrices.base(packed);
                    long q = Matrices.at(packed, i, own);
                    long r = q + (long) m * k * bytes;
                    // The rows are LAPACK's columns: it finds L and Q of the transposed matrix, whose product is Rᵀ · Qᵀ.
                    boolean high = m >= n;
                    long at = high ? q : r;
                    int leading = Math.max(1, high ? k : n);
                    rows(Matrices.base(dense), Matrices.at(dense, i, (long) m * n), n, y, at, leading, m, n, bytes);
                    if (least > 0) {
                        Lapack.gelqf(threads, wide, n, m, y, at, leading, scales, room);
                    }
                    rows(y, at, leading, y, high ? r : q, high ? n : k, high ? k : m, high ? n : k, bytes);
                    clearBelow(y, r, k, n, bytes);
                    Lapack.orglq(threads, wide, k, m, least, y, q, Math.max(1, k), scales, room);
                    return 0;
                }, null, dense, packed);
    }

    /** Copies rows of some elements, from one distance between them to another. */
    private static void rows(MemorySegment x, long xo, long xStep, MemorySegment y, long yo, long yStep, long rows,
            long length, int bytes) {
        for (long i = 0; i < rows; i++) {
            MemorySegment.copy(x, xo + i * xStep * bytes, y, yo + i * yStep * bytes, length * bytes);
        }
    }

    private static void clearBelow(MemorySegment y, long at, long rows, long cols, int bytes) {
        for (long i = 1; i < rows; i++) {
            y.asSlice(at + i * cols * bytes, Math.min(i, cols) * bytes).fill((byte) 0);
        }
    }

    private static void backward(Gradients flow, long m, long n, long k) {
        var q = q(flow.output(), m, k);
        var r = r(flow.output(), m, n, k);
        var dq = q(flow.gradOutput(), m, k);
        var dr = r(flow.gradOutput(), m, n, k);
        if (m >= n) {
            flow.give(0, high(q, r, dq, dr));
            return;
        }
        // forward: A = [X, Y], X = Q · U, R = [U, V], V = Qᵀ · Y; so dY = Q · dV, and dQ gains Y · dVᵀ
        var v = Slices.narrow(r, -1, m, n - m);
        var dv = Slices.narrow(dr, -1, m, n - m);
        var more = Matmul.matmul(Matmul.matmul(q, v), t(dv));
        var dx = high(q, Slices.narrow(r, -1, 0, m), Arithmetic.add(dq, more), Slices.narrow(dr, -1, 0, m));
        flow.give(0, Joins.cat(-1, dx, Matmul.matmul(q, dv)));
    }

    /** dA = (dQ + Q · S) · R⁻ᵀ, where S is R · dRᵀ - dQᵀ · Q with its lower triangle copied to the upper. */
    private static Tensor high(Tensor q, Tensor r, Tensor dq, Tensor dr) {
        var all = Arithmetic.sub(Matmul.matmul(r, t(dr)), Matmul.matmul(t(dq), q));
        var symmetric = Arithmetic.add(Triangle.tril(all, 0), t(Triangle.tril(all, -1)));
        return Solve.solveTriangular(t(r), Arithmetic.add(dq, Matmul.matmul(q, symmetric)), false, false, false);
    }
}
