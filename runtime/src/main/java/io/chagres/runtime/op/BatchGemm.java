package io.chagres.runtime.op;

import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.plan.BatchBlas;
import io.chagres.runtime.plan.BatchMatmulPlan;
import io.chagres.runtime.plan.GemmTable;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/** The products of many matrices: one native call in float32, one for each pair in float64. */
final class BatchGemm {
    private BatchGemm() {
    }

    /** The dimensions in front of the matrices, as few as possible, and the strides of both operands in all dimensions. */
    private record Batch(long[] sizes, long[] a, long[] b) {
    }

    /**
     * c = a · b, or c + a · b, where the dimensions in front of the last two are broadcast to those of c. All of one type.
     *
     * @param a [batch, m, k], or [batch, k, m] if {@code ta}
     * @param b [batch, k, n], or [batch, n, k] if {@code tb}
     * @param c [batch, m, n], dense
     */
    static void run(String op, Tensor a, boolean ta, Tensor b, boolean tb, Tensor c, boolean accumulate) {
        long k = a.size(ta ? -2 : -1);
        if (c.numel() == 0 || k == 0) {
            if (!accumulate) {
                c.fill(0);
            }
            return;
        }
        var x = fit(a);
        var y = fit(b);
        var batch = join(c.shape(), x, ta, y, tb);
        if (batch.sizes.length > BatchMatmulPlan.MAX_BATCH_DIMS || repeatsTogether(batch)) {
            x = spread(x, c.shape());
            y = spread(y, c.shape());
            batch = join(c.shape(), x, ta, y, tb);
        }
        Storage.acquire(op, x.storage(), y.storage(), c.storage(), null);
        try {
            if (c.dtype() == DType.FLOAT32 && GemmTable.isOpenBlas(GemmTable.Kind.BATCH, Team.width(), c.size(-2),
                    c.size(-1), k)) {
                BatchBlas.run(batch.sizes, c.size(-2), c.size(-1), k, x.storage().base(), x.position(), batch.a,
                        y.storage().base(), y.position(), batch.b, c.storage().base(), c.position(), accumulate);
            } else if (c.dtype() == DType.FLOAT32) {
                BatchMatmulPlan.run(batch.sizes, c.size(-2), c.size(-1), k, x.storage().base(), x.position(), batch.a,
                        y.storage().base(), y.position(), batch.b, c.storage().base(), c.position(), accumulate);
            } else {
                oneByOne(op, batch, k, x, y, c, accumulate);
            }
            c.storage().changed();
        } finally {
            Storage.release(x.storage(), y.storage(), c.storage(), null);
        }
    }

    /**
     * A tensor whose matrices a plan can take; a dense copy, if need be. Single rows or columns with gaps between them are
     * copied too: oneDNN takes their strides for another order of the dimensions and reads what is not there.
     */
    private static Tensor fit(Tensor x) {
        boolean single = x.size(-1) == 1 || x.size(-2) == 1;
        return x.isContiguous() || !single && BatchMatmulPlan.accepts(x.shape().toArray(), strides(x))
                ? x
                : x.detach().contiguous();
    }

    /** A dense copy with the batch of another shape. */
    private static Tensor spread(Tensor x, Shape shape) {
        var dims = shape.toArray();
        dims[dims.length - 2] = x.size(-2);
        dims[dims.length - 1] = x.size(-1);
        return x.detach().expand(dims).contiguous();
    }

    private static boolean repeatsTogether(Batch batch) {
        for (int d = 0; d < batch.sizes.length; d++) {
            if (batch.a[d] == 0 && batch.b[d] == 0 && batch.sizes[d] > 1) {
                return true;
            }
        }
        return false;
    }

    /** Joins dimensions of the batch that lie densely in both operands, and leaves those of size 1 out. */
    private static Batch join(Shape shape, Tensor a, boolean ta, Tensor b, boolean tb) {
        int rank = shape.rank() - 2;
        var sizes = new long[rank + 1];
        var as = new long[rank + 1];
        var bs = new long[rank + 1];
        var aOwn = strides(a);
        var bOwn = strides(b);
        int count = 0;
        for (int d = 0; d < rank; d++) {
            long size = shape.dim(d);
            if (size == 1) {
                continue;
            }
            long aNext = stride(shape, d, a, aOwn);
            long bNext = stride(shape, d, b, bOwn);
            boolean joins = count > 0 && as[count - 1] == aNext * size && bs[count - 1] == bNext * size;
            int to = joins ? count - 1 : count++;
            sizes[to] = joins ? sizes[to] * size : size;
            as[to] = aNext;
            bs[to] = bNext;
        }
        if (count == 0) {
            sizes[0] = 1;
            as[0] = a.numel();
            bs[0] = b.numel();
            count = 1;
        }
        return new Batch(Arrays.copyOf(sizes, count), withMatrix(as, count, a, aOwn, ta),
                withMatrix(bs, count, b, bOwn, tb));
    }

    private static long stride(Shape shape, int d, Tensor x, long[] strides) {
        int own = d - (shape.rank() - x.rank());
        return own < 0 || x.shape().dim(own) == 1 ? 0 : strides[own];
    }

    private static long[] withMatrix(long[] batch, int count, Tensor x, long[] own, boolean transposed) {
        var strides = Arrays.copyOf(batch, count + 2);
        long row = own[own.length - 2];
        long col = own[own.length - 1];
        strides[count] = transposed ? col : row;
        strides[count + 1] = transposed ? row : col;
        return strides;
    }

    /** The strides, with those of sizes of 1 in the matrix set so that rows or columns count as dense. */
    private static long[] strides(Tensor x) {
        var layout = (Layout.Strided) (x.isContiguous() ? x.shape().contiguous() : x.layout());
        var strides = layout.toArray();
        int row = strides.length - 2;
        int col = strides.length - 1;
        if (x.size(-1) == 1) {
            strides[col] = 1;
        } else if (x.size(-2) == 1) {
            strides[row] = strides[col] == 1 ? x.size(-1) : 1;
        }
        return strides;
    }

    private static void oneByOne(String op, Batch batch, long k, Tensor a, Tensor b, Tensor c, boolean accumulate) {
        int dims = batch.sizes.length;
        long m = c.size(-2);
        long n = c.size(-1);
        long matrices = c.numel() / (m * n);
        var cStrides = new long[]{n, 1};
        for (long i = 0; i < matrices; i++) {
            long rest = i;
            long aAt = 0;
            long bAt = 0;
            for (int d = dims - 1; d >= 0; d--) {
                aAt += rest % batch.sizes[d] * batch.a[d];
                bAt += rest % batch.sizes[d] * batch.b[d];
                rest /= batch.sizes[d];
            }
            Gemm.run(op, m, n, k, Gemm.fit(matrix(a, m, k, batch.a, aAt)), false,
                    Gemm.fit(matrix(b, k, n, batch.b, bAt)), false, null,
                    matrix(c, m, n, cStrides, i * m * n), accumulate, false);
        }
    }

    private static Tensor matrix(Tensor x, long rows, long cols, long[] strides, long at) {
        var dims = new long[]{rows, cols};
        var own = Arrays.copyOfRange(strides, strides.length - 2, strides.length);
        return x.viewAs(Shape.of(dims), Layout.of(dims, own), at);
    }
}
