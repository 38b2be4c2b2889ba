package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Creation;
import io.chagres.runtime.op.Draw;
import io.chagres.runtime.op.Einsum;
import io.chagres.runtime.op.JavaArrays;
import io.chagres.runtime.op.Joins;
import io.chagres.runtime.op.Products;
import io.chagres.runtime.op.Triangle;
import io.chagres.runtime.op.Where;
import io.chagres.runtime.random.Generator;
import java.util.List;
import java.util.Objects;

/**
 * How tensors are made and joined, as static methods of {@link Tensor}, which inherits them: {@code Tensor.zeros(2, 3)}. Names and rules are
 * those of {@code torch}; where nothing else is said elements are float32. What draws random numbers takes a
 * {@link Generator}, or the thread's default: same seed, same numbers, for any number of threads.
 */
public abstract sealed class TensorCreation permits Tensor {
    TensorCreation() {
    }

    // ---- Of one value

    /** A float32 tensor whose elements are not set. */
    public static Tensor empty(long... dims) {
        return empty(DType.FLOAT32, dims);
    }

    /** A tensor whose elements are not set. */
    public static Tensor empty(DType dtype, long... dims) {
        return Tensor.empty(dtype, Shape.of(dims), "empty");
    }

    /** A float32 tensor of zeros. */
    public static Tensor zeros(long... dims) {
        return full(DType.FLOAT32, 0, dims);
    }

    /** A tensor of zeros. */
    public static Tensor zeros(DType dtype, long... dims) {
        return full(dtype, 0, dims);
    }

    /** A float32 tensor of ones. */
    public static Tensor ones(long... dims) {
        return full(DType.FLOAT32, 1, dims);
    }

    /** A tensor of ones. */
    public static Tensor ones(DType dtype, long... dims) {
        return full(dtype, 1, dims);
    }

    /** A tensor of one value, which is rounded to the element type. */
    public static Tensor full(DType dtype, double value, long... dims) {
        return Tensor.empty(dtype, Shape.of(dims), "full").fill(value);
    }

    /** {@link #full(DType, double, long...)} of an integer, of which 64-bit elements keep every digit. */
    public static Tensor full(DType dtype, long value, long... dims) {
        return Tensor.empty(dtype, Shape.of(dims), "full").fill(value);
    }

    /** A float32 tensor of no dimensions. */
    public static Tensor scalar(double value) {
        return full(DType.FLOAT32, value);
    }

    /** A tensor of no dimensions. */
    public static Tensor scalar(DType dtype, double value) {
        return full(dtype, value);
    }

    /** A tensor of another's shape and type, whose elements are not set. */
    public static Tensor emptyLike(Tensor x) {
        return Tensor.empty(model("emptyLike", x).dtype(), x.shape(), "emptyLike");
    }

    /** Zeros in the shape and type of another tensor. */
    public static Tensor zerosLike(Tensor x) {
        return fullLike(model("zerosLike", x), 0);
    }

    /** Ones in the shape and type of another tensor. */
    public static Tensor onesLike(Tensor x) {
        return fullLike(model("onesLike", x), 1);
    }

    /** One value in the shape and type of another tensor. */
    public static Tensor fullLike(Tensor x, double value) {
        return Tensor.empty(model("fullLike", x).dtype(), x.shape(), "fullLike").fill(value);
    }

    private static Tensor model(String op, Tensor x) {
        return Objects.requireNonNull(x, () -> op + ": the tensor is null");
    }

    // ---- Ranges and matrices

    /** The int64 numbers 0, 1, ... below an end. */
    public static Tensor arange(long end) {
        return arange(0, end, 1);
    }

    /** The int64 numbers from a start on, below an end. */
    public static Tensor arange(long start, long end) {
        return arange(start, end, 1);
    }

    /**
     * The int64 numbers start, start + step, ... on this side of the end.
     *
     * @throws IllegalArgumentException if the step is 0 or leads away from the end
     */
    public static Tensor arange(long start, long end, long step) {
        return Creation.arange(start, end, step);
    }

    /** {@link #arange(DType, double, double, double)} in float32. */
    public static Tensor arange(double start, double end, double step) {
        return arange(DType.FLOAT32, start, end, step);
    }

    /**
     * The numbers start + i * step on this side of the end, computed in double precision and rounded to the type.
     *
     * @throws IllegalArgumentException if a number is not finite, or the step is 0 or leads away from the end
     */
    public static Tensor arange(DType dtype, double start, double end, double step) {
        return Creation.arange(dtype, start, end, step);
    }

    /** So many float32 numbers at equal distances, from start to end, both included. */
    public static Tensor linspace(double start, double end, long steps) {
        return linspace(DType.FLOAT32, start, end, steps);
    }

    /** So many numbers at equal distances, from start to end, both included; one alone is the start. */
    public static Tensor linspace(DType dtype, double start, double end, long steps) {
        return Creation.linspace(dtype, start, end, steps);
    }

    /** So many float32 numbers from 10<sup>start</sup> to 10<sup>end</sup>, with exponents at equal distances. */
    public static Tensor logspace(double start, double end, long steps) {
        return logspace(DType.FLOAT32, start, end, steps, 10);
    }

    /** So many numbers from base<sup>start</sup> to base<sup>end</sup>, with exponents at equal distances. */
    public static Tensor logspace(DType dtype, double start, double end, long steps, double base) {
        return Creation.logspace(dtype, start, end, steps, base);
    }

    /** A square float32 matrix with ones on the diagonal, else zeros. */
    public static Tensor eye(long n) {
        return eye(DType.FLOAT32, n, n);
    }

    /** A float32 matrix with ones on the diagonal, else zeros. */
    public static Tensor eye(long rows, long columns) {
        return eye(DType.FLOAT32, rows, columns);
    }

    /** A matrix with ones on the diagonal, else zeros. */
    public static Tensor eye(DType dtype, long rows, long columns) {
        return Creation.eye(dtype, rows, columns);
    }

    /** The row and column numbers [2, count] of what is not above a diagonal of a matrix, row by row; int64. */
    public static Tensor trilIndices(long rows, long columns, long diagonal) {
        return Triangle.trilIndices(rows, columns, diagonal);
    }

    /** The row and column numbers [2, count] of what is not below a diagonal of a matrix, row by row; int64. */
    public static Tensor triuIndices(long rows, long columns, long diagonal) {
        return Triangle.triuIndices(rows, columns, diagonal);
    }

    // ---- From Java arrays

    /**
     * A float32 tensor with these elements in row-major order; without sizes, one dimension.
     *
     * @throws IllegalArgumentException if the number of elements is not that of the shape
     */
    public static Tensor of(float[] values, long... dims) {
        return JavaArrays.fromArray(values, shapeFor(values == null ? -1 : values.length, dims));
    }

    /** {@link #of(float[], long...)} in float64. */
    public static Tensor of(double[] values, long... dims) {
        return JavaArrays.fromArray(values, shapeFor(values == null ? -1 : values.length, dims));
    }

    /** {@link #of(float[], long...)} in int64. */
    public static Tensor of(long[] values, long... dims) {
        return JavaArrays.fromArray(values, shapeFor(values == null ? -1 : values.length, dims));
    }

    /** {@link #of(float[], long...)} in int32. */
    public static Tensor of(int[] values, long... dims) {
        return JavaArrays.fromArray(values, shapeFor(values == null ? -1 : values.length, dims));
    }

    /** {@link #of(float[], long...)} in int16. */
    public static Tensor of(short[] values, long... dims) {
        return JavaArrays.fromArray(values, shapeFor(values == null ? -1 : values.length, dims));
    }

    /** {@link #of(float[], long...)} in int8. */
    public static Tensor of(byte[] values, long... dims) {
        return JavaArrays.fromArray(values, shapeFor(values == null ? -1 : values.length, dims));
    }

    /** {@link #of(float[], long...)} in BOOL. */
    public static Tensor of(boolean[] values, long... dims) {
        return JavaArrays.fromArray(values, shapeFor(values == null ? -1 : values.length, dims));
    }

    /**
     * A tensor of nested arrays, such as a {@code double[][][]}, with one dimension for each level, in the type that {@code of} gives
     * to arrays of these elements; the other way than {@link Tensor#toArray}.
     *
     * @throws IllegalArgumentException if arrays of one level differ in length, or the elements are no numbers or truth values
     */
    public static Tensor ofArray(Object nested) {
        return JavaArrays.fromNested(nested);
    }

    private static Shape shapeFor(int count, long[] dims) {
        if (count < 0 || dims == null) {
            throw new NullPointerException("of: the array of " + (count < 0 ? "values" : "sizes") + " is null");
        }
        return dims.length == 0 ? Shape.of(count) : Shape.of(dims);
    }

    // ---- Random numbers

    /** A float32 tensor of numbers uniform in [0, 1), drawn from the thread's default generator. */
    public static Tensor rand(long... dims) {
        return rand(DType.FLOAT32, Generator.current(), dims);
    }

    /** A float32 tensor of numbers uniform in [0, 1). */
    public static Tensor rand(Generator generator, long... dims) {
        return rand(DType.FLOAT32, generator, dims);
    }

    /** A tensor of numbers uniform in [0, 1), of a floating point type. */
    public static Tensor rand(DType dtype, Generator generator, long... dims) {
        return Draw.rand(dtype, generator, Shape.of(dims));
    }

    /** A tensor of numbers uniform in [0, 1), of another's shape and type. */
    public static Tensor randLike(Tensor x, Generator generator) {
        return Draw.rand(model("randLike", x).dtype(), generator, x.shape());
    }

    /** A float32 tensor of standard normal numbers, drawn from the thread's default generator. */
    public static Tensor randn(long... dims) {
        return randn(DType.FLOAT32, Generator.current(), dims);
    }

    /** A float32 tensor of standard normal numbers. */
    public static Tensor randn(Generator generator, long... dims) {
        return randn(DType.FLOAT32, generator, dims);
    }

    /** A tensor of standard normal numbers, of a floating point type. */
    public static Tensor randn(DType dtype, Generator generator, long... dims) {
        return Draw.randn(dtype, generator, Shape.of(dims));
    }

    /** A tensor of standard normal numbers, of another's shape and type. */
    public static Tensor randnLike(Tensor x, Generator generator) {
        return Draw.randn(model("randnLike", x).dtype(), generator, x.shape());
    }

    /**
     * An int64 tensor of numbers uniform in [low, high), without bias.
     *
     * @throws IllegalArgumentException unless low is less than high, by less than 2<sup>63</sup>
     */
    public static Tensor randint(Generator generator, long low, long high, long... dims) {
        return Draw.randint(generator, low, high, Shape.of(dims));
    }

    /** The numbers 0 to n - 1 in random order, int64 (Fisher and Yates). */
    public static Tensor randperm(Generator generator, long n) {
        return Draw.randperm(generator, n);
    }

    /** A float32 tensor of ones with a probability, else zeros. */
    public static Tensor bernoulli(Generator generator, double probability, long... dims) {
        return Draw.bernoulli(generator, probability, Shape.of(dims));
    }

    /** Ones with the probabilities that a tensor gives, else zeros; its shape and type, and no gradient. */
    public static Tensor bernoulli(Generator generator, Tensor probabilities) {
        return Draw.bernoulli(generator, probabilities);
    }

    /** A float32 tensor of normal numbers. */
    public static Tensor normal(Generator generator, double mean, double deviation, long... dims) {
        return Draw.normal(generator, mean, deviation, Shape.of(dims));
    }

    /** A float32 tensor of numbers uniform in [low, high). */
    public static Tensor uniform(Generator generator, double low, double high, long... dims) {
        return Draw.uniform(generator, low, high, Shape.of(dims));
    }

    // ---- Joining tensors

    /** The tensors one after the other along a dimension, in which their sizes may differ. */
    public static Tensor cat(int dim, Tensor... tensors) {
        return Joins.cat(dim, tensors);
    }

    /** The tensors of a list one after the other along a dimension. */
    public static Tensor cat(List<Tensor> tensors, int dim) {
        return Joins.cat(dim,
                Objects.requireNonNull(tensors, "cat: the list of tensors is null").toArray(Tensor[]::new));
    }

    /** {@link #cat(int, Tensor...)}, by another name. */
    public static Tensor concat(int dim, Tensor... tensors) {
        return Joins.concat(dim, tensors);
    }

    /** Tensors of one shape along a new dimension. */
    public static Tensor stack(int dim, Tensor... tensors) {
        return Joins.stack(dim, tensors);
    }

    /** The tensors of a list, of one shape, along a new dimension. */
    public static Tensor stack(List<Tensor> tensors, int dim) {
        return Joins.stack(dim,
                Objects.requireNonNull(tensors, "stack: the list of tensors is null").toArray(Tensor[]::new));
    }

    /** Tensors side by side: along dimension 1, vectors along their only one. */
    public static Tensor hstack(Tensor... tensors) {
        return Joins.hstack(tensors);
    }

    /** Tensors one below the other: along dimension 0, where vectors are rows. */
    public static Tensor vstack(Tensor... tensors) {
        return Joins.vstack(tensors);
    }

    /** Tensors one behind the other: along dimension 2. */
    public static Tensor dstack(Tensor... tensors) {
        return Joins.dstack(tensors);
    }

    /** Tensors side by side: along dimension 1, where vectors are columns. */
    public static Tensor columnStack(Tensor... tensors) {
        return Joins.columnStack(tensors);
    }

    /** Matrices along the diagonal of one, which has zeros elsewhere. */
    public static Tensor blockDiag(Tensor... tensors) {
        return Joins.blockDiag(tensors);
    }

    /** The sum of products that an equation names, such as {@code "ij,jk->ik"}; see {@link Einsum#einsum}. */
    public static Tensor einsum(String equation, Tensor... operands) {
        return Einsum.einsum(equation, operands);
    }

    /** The product of several matrices, in the order that takes the fewest multiplications. */
    public static Tensor multiDot(Tensor... tensors) {
        return Products.multiDot(tensors);
    }

    /** a where the condition, of truth values, is true, b elsewhere; all are broadcast and types promoted. */
    public static Tensor where(Tensor condition, Tensor a, Tensor b) {
        return Where.where(condition, a, b);
    }

    /** {@link #where(Tensor, Tensor, Tensor)} with a number, which makes integers FLOAT32. */
    public static Tensor where(Tensor condition, double a, Tensor b) {
        return Where.where(condition, a, b);
    }

    /** {@link #where(Tensor, Tensor, Tensor)} with a number, which makes integers FLOAT32. */
    public static Tensor where(Tensor condition, Tensor a, double b) {
        return Where.where(condition, a, b);
    }

    /** {@link #where(Tensor, Tensor, Tensor)} with a whole number, which makes truth values INT64. */
    public static Tensor where(Tensor condition, Tensor a, long b) {
        return Where.where(condition, a, b);
    }

    /** {@link #where(Tensor, Tensor, Tensor)} with a whole number, which makes truth values INT64. */
    public static Tensor where(Tensor condition, long a, Tensor b) {
        return Where.where(condition, a, b);
    }

    /** FLOAT32 numbers, one where the condition is true, another elsewhere. */
    public static Tensor where(Tensor condition, double a, double b) {
        return Where.where(condition, a, b);
    }

    /** INT64 numbers, one where the condition is true, another elsewhere. */
    public static Tensor where(Tensor condition, long a, long b) {
        return Where.where(condition, a, b);
    }

    /** The indices of true elements, one vector for each dimension: the columns of {@link Tensor#nonzero()}. */
    public static List<Tensor> where(Tensor condition) {
        return Where.where(condition);
    }
}
