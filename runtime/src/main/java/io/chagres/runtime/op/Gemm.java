package io.chagres.runtime.op;

import io.chagres.runtime.ffi.Blas;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.plan.MatmulPlan;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/**
 * The matrix product that all operations share, and the one place that picks a library for it: oneDNN for float32, OpenBLAS
 * for float64 and for very small float32 products, where its calls cost less.
 */
final class Gemm {
    /** Multiply-adds below which OpenBLAS on one thread is faster; measured by the {@code bench} module's {@code GemmBench}. */
    private static final long SMALL = 32 * 32 * 32;

    private Gemm() {
    }

    /**
     * c = relu(a · b + bias + c), where bias may be null, and the old c and relu are taken as the flags say. a is [m, k], b
     * is [k, n], both strided; bias [n] and c [m, n] are dense. All of one type.
     */
    static void run(String op, Tensor a, Tensor b, Tensor bias, Tensor c, boolean accumulate, boolean relu) {
        long m = c.shape().dim(0);
        long n = c.shape().dim(1);
        long k = a.shape().dim(1);
        if (c.numel() == 0) {
            return;
        }
        var x = unitStride(a);
        var w = unitStride(b);
        Storage.acquire(op, x.storage(), w.storage(), bias == null ? null : bias.storage(), c.storage());
        try {
            boolean plain = bias == null && !relu;
            if (k == 0 || c.dtype() == DType.FLOAT64) {
                viaBlas(op, x, w, c, accumulate || bias != null, accumulate, bias);
                if (relu) {
                    clampNegative(c);
                }
            } else if (plain && m * n <= SMALL && m * n * k <= SMALL) {
                multiply(op, x, w, c, accumulate);
            } else {
                MatmulPlan.run(m, n, k, x.storage().base(), x.position(), x.stride(0), x.stride(1), w.storage().base(),
                        w.position(), w.stride(0), w.stride(1), bias == null ? null : bias.storage().base(),
                        bias == null ? 0 : bias.position(), c.storage().base(), c.position(), accumulate, relu);
            }
            c.storage().changed();
        } finally {
            Storage.release(x.storage(), w.storage(), bias == null ? null : bias.storage(), c.storage());
        }
    }

    /** Both libraries want neighbours in one of the two dimensions. */
    private static Tensor unitStride(Tensor x) {
        return x.stride(0) == 1 && x.stride(1) >= x.size(0) || x.stride(1) == 1 && x.stride(0) >= x.size(1)
                ? x
                : dense(x);
    }

    private static Tensor dense(Tensor x) {
        return x.isContiguous() ? x.viewAs(x.shape(), x.shape().contiguous(), 0) : x.contiguous();
    }

    private static void viaBlas(String op, Tensor a, Tensor b, Tensor c, boolean add, boolean accumulate, Tensor bias) {
        if (bias != null) {
            spread(bias, c, accumulate);
        }
        multiply(op, a, b, c, add);
    }

    private static void multiply(String op, Tensor a, Tensor b, Tensor c, boolean accumulate) {
        int m = Check.int32(op, c.shape(), c.shape().dim(0));
        int n = Check.int32(op, c.shape(), c.shape().dim(1));
        int k = Check.int32(op, a.shape(), a.shape().dim(1));
        boolean ta = a.stride(1) != 1 || k > 1 && a.stride(0) < k;
        boolean tb = b.stride(1) != 1 || n > 1 && b.stride(0) < n;
        int lda = Check.int32(op, a.shape(), Math.max(1, ta ? a.stride(1) : a.stride(0)));
        int ldb = Check.int32(op, b.shape(), Math.max(1, tb ? b.stride(1) : b.stride(0)));
        boolean single = c.dtype() == DType.FLOAT32;
        int threads = Team.enter();
        try {
            if (single) {
                Blas.sgemm(1, ta, tb, m, n, k, 1f, a.storage().base(), a.position(), lda, b.storage().base(),
                        b.position(),
                        ldb, accumulate ? 1f : 0f, c.storage().base(), c.position(), n);
            } else {
                Blas.dgemm(threads, ta, tb, m, n, k, 1, a.storage().base(), a.position(), lda, b.storage().base(),
                        b.position(), ldb, accumulate ? 1 : 0, c.storage().base(), c.position(), n);
            }
        } finally {
            Team.exit();
        }
    }

    /** Puts or adds the bias into each row of c. */
    private static void spread(Tensor bias, Tensor c, boolean accumulate) {
        if (accumulate) {
            Arithmetic.addInto(bias.expand(c.shape().toArray()), c);
        } else {
            Convert.copy(bias.detach().expand(c.shape().toArray()), c);
        }
    }

    private static void clampNegative(Tensor c) {
        Convert.copy(Pointwise.relu(c.detach()), c);
    }
}
