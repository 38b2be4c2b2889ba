package io.chagres.runtime.op;

import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/** Products of matrices of integers, exact but for what their type cannot hold, which wraps around. */
final class WholeProducts {
    private WholeProducts() {
    }

    /**
     * a · b.
     *
     * @param a [..., m, k]
     * @param b [..., k, n]
     * @param shape of the product, [..., m, n], to which the dimensions in front are broadcast
     */
    static Tensor product(String op, Tensor a, Tensor b, Shape shape) {
        long m = shape.dim(-2);
        int n = Check.int32(op, shape, shape.dim(-1));
        int k = Check.int32(op, a.shape(), a.size(-1));
        var y = Tensor.empty(a.dtype(), shape, op).fill(0);
        if (y.numel() == 0 || k == 0) {
            return y;
        }
        var x = spread(a, shape, m, k);
        var z = spread(b, shape, k, n);
        long rows = y.numel() / n;
        long each = (long) k * n;
        Storage.acquire(op, x.storage(), z.storage(), y.storage(), null);
        try {
            int parts = Cutoffs.parts(rows > Long.MAX_VALUE / each ? Long.MAX_VALUE : rows * each);
            Team.parallel(parts, (part, all) -> rows(x, z, y, m, n, k, Part.start(part, all, rows, 1),
                    Part.start(part + 1, all, rows, 1)));
        } finally {
            Storage.release(x.storage(), z.storage(), y.storage(), null);
        }
        return y;
    }

    private static Tensor spread(Tensor x, Shape shape, long rows, long cols) {
        var dims = shape.toArray();
        dims[dims.length - 2] = rows;
        dims[dims.length - 1] = cols;
        return Views.expanded(x.detach(), Shape.of(dims)).contiguous();
    }

    private static void rows(Tensor a, Tensor b, Tensor y, long m, int n, int k, long from, long to) {
        int bytes = y.dtype().bytes();
        var factors = new long[k];
        var row = new long[n];
        var sums = new long[n];
        for (long i = from; i < to; i++) {
            Lines.load(a.dtype(), a.storage().base(), a.position() + i * k * bytes, 1, factors, 0, k);
            Arrays.fill(sums, 0);
            long matrix = i / m * k;
            for (int j = 0; j < k; j++) {
                Lines.load(b.dtype(), b.storage().base(), b.position() + (matrix + j) * n * bytes, 1, row, 0, n);
                long factor = factors[j];
                for (int c = 0; c < n; c++) {
                    sums[c] += factor * row[c];
                }
            }
            Lines.store(sums, 0, y.dtype(), y.storage().base(), y.position() + i * n * bytes, 1, n);
        }
    }
}
