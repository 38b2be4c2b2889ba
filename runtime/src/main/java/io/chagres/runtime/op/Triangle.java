package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.kernel.Moves;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * The parts of matrices below and above a diagonal, as {@code torch.tril} and {@code torch.triu}. Diagonal 0 is the main one,
 * positive ones lie above it.
 */
public final class Triangle {
    private Triangle() {
    }

    /** See {@link Tensor#tril(long)}. */
    public static Tensor tril(Tensor x, long diagonal) {
        return part("tril", x, diagonal, true);
    }

    /** See {@link Tensor#triu(long)}. */
    public static Tensor triu(Tensor x, long diagonal) {
        return part("triu", x, diagonal, false);
    }

    private static Tensor part(String name, Tensor x, long diagonal, boolean lower) {
        if (Check.alive(name, "the tensor", x).rank() < 2) {
            throw new IllegalArgumentException(
                    name + ": " + x.shape() + " has " + x.rank() + " dimensions; 2 are needed, or more for a batch");
        }
        var y = Convert.copyTo(name, x, Tensor.empty(x.dtype(), x.shape(), name));
        clear(name, y, diagonal, lower);
        return Autograd.record(Op.composed(name, Op.NOTHING,
                flow -> flow.give(0, part(name, flow.gradOutput(), diagonal, lower))), y, x);
    }

    /** Sets what lies beyond a diagonal to 0, in a dense tensor. */
    static void clear(String name, Tensor y, long diagonal, boolean lower) {
        long rows = y.size(-2);
        long cols = y.size(-1);
        int bytes = y.dtype().bytes();
        if (y.numel() == 0) {
            return;
        }
        y.storage().acquire(name);
        try {
            Cutoffs.inParts(y.numel() / cols, cols, (first, count) -> {
                for (long row = first; row < first + count; row++) {
                    long kept = border(row % rows, diagonal, cols, lower);
                    long from = lower ? kept : 0;
                    long cleared = lower ? cols - kept : kept;
                    Moves.fill(bytes, 0, y.storage().base(), y.position() + (row * cols + from) * bytes, cleared);
                }
            });
        } finally {
            y.storage().release();
        }
    }

    /** Where a row goes from one side of the diagonal to the other: the first column above it, or the first on it. */
    private static long border(long row, long diagonal, long cols, boolean lower) {
        long shift = Math.clamp(diagonal, -row - 1, cols); // as far as it matters, without overflow
        return Math.clamp(row + shift + (lower ? 1 : 0), 0, cols);
    }

    /** See {@link Tensor#trilIndices(long, long, long)}. */
    public static Tensor trilIndices(long rows, long cols, long diagonal) {
        return indices("trilIndices", rows, cols, diagonal, true);
    }

    /** See {@link Tensor#triuIndices(long, long, long)}. */
    public static Tensor triuIndices(long rows, long cols, long diagonal) {
        return indices("triuIndices", rows, cols, diagonal, false);
    }

    /** How many elements are on a diagonal from -rows to cols, or below it. */
    private static long atAndBelow(long rows, long cols, long diagonal) {
        long first = Math.max(0, -diagonal); // the first row that has one
        long full = Math.clamp(cols - 1 - diagonal, first, rows); // the first that has all
        long some = full - first;
        long both = first + full + 1 + 2 * diagonal; // of the first and the last that has not all
        return (some % 2 == 0 ? some / 2 * both : some * (both / 2)) + (rows - full) * cols;
    }

    private static Tensor indices(String name, long rows, long cols, long diagonal, boolean lower) {
        long all = Shape.of(rows, cols).numel(); // refuses sizes that are none
        long shift = Math.clamp(diagonal, -rows, cols); // as far as it matters, without overflow
        long count = lower ? atAndBelow(rows, cols, shift) : all - atAndBelow(rows, cols, Math.max(-rows, shift - 1));
        var indices = Tensor.empty(DType.INT64, Shape.of(2, count), name);
        indices.storage().acquire(name);
        try {
            long at = indices.position();
            long first = lower ? Math.max(0, -shift) : 0;
            long end = count == 0 ? first : lower ? rows : Math.min(rows, cols - shift);
            for (long row = first; row < end; row++) {
                long border = border(row, diagonal, cols, lower);
                for (long col = lower ? 0 : border; col < (lower ? border : cols); col++, at += 8) {
                    Elements.putLong(DType.INT64, indices.storage().base(), at, row);
                    Elements.putLong(DType.INT64, indices.storage().base(), at + 8 * count, col);
                }
            }
            return indices;
        } finally {
            indices.storage().release();
        }
    }
}
