package io.chagres.runtime.op;

import io.chagres.runtime.ffi.Blas;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.plan.GemmTable;
import io.chagres.runtime.plan.MatmulPlan;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/**
 * The matrix product that all operations share, and the one place that picks a library for it: OpenBLAS for float64, and for
 * float32 what {@link GemmTable} says was faster; oneDNN where bias or relu are part of the product.
 */
final class Gemm {
    /** Multiply-adds up to which OpenBLAS takes one thread whatever it may have; then its calls run side by side. */
    private static final long ALONE = 1 << 18;

    private Gemm() {
    }

    /**
     * c = relu(a · b + bias + c), where bias may be null, and the old c and relu are taken as the flags say. All of one type.
     *
     * @param a [m, k], or [k, m] if {@code ta}: a {@linkplain #fit fitting} tensor, seen as a matrix of its last dimension
     * @param b [k, n], or [n, k] if {@code tb}: likewise
     * @param bias [n], dense
     * @param c m · n elements, dense
     */
    static void run(String op, long m, long n, long k, Tensor a, boolean ta, Tensor b, boolean tb, Tensor bias,
            Tensor c,
            boolean accumulate, boolean relu) {
        if (c.numel() == 0) {
            return;
        }
        var biasStorage = bias == null ? null : bias.storage();
        Storage.acquire(op, a.storage(), b.storage(), biasStorage, c.storage());
        try {
            if (k == 0 || c.dtype() == DType.FLOAT64) {
                if (bias != null) {
                    spread(bias, c, accumulate);
                }
                multiply(op, m, n, k, a, ta, b, tb, c, accumulate || bias != null);
                if (relu) {
                    Convert.copy(Pointwise.relu(c.detach()), c);
                }
            } else if (bias == null && !relu
                    && GemmTable.isOpenBlas(GemmTable.Kind.SINGLE, Team.width(), m, n, k)) {
                multiply(op, m, n, k, a, ta, b, tb, c, accumulate);
            } else {
                long aRow = rowStride(a);
                long aCol = colStride(a);
                long bRow = rowStride(b);
                long bCol = colStride(b);
                MatmulPlan.run(m, n, k, a.storage().base(), a.position(), ta ? aCol : aRow, ta ? aRow : aCol,
                        b.storage().base(), b.position(), tb ? bCol : bRow, tb ? bRow : bCol,
                        bias == null ? null : biasStorage.base(), bias == null ? 0 : bias.position(),
                        c.storage().base(),
                        c.position(), accumulate, relu);
            }
            c.storage().changed();
        } finally {
            Storage.release(a.storage(), b.storage(), biasStorage, c.storage());
        }
    }

    /** A tensor that {@link #run} can take: rows or columns lie densely, and do not overlap. A dense copy, if need be. */
    static Tensor fit(Tensor x) {
        boolean fits = x.isContiguous() || x.rank() == 2 && (x.stride(1) == 1 && x.stride(0) >= x.size(1)
                || x.stride(0) == 1 && x.stride(1) >= x.size(0));
        return fits ? x : x.detach().contiguous();
    }

    private static long rowStride(Tensor x) {
        return x.isContiguous() ? Math.max(1, x.size(-1)) : x.stride(0);
    }

    private static long colStride(Tensor x) {
        return x.isContiguous() ? 1 : x.stride(1);
    }

    private static void multiply(String op, long m, long n, long k, Tensor a, boolean ta, Tensor b, boolean tb,
            Tensor c,
            boolean accumulate) {
        int rows = Check.int32(op, c.shape(), m);
        int cols = Check.int32(op, c.shape(), n);
        int inner = Check.int32(op, a.shape(), k);
        boolean aByColumns = colStride(a) != 1;
        boolean bByColumns = colStride(b) != 1;
        int lda = Check.int32(op, a.shape(), aByColumns ? colStride(a) : rowStride(a));
        int ldb = Check.int32(op, b.shape(), bByColumns ? colStride(b) : rowStride(b));
        int threads = Team.enter();
        try {
            if (c.dtype() == DType.FLOAT32) {
                int some = (double) m * n * k <= ALONE ? 1 : threads;
                Blas.sgemm(some, ta != aByColumns, tb != bByColumns, rows, cols, inner, 1f, a.storage().base(),
                        a.position(),
                        lda, b.storage().base(), b.position(), ldb, accumulate ? 1f : 0f, c.storage().base(),
                        c.position(),
                        cols);
            } else {
                Blas.dgemm(threads, ta != aByColumns, tb != bByColumns, rows, cols, inner, 1, a.storage().base(),
                        a.position(), lda, b.storage().base(), b.position(), ldb, accumulate ? 1 : 0,
                        c.storage().base(),
                        c.position(), cols);
            }
        } finally {
            Team.exit();
        }
    }

    /** Puts or adds the bias into each row of c. */
    private static void spread(Tensor bias, Tensor c, boolean accumulate) {
        var rows = bias.detach().expand(c.shape().toArray());
        if (accumulate) {
            Arithmetic.addInto(rows, c);
        } else {
            Convert.copy(rows, c);
        }
    }
}
