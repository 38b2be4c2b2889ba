package io.chagres.runtime.op;

import static io.chagres.runtime.op.Matrices.t;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.ffi.Lapack;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Systems of linear equations. */
public final class Solve {
    private Solve() {
    }

    /**
     * X with A · X = B for each matrix of a [..., n, n], as {@code torch.linalg.solve}. B is [..., n, k], with the dimensions in
     * front broadcast, or holds one vector for each matrix, [n] or [..., n] with the very dimensions in front of A.
     *
     * @throws IllegalArgumentException if A is not square, sizes do not fit, or types are not FLOAT32 or FLOAT64 and equal
     * @throws ArithmeticException if a matrix is singular
     */
    public static Tensor solve(Tensor a, Tensor b) {
        Matrices.square("solve", "the matrix", a);
        Check.real("solve", "the right side", b);
        Check.sameType("solve", a, b);
        if (b.rank() == 1 || a.rank() == b.rank() + 1 && isVectors(a, b)) {
            fits("solve", a, b, b.rank() == 0 ? -1 : b.size(-1));
            return Views.squeeze(solve(a, Views.unsqueeze(b, -1)), -1);
        }
        Matrices.some("solve", "the right side", b);
        fits("solve", a, b, b.size(-2));
        var front = together("solve", a, b, 2);
        var all = spread(a, front);
        return solved(all, spread(b, front));
    }

    private static boolean isVectors(Tensor a, Tensor b) {
        for (int d = 0; d < b.rank(); d++) {
            if (a.size(d) != b.size(d)) {
                return false;
            }
        }
        return true;
    }

    private static void fits(String op, Tensor a, Tensor b, long rows) {
        if (a.size(-1) != rows) {
            throw new IllegalArgumentException(op + ": " + a.shape() + " and a right side " + b.shape()
                    + ": its columns have " + rows + " elements, " + a.size(-1) + " are needed");
        }
    }

    /** The dimensions in front of the matrices of both. */
    static long[] together(String op, Tensor a, Tensor b, int own) {
        var sizes = new long[Math.max(a.rank(), b.rank()) - own];
        for (int i = 1; i <= sizes.length; i++) {
            long x = i + own <= a.rank() ? a.size(-own - i) : 1;
            long y = i + own <= b.rank() ? b.size(-own - i) : 1;
            if (x != y && x != 1 && y != 1) {
                throw new IllegalArgumentException(op + ": batches of " + a.shape() + " and " + b.shape()
                        + " cannot be broadcast: sizes " + x + " and " + y + " differ and neither is 1");
            }
            sizes[sizes.length - i] = x == 1 ? y : x;
        }
        return sizes;
    }

    /** A tensor with other dimensions in front of its matrices. */
    static Tensor spread(Tensor x, long[] front) {
        var shape = Shape.of(front).insert(front.length, x.size(-2)).insert(front.length + 1, x.size(-1));
        return shape.equals(x.shape()) ? x : Views.expand(x, shape.toArray());
    }

    private static Tensor solved(Tensor a, Tensor b) {
        var lu = Matrices.copy("solve", a);
        var x = Matrices.copy("solve", b);
        int n = (int) a.size(-1);
        int k = (int) b.size(-1);
        if (lu.numel() > 0) {
            boolean wide = Matrices.wide(a);
            Matrices.each("solve", Matrices.count(a), n, 4L * n, (threads, i, scratch) -> {
                var pivots = scratch.asSlice(0, 4L * n);
                int info = Matrices.factor(wide, n, lu, i, pivots);
                if (info == 0 && k > 0) {
                    substitute(wide, threads, n, k, lu, x, i, pivots);
                }
                return info;
            }, (i, info) -> Matrices.singular("solve", a, i, info), lu, x);
        }
        return Autograd.record(SOLVE, x, a, b);
    }

    /** LAPACK saw Aᵀ = P · L · U, so A = Uᵀ · Lᵀ · Pᵀ: a lower triangle, an upper one, and the exchanges backwards. */
    private static void substitute(boolean wide, int threads, int n, int k, Tensor lu, Tensor x, long i,
            MemorySegment pivots) {
        var factors = Matrices.base(lu);
        long from = Matrices.at(lu, i, (long) n * n);
        var right = Matrices.base(x);
        long to = Matrices.at(x, i, (long) n * k);
        Lapack.trsm(threads, wide, true, false, false, false, n, k, factors, from, n, right, to, k);
        Lapack.trsm(threads, wide, true, true, false, true, n, k, factors, from, n, right, to, k);
        long row = (long) k * x.dtype().bytes();
        for (int j = n - 1; j >= 0; j--) {
            int other = pivots.getAtIndex(ValueLayout.JAVA_INT, j) - 1;
            if (other != j) {
                exchange(right, to + j * row, to + other * row, row);
            }
        }
    }

    private static void exchange(MemorySegment x, long one, long other, long bytes) {
        for (long at = 0; at < bytes; at += 4) {
            int first = x.get(ValueLayout.JAVA_INT_UNALIGNED, one + at);
            x.set(ValueLayout.JAVA_INT_UNALIGNED, one + at, x.get(ValueLayout.JAVA_INT_UNALIGNED, other + at));
            x.set(ValueLayout.JAVA_INT_UNALIGNED, other + at, first);
        }
    }

    private static final Op SOLVE = Op.composed("solve", 0b1 | Op.OUTPUT, flow -> {
        // forward: A · X = B, so dB = A⁻ᵀ · dX and dA = -dB · Xᵀ
        var db = solve(t(flow.input(0)), flow.gradOutput());
        if (flow.wants(0)) {
            flow.give(0, Matmul.matmul(db, t(flow.output())).neg());
        }
        if (flow.wants(1)) {
            flow.give(1, db);
        }
    });

    /** {@link #solveTriangular(Tensor, Tensor, boolean, boolean, boolean)} from the left, with the diagonal that is there. */
    public static Tensor solveTriangular(Tensor a, Tensor b, boolean upper) {
        return solveTriangular(a, b, upper, true, false);
    }

    /**
     * X with A · X = B for each triangular matrix, or X · A = B, as {@code torch.linalg.solve_triangular}; the dimensions in
     * front are broadcast. The other triangle of A is not read. Zeros on the diagonal give infinities or NaN.
     *
     * @param upper whether A is an upper triangle
     * @param left whether A stands to the left of X
     * @param unitriangular whether the diagonal of A counts as 1, and is not read
     * @throws IllegalArgumentException if A is not square, sizes do not fit, or types are not FLOAT32 or FLOAT64 and equal
     */
    public static Tensor solveTriangular(Tensor a, Tensor b, boolean upper, boolean left, boolean unitriangular) {
        Matrices.square("solveTriangular", "the matrix", a);
        Matrices.some("solveTriangular", "the right side", b);
        Check.sameType("solveTriangular", a, b);
        if (a.size(-1) != b.size(left ? -2 : -1)) {
            throw new IllegalArgumentException("solveTriangular: " + a.shape() + " does not fit "
                    + (left ? "the rows" : "the columns") + " of a right side " + b.shape());
        }
        var front = together("solveTriangular", a, b, 2);
        return triangular(spread(a, front), spread(b, front), upper, left, unitriangular);
    }

    private static Tensor triangular(Tensor a, Tensor b, boolean upper, boolean left, boolean unit) {
        // a transposed matrix is read as it lies
        boolean turned = !a.isContiguous() && t(a.detach()).isContiguous();
        var triangle = turned ? t(a.detach()) : a.detach().contiguous();
        var x = Matrices.copy("solveTriangular", b);
        int n = (int) a.size(-1);
        int rows = (int) b.size(-2);
        int cols = (int) b.size(-1);
        if (x.numel() > 0) {
            boolean wide = Matrices.wide(a);
            Matrices.each("solveTriangular", Matrices.count(a), Math.max(rows, cols), 0, (threads, i, _) -> {
                Lapack.trsm(threads, wide, left, upper != turned, turned, unit, rows, cols, Matrices.base(triangle),
                        Matrices.at(triangle, i, (long) n * n), n, Matrices.base(x),
                        Matrices.at(x, i, (long) rows * cols), cols);
                return 0;
            }, null, triangle, x);
        }
        return Autograd.record(Op.composed("solveTriangular", 0b1 | Op.OUTPUT, flow -> {
            // forward: A · X = B, so dB = A⁻ᵀ · dX and dA = -dB · Xᵀ, of which the triangle counts
            var db = solveTriangular(t(flow.input(0)), flow.gradOutput(), !upper, left, unit);
            if (flow.wants(0)) {
                var da = left
                        ? Matmul.matmul(db, t(flow.output()))
                        : Matmul.matmul(t(flow.output()), db);
                int off = unit ? 1 : 0;
                flow.give(0, (upper ? Triangle.triu(da, off) : Triangle.tril(da, -off)).neg());
            }
            if (flow.wants(1)) {
                flow.give(1, db);
            }
        }), x, a, b);
    }
}
