package io.chagres.runtime.op;

import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * The dimensions over which operands are walked that are broadcast to one shape. Neighbouring dimensions that lie densely in all
 * of them are one, so that a dense tensor has a single one.
 */
final class Grid {
    final long[] sizes;
    /** Strides in elements, 0 where an operand repeats: [operand][dimension]. */
    final long[][] strides;
    int rank;

    /** @param operands of which some may be null, for numbers */
    Grid(Shape shape, Tensor... operands) {
        int most = Math.max(1, shape.rank());
        sizes = new long[most];
        strides = new long[operands.length][most];
        for (int d = 0; d < shape.rank(); d++) {
            if (shape.dim(d) != 1) {
                append(shape.dim(d), shape.rank() - d, operands);
            }
        }
        if (rank == 0) {
            sizes[rank++] = 1;
        }
    }

    /** @param fromEnd 1 for the last dimension */
    private void append(long size, int fromEnd, Tensor[] operands) {
        boolean joins = rank > 0;
        for (int o = 0; o < operands.length && joins; o++) {
            joins = strides[o][rank - 1] == size * stride(operands[o], fromEnd);
        }
        int to = joins ? rank - 1 : rank++;
        sizes[to] = joins ? sizes[to] * size : size;
        for (int o = 0; o < operands.length; o++) {
            strides[o][to] = stride(operands[o], fromEnd);
        }
    }

    private static long stride(Tensor tensor, int fromEnd) {
        if (tensor == null || fromEnd > tensor.rank()) {
            return 0;
        }
        int d = tensor.rank() - fromEnd;
        return tensor.shape().dim(d) == 1 ? 0 : ((Layout.Strided) tensor.layout()).stride(d);
    }

    /** The size of the last dimension. */
    long inner() {
        return sizes[rank - 1];
    }

    /** The stride of the last dimension. */
    long innerStride(int operand) {
        return strides[operand][rank - 1];
    }

    /** Where in an operand the run with this number begins, in elements; runs go along the last dimension. */
    long run(int operand, long number) {
        long at = 0;
        long rest = number;
        for (int d = rank - 2; d >= 0; d--) {
            at += rest % sizes[d] * strides[operand][d];
            rest /= sizes[d];
        }
        return at;
    }

    /**
     * The dimension that should be walked together with the last one, because an operand lies the other way round: -1 if there is
     * none, or if it is so short that rows serve as well.
     */
    int partner(int operands) {
        int partner = -1;
        long least = Long.MAX_VALUE;
        for (int o = 0; o < operands; o++) {
            long along = Math.abs(innerStride(o));
            for (int d = 0; d < rank - 1 && along > 1 && inner() >= 8; d++) {
                long stride = Math.abs(strides[o][d]);
                if (stride > 0 && stride < Math.min(along, least) && sizes[d] >= 8) {
                    partner = d;
                    least = stride;
                }
            }
        }
        return partner;
    }
}
