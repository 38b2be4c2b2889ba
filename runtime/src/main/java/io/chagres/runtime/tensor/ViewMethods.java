package io.chagres.runtime.tensor;

import io.chagres.runtime.op.IndexSelect;
import io.chagres.runtime.op.Views;

/** What looks at the same elements in another way, joins tensors and picks parts of them: one-line delegates to {@code runtime.op}. */
public sealed interface ViewMethods permits Tensor {
    /**
     * The same elements in another shape, without a copy; one size may be -1.
     *
     * @throws IllegalArgumentException if the number of elements differs
     * @throws IllegalStateException if the elements are not contiguous
     */
    default Tensor view(long... dims) {
        return Views.view(self(), dims);
    }

    /** {@link #view} where that is possible, of a copy elsewhere. */
    default Tensor reshape(long... dims) {
        return Views.reshape(self(), dims);
    }

    /** A view with two dimensions exchanged. */
    default Tensor transpose(int first, int second) {
        return Views.transpose(self(), first, second);
    }

    /** A view of a matrix with rows and columns exchanged. */
    default Tensor t() {
        return Views.t(self());
    }

    /** A view of {@code length} indices of a dimension, from {@code from} on. */
    default Tensor narrow(int dim, long from, long length) {
        return Views.narrow(self(), dim, from, length);
    }

    /** A view without one dimension, at one of its indices. */
    default Tensor select(int dim, long index) {
        return Views.select(self(), dim, index);
    }

    /** A copy of those indices of a dimension that {@code ids}, an int64 vector, names. */
    default Tensor indexSelect(int dim, Tensor ids) {
        return IndexSelect.indexSelect(self(), dim, ids);
    }

    /** A view with a new dimension of size 1. */
    default Tensor unsqueeze(int dim) {
        return Views.unsqueeze(self(), dim);
    }

    /** A view without a dimension of size 1. */
    default Tensor squeeze(int dim) {
        return Views.squeeze(self(), dim);
    }

    /** A view in which dimensions of size 1 repeat up to the given sizes; -1 leaves one as it is. */
    default Tensor expand(long... dims) {
        return Views.expand(self(), dims);
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
