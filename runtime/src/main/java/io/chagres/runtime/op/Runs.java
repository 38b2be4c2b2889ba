package io.chagres.runtime.op;

import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * A walk over elements at the same index of several strided operands, in row-major order, a run along the innermost dimension
 * at a time. It can begin and end anywhere, so that parts of it can be walked on several threads. Dimensions that lie densely
 * in all operands are joined. Offsets and strides are bytes.
 */
final class Runs {
    private final int operands;
    private final long[] sizes = new long[Shape.MAX_RANK];
    private final long[][] strides;
    private final long numel;
    private int rank;

    /** What is done for each run, from these offsets on, one for each operand. */
    interface Run {
        void run(long[] at, long count);
    }

    /** Over dimensions of these sizes, with the strides of each operand. */
    Runs(long[] dims, long[]... byteStrides) {
        operands = byteStrides.length;
        strides = new long[operands][Shape.MAX_RANK];
        long count = 1;
        for (int d = 0; d < dims.length; d++) {
            count *= dims[d];
            if (dims[d] != 1) {
                append(dims[d], d, byteStrides);
            }
        }
        numel = count;
        if (rank == 0) {
            sizes[rank++] = 1;
        }
    }

    private void append(long size, int d, long[][] next) {
        boolean joins = rank > 0;
        for (int o = 0; o < operands && joins; o++) {
            joins = strides[o][rank - 1] == next[o][d] * size;
        }
        int to = joins ? rank - 1 : rank++;
        sizes[to] = joins ? sizes[to] * size : size;
        for (int o = 0; o < operands; o++) {
            strides[o][to] = next[o][d];
        }
    }

    /** Over all elements of a shape, to which the tensors are broadcast. */
    static Runs over(Shape shape, Tensor... tensors) {
        var strides = new long[tensors.length][shape.rank()];
        for (int o = 0; o < tensors.length; o++) {
            int added = shape.rank() - tensors[o].rank();
            for (int d = added; d < shape.rank(); d++) {
                strides[o][d] = tensors[o].shape().dim(d - added) == 1
                        ? 0
                        : tensors[o].stride(d - added) * tensors[o].dtype().bytes();
            }
        }
        return new Runs(shape.toArray(), strides);
    }

    /** The number of elements of each operand. */
    long numel() {
        return numel;
    }

    /** The distance between neighbours of a run in one operand. */
    long stride(int operand) {
        return strides[operand][rank - 1];
    }

    /** Walks over so many elements, from one on. */
    void walk(long from, long count, Run run) {
        if (count <= 0) {
            return;
        }
        var at = new long[operands];
        var index = new long[rank];
        long rest = from;
        for (int d = rank - 1; d >= 0; d--) {
            index[d] = rest % sizes[d];
            rest /= sizes[d];
            for (int o = 0; o < operands; o++) {
                at[o] += index[d] * strides[o][d];
            }
        }
        long left = count;
        while (true) {
            long length = Math.min(left, sizes[rank - 1] - index[rank - 1]);
            run.run(at, length);
            left -= length;
            if (left == 0) {
                return;
            }
            advance(at, index);
        }
    }

    /** To the start of the next run. */
    private void advance(long[] at, long[] index) {
        int d = rank - 1;
        for (int o = 0; o < operands; o++) {
            at[o] -= index[d] * strides[o][d];
        }
        index[d] = 0;
        while (true) {
            d--;
            for (int o = 0; o < operands; o++) {
                at[o] += strides[o][d];
            }
            if (++index[d] < sizes[d]) {
                return;
            }
            for (int o = 0; o < operands; o++) {
                at[o] -= sizes[d] * strides[o][d];
            }
            index[d] = 0;
        }
    }

    /** Walks over everything, in parts if there is enough. */
    void inParts(Run run) {
        int most = Cutoffs.parts(numel);
        if (most <= 1) {
            walk(0, numel, run);
            return;
        }
        Team.parallel(most, (part, parts) -> {
            long from = Part.start(part, parts, numel, Cutoffs.GRAIN);
            walk(from, Part.start(part + 1, parts, numel, Cutoffs.GRAIN) - from, run);
        });
    }
}
