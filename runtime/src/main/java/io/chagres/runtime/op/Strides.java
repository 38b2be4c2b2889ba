package io.chagres.runtime.op;

import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * A walk over the elements of up to three strided operands of one shape, outermost dimension first. Dimensions that lie
 * densely in all operands are joined, so that the innermost run is as long as it can be.
 */
final class Strides {
    private final int operands;
    private final long[] sizes = new long[Shape.MAX_RANK];
    private final long[][] strides;
    private int rank;

    /** Offsets in elements of the current run, one for each operand. */
    final long[] at;
    private final long[] index = new long[Shape.MAX_RANK];

    /** @param operands tensors whose dimensions are broadcast to the shape */
    Strides(Shape shape, Tensor... operands) {
        this.operands = operands.length;
        this.strides = new long[operands.length][Shape.MAX_RANK];
        this.at = new long[operands.length];
        for (int d = 0; d < shape.rank(); d++) {
            append(shape, d, operands);
        }
        if (rank == 0) {
            sizes[rank++] = 1;
        }
    }

    private void append(Shape shape, int d, Tensor[] tensors) {
        long size = shape.dim(d);
        if (size == 1) {
            return;
        }
        boolean joins = rank > 0;
        var next = new long[operands];
        for (int o = 0; o < operands; o++) {
            int own = d - (shape.rank() - tensors[o].rank());
            next[o] = own < 0 || tensors[o].shape().dim(own) == 1
                    ? 0
                    : ((Layout.Strided) tensors[o].layout()).stride(own);
            joins &= rank > 0 && strides[o][rank - 1] == next[o] * size;
        }
        int to = joins ? rank - 1 : rank++;
        sizes[to] = joins ? sizes[to] * size : size;
        for (int o = 0; o < operands; o++) {
            strides[o][to] = next[o];
        }
    }

    /** The number of elements in each run. */
    long runLength() {
        return sizes[rank - 1];
    }

    /** The distance between neighbours of a run in one operand, in elements. */
    long runStride(int operand) {
        return strides[operand][rank - 1];
    }

    /** Goes to the next run; false after the last. */
    boolean advance() {
        for (int d = rank - 2; d >= 0; d--) {
            for (int o = 0; o < operands; o++) {
                at[o] += strides[o][d];
            }
            if (++index[d] < sizes[d]) {
                return true;
            }
            index[d] = 0;
            for (int o = 0; o < operands; o++) {
                at[o] -= strides[o][d] * sizes[d];
            }
        }
        return false;
    }
}
