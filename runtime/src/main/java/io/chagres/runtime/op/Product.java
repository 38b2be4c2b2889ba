package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/**
 * Products, as {@code torch.prod}: of all elements, along one dimension or over several. The product of nothing is 1; those of
 * integers and truth values are INT64. The gradient of an element is the product of the others, also where there are zeros.
 */
public final class Product {
    private Product() {
    }

    /** The product of all elements, without dimensions. */
    public static Tensor prod(Tensor x) {
        return prod(x, Axes.all(Check.alive("prod", "the operand", x)), false);
    }

    /**
     * The products along one dimension, which goes, or stays with size 1.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public static Tensor prod(Tensor x, int dim, boolean keepDim) {
        return prod(x, Axes.one("prod", Check.alive("prod", "the operand", x), dim), keepDim);
    }

    /** The products over some dimensions; if none is named, over all. */
    public static Tensor prod(Tensor x, int[] dims, boolean keepDim) {
        return prod(x, Axes.of("prod", Check.alive("prod", "the operand", x), dims), keepDim);
    }

    private static Tensor prod(Tensor x, Axes axes, boolean keepDim) {
        var dtype = x.dtype().isFloatingPoint() ? x.dtype() : DType.INT64;
        var y = Fold.fold("prod", x, axes, dtype, FoldKind.PROD);
        return axes.finish(Autograd.record(op(axes), y, x), keepDim);
    }

    private static Op op(Axes axes) {
        return Op.composed("prod", 0b1 | Op.OUTPUT, flow -> {
            var x = flow.input(0);
            if (x.numel() == 0) {
                flow.give(0, x.detach());
            } else if (Truth.all(x.detach()).item() != 0) {
                flow.give(0, Arithmetic.div(Arithmetic.mul(flow.gradOutput(), flow.output()), x));
            } else {
                var lined = axes.lined(x);
                var others = axes.unlined(Scan.productOfOthers("prod", lined, lined.rank() - 1));
                flow.give(0, Arithmetic.mul(flow.gradOutput(), others));
            }
        });
    }
}
