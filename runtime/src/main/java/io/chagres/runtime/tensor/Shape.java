package io.chagres.runtime.tensor;

import java.util.Arrays;
import java.util.Objects;

/**
 * The sizes of a tensor's dimensions, outermost first; immutable. The number of elements always fits a {@code long}.
 */
public final class Shape {
    /** The most dimensions that a tensor can have. */
    public static final int MAX_RANK = 12;

    private static final Shape SCALAR = new Shape(new long[0]);

    private final long[] dims;
    private final long numel;
    private final Layout contiguous;

    private Shape(long[] dims) {
        this.dims = dims;
        this.numel = product(dims);
        this.contiguous = Layout.contiguous(dims);
    }

    /**
     * A shape of these sizes; none makes a scalar.
     *
     * @throws IllegalArgumentException if a size is negative, there are more than {@value #MAX_RANK}, or the number of
     *         elements exceeds 2<sup>63</sup> - 1
     */
    public static Shape of(long... dims) {
        return Objects.requireNonNull(dims, "shape: the array of sizes is null").length == 0
                ? SCALAR
                : new Shape(dims.clone());
    }

    private static long product(long[] dims) {
        if (dims.length > MAX_RANK) {
            throw new IllegalArgumentException("shape " + Arrays.toString(dims) + ": " + dims.length
                    + " dimensions; at most " + MAX_RANK + " are possible");
        }
        boolean empty = false;
        for (long dim : dims) {
            if (dim < 0) {
                throw new IllegalArgumentException("shape " + Arrays.toString(dims) + ": size " + dim
                        + " is negative; did you mean view or reshape, where -1 is allowed?");
            }
            empty |= dim == 0;
        }
        long product = 1;
        for (long dim : dims) {
            long nonZero = Math.max(1, dim);
            if (product > Long.MAX_VALUE / nonZero) {
                throw new IllegalArgumentException(
                        "shape " + Arrays.toString(dims) + ": more than 2^63 - 1 elements");
            }
            product *= nonZero;
        }
        return empty ? 0 : product;
    }

    /** How many dimensions there are. */
    public int rank() {
        return dims.length;
    }

    /**
     * The size of a dimension; negative ones count from the end.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public long dim(int dim) {
        return dims[axis("shape", dim)];
    }

    /**
     * The index of a dimension that may count from the end.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension; the message names the operation
     */
    public int axis(String operation, int dim) {
        int axis = dim < 0 ? dim + dims.length : dim;
        if (axis < 0 || axis >= dims.length) {
            throw new IndexOutOfBoundsException(operation + ": dimension " + dim + " of a tensor " + this + " with "
                    + dims.length + " dimensions; " + -dims.length + " to " + (dims.length - 1) + " are possible");
        }
        return axis;
    }

    /** The number of elements. */
    public long numel() {
        return numel;
    }

    /**
     * The bytes that so many elements take.
     *
     * @throws IllegalArgumentException if they are more than 2<sup>63</sup> - 1
     */
    public long bytes(DType dtype) {
        if (numel > (Long.MAX_VALUE - 64) / dtype.bytes()) {
            throw new IllegalArgumentException("shape " + this + " of " + dtype + ": more than 2^63 - 1 bytes");
        }
        return numel * dtype.bytes();
    }

    /** A copy of the sizes. */
    public long[] toArray() {
        return dims.clone();
    }

    /** The layout of dense elements in row-major order. */
    public Layout contiguous() {
        return contiguous;
    }

    /** This shape with one size replaced. */
    public Shape with(int axis, long size) {
        var changed = dims.clone();
        changed[axis] = size;
        return new Shape(changed);
    }

    /** This shape with one dimension put in. */
    public Shape insert(int axis, long size) {
        var longer = new long[dims.length + 1];
        System.arraycopy(dims, 0, longer, 0, axis);
        longer[axis] = size;
        System.arraycopy(dims, axis, longer, axis + 1, dims.length - axis);
        return new Shape(longer);
    }

    /** This shape with one dimension taken out. */
    public Shape remove(int axis) {
        var shorter = new long[dims.length - 1];
        System.arraycopy(dims, 0, shorter, 0, axis);
        System.arraycopy(dims, axis + 1, shorter, axis, shorter.length - axis);
        return Shape.of(shorter);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** Such as {@code [64, 784]}. */
    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
