package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Arithmetic;
import io.chagres.runtime.op.Compare;
import io.chagres.runtime.op.Gelu;
import io.chagres.runtime.op.Pointwise;

/** What is computed for each element by itself: one-line delegates to {@code runtime.op}. */
public sealed interface ElementwiseMethods permits Tensor {
    // ---- Arithmetic, with broadcasting

    /** this + other. */
    default Tensor add(Tensor other) {
        return Arithmetic.add(self(), other);
    }

    /** this + other. */
    default Tensor add(double other) {
        return Arithmetic.add(self(), Arithmetic.scalarLike(self(), other));
    }

    /** this - other. */
    default Tensor sub(Tensor other) {
        return Arithmetic.sub(self(), other);
    }

    /** this - other. */
    default Tensor sub(double other) {
        return Arithmetic.sub(self(), Arithmetic.scalarLike(self(), other));
    }

    /** this · other, element by element. */
    default Tensor mul(Tensor other) {
        return Arithmetic.mul(self(), other);
    }

    /** this · other. */
    default Tensor mul(double other) {
        return Arithmetic.mul(self(), Arithmetic.scalarLike(self(), other));
    }

    /** this / other, element by element. */
    default Tensor div(Tensor other) {
        return Arithmetic.div(self(), other);
    }

    /** this / other. */
    default Tensor div(double other) {
        return Arithmetic.div(self(), Arithmetic.scalarLike(self(), other));
    }

    // ---- Functions of each element

    /** -x. */
    default Tensor neg() {
        return Pointwise.neg(self());
    }

    /** |x|. */
    default Tensor abs() {
        return Pointwise.abs(self());
    }

    /** e to the x. */
    default Tensor exp() {
        return Pointwise.exp(self());
    }

    /** The natural logarithm. */
    default Tensor log() {
        return Pointwise.log(self());
    }

    /** The square root. */
    default Tensor sqrt() {
        return Pointwise.sqrt(self());
    }

    /** 1 / x. */
    default Tensor reciprocal() {
        return Pointwise.reciprocal(self());
    }

    /** max(x, 0). */
    default Tensor relu() {
        return Pointwise.relu(self());
    }

    /** 1 / (1 + e^-x). */
    default Tensor sigmoid() {
        return Pointwise.sigmoid(self());
    }

    /** The hyperbolic tangent. */
    default Tensor tanh() {
        return Pointwise.tanh(self());
    }

    /** x Φ(x), the Gaussian error linear unit, as {@code torch.nn.functional.gelu}. */
    default Tensor gelu() {
        return Gelu.gelu(self());
    }

    /** {@link #gelu} with the tanh approximation, {@code approximate="tanh"} in PyTorch. */
    default Tensor geluTanh() {
        return Gelu.geluTanh(self());
    }

    /** x². */
    default Tensor square() {
        return Arithmetic.mul(self(), self());
    }

    /** Where two tensors of one shape are equal; bool. */
    default Tensor eq(Tensor other) {
        return Compare.eq(self(), other);
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
