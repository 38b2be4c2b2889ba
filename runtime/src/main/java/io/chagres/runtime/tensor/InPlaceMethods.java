package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Convert;
import io.chagres.runtime.op.InPlace;
import java.util.function.UnaryOperator;

/**
 * What changes a tensor's elements in place, PyTorch's names with an underscore: one-line delegates to
 * {@code runtime.op}. While operations are recorded, a leaf that requires a gradient cannot be changed, and what a backward
 * still needs to read is watched: {@code backward()} then says which operation's operand was changed.
 */
public sealed interface InPlaceMethods permits Tensor {
    /**
     * Replaces the elements by what a function of them gives, such as {@code x.updateInPlace(Tensor::relu)}; returns this
     * tensor.
     *
     * @throws IllegalArgumentException if the result has another shape, or a type that does not convert to this one's
     * @throws IllegalStateException if this is a leaf that requires a gradient and operations are recorded
     */
    default Tensor updateInPlace(UnaryOperator<Tensor> function) {
        return InPlace.update(self(), function);
    }

    /** this += other, which may be broadcast to this; returns this tensor. */
    default Tensor addInPlace(Tensor other) {
        return InPlace.add(self(), other);
    }

    /** this += other; returns this tensor. */
    default Tensor addInPlace(double other) {
        return InPlace.add(self(), other);
    }

    /** this -= other, which may be broadcast to this; returns this tensor. */
    default Tensor subInPlace(Tensor other) {
        return InPlace.sub(self(), other);
    }

    /** this -= other; returns this tensor. */
    default Tensor subInPlace(double other) {
        return InPlace.sub(self(), other);
    }

    /** this ·= other, which may be broadcast to this; returns this tensor. */
    default Tensor mulInPlace(Tensor other) {
        return InPlace.mul(self(), other);
    }

    /** this ·= other; returns this tensor. */
    default Tensor mulInPlace(double other) {
        return InPlace.mul(self(), other);
    }

    /** this /= other, which may be broadcast to this; returns this tensor. */
    default Tensor divInPlace(Tensor other) {
        return InPlace.div(self(), other);
    }

    /** this /= other; returns this tensor. */
    default Tensor divInPlace(double other) {
        return InPlace.div(self(), other);
    }

    /** Sets all elements to 0; returns this tensor. */
    default Tensor zeroInPlace() {
        return InPlace.fill(self(), 0);
    }

    /** Sets all elements to one value; returns this tensor. */
    default Tensor fill(double value) {
        return InPlace.fill(self(), value);
    }

    /** {@link #fill(double)} with an integer, of which 64-bit elements keep every digit. */
    default Tensor fill(long value) {
        return self().dtype().isFloatingPoint()
                ? InPlace.fill(self(), (double) value)
                : Convert.fill(self(), value);
    }

    /** Copies the elements of another tensor of the same shape, converting the type; returns this tensor. */
    default Tensor copyFrom(Tensor source) {
        return InPlace.copyFrom(self(), source);
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
