package io.chagres.runtime.tensor;

import java.util.Objects;

/**
 * One place between the brackets of an indexing expression, as {@code x[2, 1:5:2, ..., ids]} in Python:
 *
 * <pre>{@code
 * x.index(Index.at(2), Index.slice(1, 5, 2), Index.ellipsis(), Index.of(ids))
 * }</pre>
 *
 * Whole numbers, slices and new dimensions give views. Tensors of indices, and masks, copy what they pick; they are broadcast
 * together, and stand where the first of them stands if there is nothing between them, else in front of all.
 */
public sealed interface Index {
    /** All of a dimension: {@code :} in Python. */
    static Index all() {
        return new Slice(0, Long.MAX_VALUE, 1);
    }

    /** One index of a dimension, which goes; a negative one counts from the end. */
    static Index at(long index) {
        return new At(index);
    }

    /** {@code start:end} in Python. */
    static Index slice(long start, long end) {
        return new Slice(start, end, 1);
    }

    /** {@code start:end:step} in Python, with a positive step; {@code Long.MAX_VALUE} is the end. */
    static Index slice(long start, long end, long step) {
        return new Slice(start, end, step);
    }

    /** Those that a tensor of int64 or int32 names, negative ones from the end; or, of truth values, {@link #mask}. */
    static Index of(Tensor indices) {
        return new Of(Objects.requireNonNull(indices, "index: the tensor of indices is null"));
    }

    /** Those where a mask is true, which stands for as many dimensions as it has. */
    static Index mask(Tensor mask) {
        return new Of(Objects.requireNonNull(mask, "index: the mask is null"));
    }

    /** All of as many dimensions as are not mentioned: {@code ...} in Python. */
    static Index ellipsis() {
        return new Ellipsis();
    }

    /** A new dimension of size 1: {@code None} in Python. */
    static Index newAxis() {
        return new NewAxis();
    }

    /** See {@link #at}. */
    record At(long index) implements Index {
    }

    /** See {@link #slice(long, long, long)}. */
    record Slice(long start, long end, long step) implements Index {
    }

    /** See {@link #of} and {@link #mask}. */
    record Of(Tensor tensor) implements Index {
    }

    /** See {@link #ellipsis}. */
    record Ellipsis() implements Index {
    }

    /** See {@link #newAxis}. */
    record NewAxis() implements Index {
    }
}
