package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/** Tensors with more elements around them, as {@code torch.nn.functional.pad}. */
public final class Pad {
    private Pad() {
    }

    /** What stands around a tensor. */
    public enum Mode {
        /** What stands on the other side of the border, which is not repeated: c b | a b c. */
        REFLECT,
        /** The element at the border: a a | a b c. */
        REPLICATE,
        /** What stands at the other end: b c | a b c. */
        CIRCULAR
    }

    /**
     * The tensor with a value around it.
     *
     * @param pads how many before and after the last dimension, then before and after the last but one, and so on; negative
     *        ones cut off
     * @throws IllegalArgumentException if there are more pads than dimensions, an odd number of them, or if more is cut off
     *         than is there
     */
    public static Tensor pad(Tensor x, long[] pads, double value) {
        check(x, pads);
        var kept = x;
        for (int i = 0; i < pads.length; i += 2) {
            int axis = x.rank() - 1 - i / 2;
            long cut = Math.max(0, -pads[i]) + Math.max(0, -pads[i + 1]);
            if (cut > x.shape().dim(axis)) {
                throw wrong(x, pads, "cuts off more than dimension " + axis + " has");
            }
            kept = cut == 0
                    ? kept
                    : Slices.narrow(kept, axis, Math.max(0, -pads[i]), x.shape().dim(axis) - cut);
        }
        var added = Arrays.stream(pads).map(p -> Math.max(0, p)).toArray();
        return surrounded(kept, added, value);
    }

    /** {@link #pad(Tensor, long[], double)} with zeros. */
    public static Tensor pad(Tensor x, long... pads) {
        return pad(x, pads, 0);
    }

    private static void check(Tensor x, long... pads) {
        Check.alive("pad", "the tensor", x);
        if (Check.notNull("pad", "the array of pads", pads).length % 2 != 0 || pads.length > 2 * x.rank()) {
            throw wrong(x, pads, "needs two numbers for each dimension from the last on");
        }
        for (long pad : pads) {
            if (Math.abs((double) pad) > Long.MAX_VALUE >> 2) {
                throw wrong(x, pads, "is too much");
            }
        }
    }

    private static IllegalArgumentException wrong(Tensor x, long[] pads, String what) {
        return new IllegalArgumentException("pad: " + Arrays.toString(pads) + " for " + x.shape() + " " + what);
    }

    private static Tensor surrounded(Tensor x, long[] pads, double value) {
        var dims = x.shape().toArray();
        for (int i = 0; i < pads.length; i += 2) {
            dims[x.rank() - 1 - i / 2] += pads[i] + pads[i + 1];
        }
        var y = Tensor.empty(x.dtype(), Shape.of(dims), "pad");
        var rest = y;
        for (int i = 0; i < pads.length; i += 2) {
            int axis = x.rank() - 1 - i / 2;
            long end = pads[i] + x.shape().dim(axis);
            Slices.part(rest, axis, 0, pads[i], 1).fill(value);
            Slices.part(rest, axis, end, pads[i + 1], 1).fill(value);
            rest = Slices.part(rest, axis, pads[i], x.shape().dim(axis), 1);
        }
        Convert.copy(x, rest);
        return Autograd.record(Op.composed("pad", Op.NOTHING, flow -> {
            var dx = flow.gradOutput();
            for (int i = 0; i < pads.length; i += 2) {
                int axis = dx.rank() - 1 - i / 2;
                dx = Slices.narrow(dx, axis, pads[i], dx.shape().dim(axis) - pads[i] - pads[i + 1]);
            }
            flow.give(0, dx);
        }), y, x);
    }

    /**
     * The tensor with copies of its elements around it.
     *
     * @param pads as for {@link #pad(Tensor, long[], double)}, but not negative; for {@link Mode#REFLECT} less than the size of
     *        the dimension, for {@link Mode#CIRCULAR} not more
     */
    public static Tensor pad(Tensor x, long[] pads, Mode mode) {
        check(x, pads);
        Check.notNull("pad", "the mode", mode);
        for (int i = 0; i < pads.length; i++) {
            long most = x.shape().dim(x.rank() - 1 - i / 2);
            boolean fits = pads[i] == 0 || pads[i] > 0 && switch (mode) {
                case REFLECT -> pads[i] < most;
                case REPLICATE -> most > 0;
                case CIRCULAR -> pads[i] <= most;
            };
            if (!fits) {
                throw wrong(x, pads, "is not possible with " + mode);
            }
        }
        var y = x;
        for (int i = 0; i < pads.length; i += 2) {
            int axis = x.rank() - 1 - i / 2;
            if (pads[i] != 0 || pads[i + 1] != 0) {
                y = extended(y, axis, pads[i], pads[i + 1], mode);
            }
        }
        return y == x ? Convert.clone(x) : y;
    }

    private static Tensor extended(Tensor x, int axis, long before, long after, Mode mode) {
        long size = x.shape().dim(axis);
        LongUnaryOperator source = switch (mode) {
            case REFLECT -> i -> i < 0 ? -i : i >= size ? 2 * size - 2 - i : i;
            case REPLICATE -> i -> Math.clamp(i, 0, size - 1);
            case CIRCULAR -> i -> Math.floorMod(i, size);
        };
        var ids = Convert.fill(Tensor.empty(DType.INT64, Shape.of(before + size + after), "pad"),
                i -> source.applyAsLong(i - before));
        return IndexSelect.indexSelect(x, axis, ids);
    }
}
