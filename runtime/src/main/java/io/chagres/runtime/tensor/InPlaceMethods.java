package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Convert;
import io.chagres.runtime.op.Draw;
import io.chagres.runtime.op.ElementwiseInPlace;
import io.chagres.runtime.op.InPlace;
import io.chagres.runtime.op.WritesInPlace;
import io.chagres.runtime.random.Generator;
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

    /** this += other; of integers too. Returns this tensor. */
    default Tensor addInPlace(long other) {
        return InPlace.add(self(), other);
    }

    /** this += alpha · other, which may be broadcast to this; returns this tensor. */
    default Tensor addInPlace(Tensor other, double alpha) {
        return InPlace.add(self(), other, alpha);
    }

    /** this -= other; of integers too. Returns this tensor. */
    default Tensor subInPlace(long other) {
        return InPlace.sub(self(), other);
    }

    /** this ·= other; of integers too. Returns this tensor. */
    default Tensor mulInPlace(long other) {
        return InPlace.mul(self(), other);
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

    // ---- Element by element

    /** x becomes |x|; returns this tensor. */
    default Tensor absInPlace() {
        return ElementwiseInPlace.abs(self());
    }

    /** x becomes -x; returns this tensor. */
    default Tensor negInPlace() {
        return ElementwiseInPlace.neg(self());
    }

    /** x becomes x²; returns this tensor. */
    default Tensor squareInPlace() {
        return ElementwiseInPlace.square(self());
    }

    /** x becomes √x; returns this tensor. */
    default Tensor sqrtInPlace() {
        return ElementwiseInPlace.sqrt(self());
    }

    /** x becomes 1 / √x; returns this tensor. */
    default Tensor rsqrtInPlace() {
        return ElementwiseInPlace.rsqrt(self());
    }

    /** x becomes 1 / x; returns this tensor. */
    default Tensor reciprocalInPlace() {
        return ElementwiseInPlace.reciprocal(self());
    }

    /** x becomes max(x, 0); returns this tensor. */
    default Tensor reluInPlace() {
        return ElementwiseInPlace.relu(self());
    }

    /** x becomes e to the x; returns this tensor. */
    default Tensor expInPlace() {
        return ElementwiseInPlace.exp(self());
    }

    /** x becomes log x; returns this tensor. */
    default Tensor logInPlace() {
        return ElementwiseInPlace.log(self());
    }

    /** x becomes 1 / (1 + e^-x); returns this tensor. */
    default Tensor sigmoidInPlace() {
        return ElementwiseInPlace.sigmoid(self());
    }

    /** x becomes tanh x; returns this tensor. */
    default Tensor tanhInPlace() {
        return ElementwiseInPlace.tanh(self());
    }

    /** x becomes the next whole number below; returns this tensor. */
    default Tensor floorInPlace() {
        return ElementwiseInPlace.floor(self());
    }

    /** x becomes the next whole number above; returns this tensor. */
    default Tensor ceilInPlace() {
        return ElementwiseInPlace.ceil(self());
    }

    /** x becomes the nearest whole number, of two the even one; returns this tensor. */
    default Tensor roundInPlace() {
        return ElementwiseInPlace.round(self());
    }

    /** x becomes the next whole number towards 0; returns this tensor. */
    default Tensor truncInPlace() {
        return ElementwiseInPlace.trunc(self());
    }

    /** x becomes x to the p, which may be broadcast to this; returns this tensor. */
    default Tensor powInPlace(Tensor p) {
        return ElementwiseInPlace.pow(self(), p);
    }

    /** x becomes x to the p; returns this tensor. */
    default Tensor powInPlace(double p) {
        return ElementwiseInPlace.pow(self(), p);
    }

    /** x becomes x to the p, of integers too; returns this tensor. */
    default Tensor powInPlace(long p) {
        return ElementwiseInPlace.pow(self(), p);
    }

    /** Keeps the elements within bounds; returns this tensor. */
    default Tensor clampInPlace(double min, double max) {
        return ElementwiseInPlace.clamp(self(), min, max);
    }

    /** Keeps the elements within bounds, of integers too; returns this tensor. */
    default Tensor clampInPlace(long min, long max) {
        return ElementwiseInPlace.clamp(self(), min, max);
    }

    /** Keeps the elements within bounds, one of which may be null; returns this tensor. */
    default Tensor clampInPlace(Tensor min, Tensor max) {
        return ElementwiseInPlace.clamp(self(), min, max);
    }

    /** Lets no element be below a bound; returns this tensor. */
    default Tensor clampMinInPlace(double min) {
        return ElementwiseInPlace.clampMin(self(), min);
    }

    /** Lets no element be above a bound; returns this tensor. */
    default Tensor clampMaxInPlace(double max) {
        return ElementwiseInPlace.clampMax(self(), max);
    }

    /** x becomes x + weight · (end - x); returns this tensor. */
    default Tensor lerpInPlace(Tensor end, double weight) {
        return ElementwiseInPlace.lerp(self(), end, weight);
    }

    /** x becomes x + weight · (end - x); returns this tensor. */
    default Tensor lerpInPlace(Tensor end, Tensor weight) {
        return ElementwiseInPlace.lerp(self(), end, weight);
    }

    /** x becomes x + a · b; returns this tensor. */
    default Tensor addcmulInPlace(Tensor a, Tensor b) {
        return ElementwiseInPlace.addcmul(self(), a, b, 1);
    }

    /** x becomes x + value · a · b; returns this tensor. */
    default Tensor addcmulInPlace(Tensor a, Tensor b, double value) {
        return ElementwiseInPlace.addcmul(self(), a, b, value);
    }

    /** x becomes x + a / b; returns this tensor. */
    default Tensor addcdivInPlace(Tensor a, Tensor b) {
        return ElementwiseInPlace.addcdiv(self(), a, b, 1);
    }

    /** x becomes x + value · a / b; returns this tensor. */
    default Tensor addcdivInPlace(Tensor a, Tensor b, double value) {
        return ElementwiseInPlace.addcdiv(self(), a, b, value);
    }

    // ---- Some elements, by masks and indices

    /** Sets elements to a value where a mask is true, which may be broadcast to this; returns this tensor. */
    default Tensor maskedFillInPlace(Tensor mask, double value) {
        return WritesInPlace.maskedFill(self(), mask, value);
    }

    /** {@link #maskedFillInPlace(Tensor, double)} with the value of a tensor without dimensions. */
    default Tensor maskedFillInPlace(Tensor mask, Tensor value) {
        return WritesInPlace.maskedFill(self(), mask, value);
    }

    /** Sets elements to the next ones of a source where a mask is true; returns this tensor. */
    default Tensor maskedScatterInPlace(Tensor mask, Tensor source) {
        return WritesInPlace.maskedScatter(self(), mask, source);
    }

    /** Sets elements where indices of a dimension say; see {@link IndexMethods#scatter(int, Tensor, Tensor)}. */
    default Tensor scatterInPlace(int dim, Tensor index, Tensor source) {
        return WritesInPlace.scatter(self(), dim, index, source);
    }

    /** {@link #scatterInPlace(int, Tensor, Tensor)} of one value. */
    default Tensor scatterInPlace(int dim, Tensor index, double value) {
        return WritesInPlace.scatter(self(), dim, index, value);
    }

    /** Adds to elements where indices of a dimension say; see {@link IndexMethods#scatterAdd}. */
    default Tensor scatterAddInPlace(int dim, Tensor index, Tensor source) {
        return WritesInPlace.scatterAdd(self(), dim, index, source);
    }

    /** Adds a source at indices of a dimension; returns this tensor. */
    default Tensor indexAddInPlace(int dim, Tensor ids, Tensor source) {
        return WritesInPlace.indexAdd(self(), dim, ids, source, 1);
    }

    /** Adds alpha times a source at indices of a dimension; returns this tensor. */
    default Tensor indexAddInPlace(int dim, Tensor ids, Tensor source, double alpha) {
        return WritesInPlace.indexAdd(self(), dim, ids, source, alpha);
    }

    /** Sets what is at indices of a dimension to a source; returns this tensor. */
    default Tensor indexCopyInPlace(int dim, Tensor ids, Tensor source) {
        return WritesInPlace.indexCopy(self(), dim, ids, source);
    }

    /** Sets what is at indices of a dimension to a value; returns this tensor. */
    default Tensor indexFillInPlace(int dim, Tensor ids, double value) {
        return WritesInPlace.indexFill(self(), dim, ids, value);
    }

    /** {@link #indexFillInPlace(int, Tensor, double)} with the value of a tensor without dimensions. */
    default Tensor indexFillInPlace(int dim, Tensor ids, Tensor value) {
        return WritesInPlace.indexFill(self(), dim, ids, value);
    }

    /** Sets what indices name, or adds to it, as {@code x[...] = values} in Python; returns this tensor. */
    default Tensor indexPutInPlace(Index[] indices, Tensor values, boolean accumulate) {
        return WritesInPlace.indexPut(self(), indices, values, accumulate);
    }

    /** {@link #indexPutInPlace(Index[], Tensor, boolean)} with tensors alone; null for all of a dimension. */
    default Tensor indexPutInPlace(Tensor[] indices, Tensor values, boolean accumulate) {
        return WritesInPlace.indexPut(self(), indices, values, accumulate);
    }

    // ---- Random numbers

    /** Draws numbers uniform in [low, high) into all elements; returns this tensor. */
    default Tensor uniformInPlace(Generator generator, double low, double high) {
        return Draw.uniform(self(), generator, low, high);
    }

    /** Draws numbers uniform in [low, high) into all elements, by the thread's default generator; returns this tensor. */
    default Tensor uniformInPlace(double low, double high) {
        return Draw.uniform(self(), Generator.current(), low, high);
    }

    /** Draws normal numbers into all elements; returns this tensor. */
    default Tensor normalInPlace(Generator generator, double mean, double deviation) {
        return Draw.normal(self(), generator, mean, deviation);
    }

    /** Draws normal numbers into all elements, by the thread's default generator; returns this tensor. */
    default Tensor normalInPlace(double mean, double deviation) {
        return Draw.normal(self(), Generator.current(), mean, deviation);
    }

    /** Draws ones with a probability, else zeros into all elements; returns this tensor. */
    default Tensor bernoulliInPlace(Generator generator, double probability) {
        return Draw.bernoulli(self(), generator, probability);
    }

    /** Draws ones with a probability, else zeros into all elements, by the thread's default generator; returns this tensor. */
    default Tensor bernoulliInPlace(double probability) {
        return Draw.bernoulli(self(), Generator.current(), probability);
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
