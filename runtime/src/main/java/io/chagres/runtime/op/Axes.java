package io.chagres.runtime.op;

import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/** The dimensions of a tensor that a reduction takes. */
final class Axes {
    private final Shape shape;
    private final boolean[] reduced;

    private Axes(Shape shape, boolean[] reduced) {
        this.shape = shape;
        this.reduced = reduced;
    }

    /** All dimensions. */
    static Axes all(Tensor x) {
        var reduced = new boolean[x.rank()];
        Arrays.fill(reduced, true);
        return new Axes(x.shape(), reduced);
    }

    /** One dimension, which may count from the end. */
    static Axes one(String op, Tensor x, int dim) {
        var reduced = new boolean[x.rank()];
        reduced[x.shape().axis(op, dim)] = true;
        return new Axes(x.shape(), reduced);
    }

    /**
     * Some dimensions, which may count from the end; if none is named, all.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension
     * @throws IllegalArgumentException if one is named twice
     */
    static Axes of(String op, Tensor x, int... dims) {
        if (Check.notNull(op, "the array of dimensions", dims).length == 0) {
            return all(x);
        }
        var reduced = new boolean[x.rank()];
        for (int dim : dims) {
            int axis = x.shape().axis(op, dim);
            if (reduced[axis]) {
                throw new IllegalArgumentException(op + ": dimension " + dim + " of " + x.shape()
                        + " is named twice in " + Arrays.toString(dims));
            }
            reduced[axis] = true;
        }
        return new Axes(x.shape(), reduced);
    }

    boolean isReduced(int axis) {
        return reduced[axis];
    }

    /** The only dimension there is among them; -1 if there are none or several. */
    int single() {
        int found = -1;
        for (int d = 0; d < reduced.length; d++) {
            if (reduced[d]) {
                if (found >= 0) {
                    return -1;
                }
                found = d;
            }
        }
        return found;
    }

    /** How many elements make one result. */
    long count() {
        long count = 1;
        for (int d = 0; d < reduced.length; d++) {
            count *= reduced[d] ? shape.dim(d) : 1;
        }
        return count;
    }

    /** The result's shape with the dimensions kept, of size 1. */
    Shape kept() {
        var dims = shape.toArray();
        for (int d = 0; d < dims.length; d++) {
            dims[d] = reduced[d] ? 1 : dims[d];
        }
        return Shape.of(dims);
    }

    /** {@link #kept()}, but no dimensions for a single number, which broadcasts just as well. */
    Shape broadcast() {
        for (boolean gone : reduced) {
            if (!gone) {
                return kept();
            }
        }
        return Shape.of();
    }

    /** A result in which the dimensions are kept or which is a single number: a view with all dimensions or without these. */
    Tensor finish(Tensor y, boolean keepDim) {
        if (keepDim) {
            return y.rank() == reduced.length ? y : Views.view(y, kept().toArray());
        }
        if (y.rank() == 0) {
            return y;
        }
        var dims = new long[reduced.length];
        int rank = 0;
        for (int d = 0; d < reduced.length; d++) {
            if (!reduced[d]) {
                dims[rank++] = y.size(d);
            }
        }
        return rank == reduced.length ? y : Views.view(y, Arrays.copyOf(dims, rank));
    }

    /** Fails if a result would be made of no elements. */
    void refuseEmpty(String op) {
        for (int d = 0; d < reduced.length && count() == 0; d++) {
            if (reduced[d] && shape.dim(d) == 0) {
                throw new IllegalArgumentException(op + ": dimension " + d + " of " + shape
                        + " is empty, and of no elements there is no " + op);
            }
        }
    }

    /** The first dimension among them; -1 if there is none. */
    int first() {
        for (int d = 0; d < reduced.length; d++) {
            if (reduced[d]) {
                return d;
            }
        }
        return -1;
    }

    /** Whether there are some, and no others between them. */
    boolean isAdjacent() {
        int first = first();
        int end = Math.max(0, first);
        while (end < reduced.length && reduced[end]) {
            end++;
        }
        for (int d = end; d < reduced.length; d++) {
            if (reduced[d]) {
                return false;
            }
        }
        return first >= 0;
    }

    /** A tensor of this shape with all reduced dimensions as one: in their place if they are adjacent, else the last. */
    Tensor joined(Tensor x) {
        if (!isAdjacent()) {
            return lined(x);
        }
        var dims = new long[reduced.length + 1];
        int rank = 0;
        for (int d = 0; d < reduced.length; d++) {
            if (!reduced[d]) {
                dims[rank++] = shape.dim(d);
            } else if (d == first()) {
                dims[rank++] = count();
            }
        }
        return Views.reshape(x, Arrays.copyOf(dims, rank));
    }

    /** A tensor of this shape with all reduced dimensions as one, which is the last. */
    Tensor lined(Tensor x) {
        var dims = new long[reduced.length + 1];
        int rank = 0;
        for (int d = 0; d < reduced.length; d++) {
            if (!reduced[d]) {
                dims[rank++] = shape.dim(d);
            }
        }
        dims[rank++] = count();
        return Views.reshape(Views.permute(x, order()), Arrays.copyOf(dims, rank));
    }

    /** Undoes {@link #lined}. */
    Tensor unlined(Tensor x) {
        int[] order = order();
        var dims = new long[order.length];
        var back = new int[order.length];
        for (int d = 0; d < order.length; d++) {
            dims[d] = shape.dim(order[d]);
            back[order[d]] = d;
        }
        return Views.permute(Views.reshape(x, dims), back);
    }

    private int[] order() {
        var order = new int[reduced.length];
        int next = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (int d = 0; d < reduced.length; d++) {
                if (reduced[d] == (pass == 1)) {
                    order[next++] = d;
                }
            }
        }
        return order;
    }
}
