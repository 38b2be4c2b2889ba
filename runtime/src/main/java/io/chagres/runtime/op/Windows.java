package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/** Views in which elements may stand at several places: windows that overlap, and any strides. Their gradients are sums. */
public final class Windows {
    private Windows() {
    }

    /**
     * A view of the windows of a size along a dimension, one every so many indices, as {@code torch.Tensor.unfold}: the
     * dimension counts windows, and a new last one has their elements.
     *
     * @param size of a window, not more than the dimension has
     * @param step positive
     */
    public static Tensor unfold(Tensor x, int dim, long size, long step) {
        if (Check.alive("unfold", "the tensor", x).rank() == 0) {
            Shape.of(1).axis("unfold", dim);
            return unfold(Views.unsqueeze(x, 0), 0, size, step).squeeze(0);
        }
        int axis = x.shape().axis("unfold", dim);
        if (size < 0 || size > x.shape().dim(axis) || step <= 0) {
            throw new IllegalArgumentException("unfold: windows of size " + size + " at step " + step
                    + " in dimension " + dim + " of " + x.shape());
        }
        return Autograd.record(unfolded(axis, size, step), windows(x, axis, size, step), x);
    }

    private static Tensor windows(Tensor x, int axis, long size, long step) {
        int rank = x.rank();
        var dims = Arrays.copyOf(x.shape().toArray(), rank + 1);
        var strides = Arrays.copyOf(Views.strides(x), rank + 1);
        dims[axis] = (dims[axis] - size) / step + 1;
        dims[rank] = size;
        strides[rank] = strides[axis];
        strides[axis] *= dims[axis] > 1 ? step : 1;
        return x.viewAs(Shape.of(dims), Layout.of(dims, strides), 0);
    }

    private static Op unfolded(int axis, long size, long step) {
        return Op.composed("unfold", Op.NOTHING,
                flow -> flow.give(0, fold(flow.gradOutput(), flow.input(0).shape(), axis, size, step)));
    }

    /** The sums of what windows have of each element: what unfold's gradient is. */
    private static Tensor fold(Tensor dy, Shape shape, int axis, long size, long step) {
        var dx = Slices.zeros("unfold", dy, shape);
        addInto(dy, windows(dx, axis, size, step));
        return Autograd.record(Op.composed("unfold", Op.NOTHING,
                flow -> flow.give(0, unfold(flow.gradOutput(), axis, size, step))), dx, dy);
    }

    /** y += x where elements of y may share memory; in row-major order of the outermost dimensions. */
    private static void addInto(Tensor x, Tensor y) {
        if (y.numel() == 0) {
            return;
        }
        int axis = y.rank() - 1;
        if (!InPlace.overlaps(y)) {
            Arithmetic.addInto(x.detach(), y.detach());
            return;
        }
        // the fewer parts the better: along the shortest dimension, which is that of the window as a rule
        for (int d = 0; d < y.rank(); d++) {
            axis = y.size(d) > 1 && (y.size(axis) == 1 || y.size(d) < y.size(axis)) ? d : axis;
        }
        for (long i = 0; i < y.size(axis); i++) {
            addInto(Slices.select(x.detach(), axis, i), Slices.select(y.detach(), axis, i));
        }
    }

    // ---- Any strides

    /**
     * A view of the storage with any sizes and strides, as {@code torch.as_strided}. Where elements share memory, in x or in
     * the result, gradients are those of the memory.
     *
     * @param strides in elements, not negative
     * @param offset of the first element in the storage, in elements
     * @throws IndexOutOfBoundsException if an element would lie outside the storage
     */
    public static Tensor asStrided(Tensor x, long[] dims, long[] strides, long offset) {
        Check.alive("asStrided", "the tensor", x);
        var shape = Shape.of(Check.notNull("asStrided", "the array of sizes", dims));
        if (Check.notNull("asStrided", "the array of strides", strides).length != dims.length) {
            throw new IllegalArgumentException("asStrided: sizes " + shape + " and " + strides.length + " strides");
        }
        long end = end(shape, strides, offset);
        long elements = x.storage().bytes() / x.dtype().bytes();
        if (offset < 0 || end > elements) {
            throw new IndexOutOfBoundsException("asStrided: " + shape + " at strides " + Arrays.toString(strides)
                    + " from element " + offset + " on does not lie in the " + elements + " elements of "
                    + x.storage().origin());
        }
        var own = new Geometry(x.shape(), Views.strides(x), offset(x));
        var wanted = new Geometry(shape, strides.clone(), offset);
        return Autograd.record(strided(own, wanted), wanted.in(x, own.offset), x);
    }

    /** {@link #asStrided(Tensor, long[], long[], long)} from the tensor's first element on. */
    public static Tensor asStrided(Tensor x, long[] dims, long[] strides) {
        return asStrided(x, dims, strides, offset(Check.alive("asStrided", "the tensor", x)));
    }

    private static long offset(Tensor x) {
        return (x.position() - x.storage().offset()) / x.dtype().bytes();
    }

    /** One more than the greatest offset of an element; negative strides are refused. */
    private static long end(Shape shape, long[] strides, long offset) {
        long last = offset;
        for (int d = 0; d < strides.length; d++) {
            if (strides[d] < 0) {
                throw new IllegalArgumentException(
                        "asStrided: strides " + Arrays.toString(strides) + " are negative; flip(...) reverses");
            }
            try {
                last = shape.numel() == 0
                        ? last
                        : Math.addExact(last, Math.multiplyExact(shape.dim(d) - 1, strides[d]));
            } catch (ArithmeticException e) {
                return Long.MAX_VALUE;
            }
        }
        return shape.numel() == 0 || last == Long.MAX_VALUE ? last : last + 1;
    }

    /** Where elements lie in a storage. */
    private record Geometry(Shape shape, long[] strides, long offset) {
        long end() {
            return Windows.end(shape, strides, offset);
        }

        /** Seen in a tensor whose first element is at some offset. */
        Tensor in(Tensor x, long from) {
            return x.viewAs(shape, Layout.of(shape.toArray(), strides), shape.numel() == 0 ? 0 : offset - from);
        }

        Geometry from(long start) {
            return new Geometry(shape, strides, Math.max(0, offset - start));
        }
    }

    private static Op strided(Geometry own, Geometry wanted) {
        long start = Math.min(own.offset, wanted.offset);
        long length = Math.max(own.end(), wanted.end()) - start;
        var input = own.from(start);
        var output = wanted.from(start);
        return Op.composed("asStrided", Op.NOTHING, flow -> {
            var dx = seen(gathered(flow.gradOutput(), output, length), input);
            if (InPlace.overlaps(input.in(flow.input(0), input.offset))) {
                var ones = Tensor.full(dx.dtype(), 1, input.shape.toArray());
                dx = Arithmetic.div(dx, seen(gathered(ones, input, length), input));
            }
            flow.give(0, dx);
        });
    }

    /** A view of a dense vector. */
    private static Tensor seen(Tensor memory, Geometry geometry) {
        var dense = Convert.contiguous(memory);
        long length = dense.numel();
        return Autograd.record(Op.composed("asStrided", Op.NOTHING,
                flow -> flow.give(0, gathered(flow.gradOutput(), geometry, length))), geometry.in(dense, 0), dense);
    }

    /** A dense vector of zeros to which elements are added where they lie. */
    private static Tensor gathered(Tensor elements, Geometry geometry, long length) {
        var memory = Slices.zeros("asStrided", elements, Shape.of(length));
        addInto(elements, geometry.in(memory, 0));
        return Autograd.record(Op.composed("asStrided", Op.NOTHING,
                flow -> flow.give(0, seen(flow.gradOutput(), geometry))), memory, elements);
    }
}
