package io.chagres.nn.data;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * Rows of an input and a label each, all of the same shapes and types. Reading is thread safe: several loaders may draw
 * from one data set at once.
 */
public interface Dataset extends AutoCloseable {

    /** The number of rows. */
    long size();

    /** The shape of one input. */
    Shape inputShape();

    /** The element type of inputs, as {@link #read} gives them. */
    DType inputDType();

    /** The shape of one label; a scalar for a class. */
    Shape labelShape();

    /** The element type of labels, as {@link #read} gives them. */
    DType labelDType();

    /**
     * Writes rows {@code rows[from]} to {@code rows[from + count - 1]} into the memory of a batch.
     *
     * @param rows row numbers in [0, {@link #size()})
     * @param inputs contiguous, [count, ...{@link #inputShape()}] of {@link #inputDType()}
     * @param labels contiguous, [count, ...{@link #labelShape()}] of {@link #labelDType()}
     * @throws IndexOutOfBoundsException if there is no such row
     * @throws IllegalArgumentException if a tensor has another shape or type
     * @throws IllegalStateException if the data set or a tensor was closed
     */
    void read(long[] rows, int from, int count, Tensor inputs, Tensor labels);

    /**
     * {@link #read(long[], int, int, Tensor, Tensor)} in an epoch, for data sets whose rows change from one to the next at random:
     * what they give is a function of the epoch and the row. The others give the same in each.
     *
     * @param epoch its number, as a {@link DataLoader} counts
     */
    default void read(long epoch, long[] rows, int from, int count, Tensor inputs, Tensor labels) {
        read(rows, from, count, inputs, labels);
    }

    /** Ends the data set; closing twice does nothing. */
    @Override
    void close();
}
