package io.chagres.runtime.tensor;

import io.chagres.runtime.op.JavaArrays;

/** How elements get into Java numbers and arrays: one-line delegates to {@code runtime.op}. */
public sealed interface ArrayMethods permits Tensor {
    /**
     * The only element, as a double.
     *
     * @throws IllegalArgumentException if there is not exactly one
     */
    default double item() {
        return JavaArrays.item(self());
    }

    /** {@link #item()} as a long: of integers with every digit, of others with the fraction cut off. */
    default long itemLong() {
        return JavaArrays.itemLong(self());
    }

    /** The elements in row-major order; other types are converted. */
    default float[] toFloatArray() {
        return JavaArrays.toFloatArray(self());
    }

    /** The elements in row-major order; other types are converted. */
    default double[] toDoubleArray() {
        return JavaArrays.toDoubleArray(self());
    }

    /** The elements in row-major order; fractions are cut off. */
    default long[] toLongArray() {
        return JavaArrays.toLongArray(self());
    }

    /** The elements in row-major order; fractions are cut off, larger integers wrap. */
    default int[] toIntArray() {
        return JavaArrays.toIntArray(self());
    }

    /** The elements in row-major order; fractions are cut off, larger integers wrap, so that 200 of a UINT8 is -56. */
    default byte[] toByteArray() {
        return JavaArrays.toByteArray(self());
    }

    /** Whether each element, in row-major order, is other than 0. */
    default boolean[] toBooleanArray() {
        return JavaArrays.toBooleanArray(self());
    }

    /**
     * The elements in arrays of arrays, one level for each dimension, such as a {@code float[][]}: floats for FLOAT32 and the
     * 16-bit floating types, ints for INT32 and UINT8, else the Java type of the same size; a boxed number if there are no
     * dimensions.
     */
    default Object toArray() {
        return JavaArrays.toNested(self());
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
