package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.UnaryOperator;

/** Several tensors made one. Types are promoted, as in PyTorch. */
public final class Joins {
    private Joins() {
    }

    /**
     * The tensors one after the other along a dimension, in which their sizes may differ.
     *
     * @param tensors at least one; those of shape [0] are passed over
     * @throws IllegalArgumentException if there are none, or if other sizes differ
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public static Tensor cat(int dim, Tensor... tensors) {
        return cat("cat", dim, tensors);
    }

    /** {@link #cat}, by another name. */
    public static Tensor concat(int dim, Tensor... tensors) {
        return cat("concat", dim, tensors);
    }

    static Tensor cat(String name, int dim, Tensor... tensors) {
        check(name, tensors);
        var first = tensors[0];
        var dtype = first.dtype();
        for (var tensor : tensors) {
            dtype = DType.promote(dtype, tensor.dtype());
            first = isNothing(first) ? tensor : first;
        }
        int axis = first.shape().axis(name, dim);
        var starts = new long[tensors.length];
        long size = 0;
        for (int i = 0; i < tensors.length; i++) {
            starts[i] = size;
            if (!isNothing(tensors[i])) {
                checkFits(name, first, tensors[i], axis);
                size = Check.sum(name, tensors[i].shape(), size, tensors[i].shape().dim(axis));
            }
        }
        var y = Tensor.empty(dtype, first.shape().with(axis, size), name);
        for (int i = 0; i < tensors.length; i++) {
            if (!isNothing(tensors[i])) {
                Convert.copy(tensors[i], Slices.part(y, axis, starts[i], tensors[i].shape().dim(axis), 1).detach());
            }
        }
        return dtype.isFloatingPoint() ? Autograd.record(joined(name, axis, starts), y, tensors) : y;
    }

    private static Op joined(String name, int axis, long[] starts) {
        return Op.composed(name, Op.NOTHING, flow -> {
            for (int i = 0; i < starts.length; i++) {
                if (flow.wants(i)) {
                    var x = flow.input(i);
                    var dx = isNothing(x)
                            ? Slices.zeros(name, x, x.shape())
                            : Slices.narrow(flow.gradOutput(), axis, starts[i], x.shape().dim(axis));
                    flow.give(i, Convert.to(dx, x.dtype()));
                }
            }
        });
    }

    static void check(String name, Tensor... tensors) {
        if (Check.notNull(name, "the array of tensors", tensors).length == 0) {
            throw new IllegalArgumentException(name + ": no tensors");
        }
        for (int i = 0; i < tensors.length; i++) {
            Check.alive(name, "tensor " + i, tensors[i]);
        }
    }

    private static boolean isNothing(Tensor x) {
        return x.rank() == 1 && x.numel() == 0;
    }

    private static void checkFits(String name, Tensor first, Tensor tensor, int axis) {
        boolean fits = tensor.rank() == first.rank();
        for (int d = 0; d < first.rank() && fits; d++) {
            fits = d == axis || tensor.shape().dim(d) == first.shape().dim(d);
        }
        if (!fits) {
            throw new IllegalArgumentException(name + ": " + first.shape() + " and " + tensor.shape()
                    + " cannot be joined along dimension " + axis + "; other sizes must be equal");
        }
    }

    /**
     * Tensors of one shape along a new dimension.
     *
     * @throws IllegalArgumentException if there are none, or if shapes differ
     * @throws IndexOutOfBoundsException if the result has no such dimension
     */
    public static Tensor stack(int dim, Tensor... tensors) {
        check("stack", tensors);
        int axis = tensors[0].shape().insert(0, 1).axis("stack", dim);
        for (var tensor : tensors) {
            Check.sameShape("stack", tensors[0], tensor);
        }
        return cat("stack", axis, each(tensors, x -> Views.unsqueeze(x, axis)));
    }

    private static Tensor[] each(Tensor[] tensors, UnaryOperator<Tensor> change) {
        var changed = new Tensor[tensors.length];
        for (int i = 0; i < tensors.length; i++) {
            changed[i] = change.apply(tensors[i]);
        }
        return changed;
    }

    /** Side by side: along dimension 1, vectors along their only one. */
    public static Tensor hstack(Tensor... tensors) {
        check("hstack", tensors);
        var all = each(tensors, x -> atLeast(1, x));
        return cat("hstack", all[0].rank() == 1 ? 0 : 1, all);
    }

    /** One below the other: along dimension 0, where vectors are rows. */
    public static Tensor vstack(Tensor... tensors) {
        check("vstack", tensors);
        return cat("vstack", 0, each(tensors, x -> atLeast(2, x)));
    }

    /** One behind the other: along dimension 2, where vectors of n elements are [1, n, 1] and matrices [m, n, 1]. */
    public static Tensor dstack(Tensor... tensors) {
        check("dstack", tensors);
        return cat("dstack", 2, each(tensors, x -> atLeast(3, x)));
    }

    /** Side by side: along dimension 1, where vectors are columns. */
    public static Tensor columnStack(Tensor... tensors) {
        check("columnStack", tensors);
        return cat("columnStack", 1, each(tensors, x -> x.rank() <= 1 ? Views.reshape(x, x.numel(), 1) : x));
    }

    private static Tensor atLeast(int rank, Tensor x) {
        if (x.rank() >= rank) {
            return x;
        }
        var rows = Views.atLeastVector(x);
        if (rank == 1) {
            return rows;
        }
        var matrix = rows.rank() == 1 ? Views.unsqueeze(rows, 0) : rows;
        return rank == 2 ? matrix : Views.unsqueeze(matrix, 2);
    }

    /**
     * Matrices along the diagonal of one, which has zeros elsewhere, as {@code torch.block_diag}. Vectors are rows, numbers
     * [1, 1].
     */
    public static Tensor blockDiag(Tensor... tensors) {
        check("blockDiag", tensors);
        var blocks = each(tensors, x -> atLeast(2, x));
        long rows = 0;
        long columns = 0;
        var dtype = blocks[0].dtype();
        for (var block : blocks) {
            Check.rank("blockDiag", "a tensor", block, 2);
            rows = Check.sum("blockDiag", block.shape(), rows, block.size(0));
            columns = Check.sum("blockDiag", block.shape(), columns, block.size(1));
            dtype = DType.promote(dtype, block.dtype());
        }
        var y = Tensor.empty(dtype, Shape.of(rows, columns), "blockDiag").fill(0);
        var starts = new long[2][blocks.length];
        long row = 0;
        long column = 0;
        for (int i = 0; i < blocks.length; i++) {
            starts[0][i] = row;
            starts[1][i] = column;
            Convert.copy(blocks[i], Slices.narrow(Slices.narrow(y, 0, row, blocks[i].size(0)), 1, column,
                    blocks[i].size(1)));
            row += blocks[i].size(0);
            column += blocks[i].size(1);
        }
        return dtype.isFloatingPoint() ? Autograd.record(blocks(starts), y, blocks) : y;
    }

    private static Op blocks(long[][] starts) {
        return Op.composed("blockDiag", Op.NOTHING, flow -> {
            for (int i = 0; i < starts[0].length; i++) {
                if (flow.wants(i)) {
                    var x = flow.input(i);
                    var rows = Slices.narrow(flow.gradOutput(), 0, starts[0][i], x.size(0));
                    flow.give(i, Convert.to(Slices.narrow(rows, 1, starts[1][i], x.size(1)), x.dtype()));
                }
            }
        });
    }
}
