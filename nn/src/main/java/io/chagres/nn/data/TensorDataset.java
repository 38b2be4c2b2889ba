package io.chagres.nn.data;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * The rows of two tensors. The tensors stay their maker's: they must live as long as the data set is read, and are not
 * closed with it.
 */
public final class TensorDataset implements Dataset {
    private final Column inputs;
    private final Column labels;

    /** {@link #TensorDataset(Tensor, Tensor, double)} with inputs as they are. */
    public TensorDataset(Tensor inputs, Tensor labels) {
        this(inputs, labels, 1);
    }

    /**
     * A data set of the rows of two tensors.
     *
     * @param inputs [n, ...] of float32 or uint8; read as float32
     * @param labels [n, ...] of any type; read as they are, but uint8 as int64
     * @param scale what inputs are multiplied by, such as 1/255 for pixels
     * @throws IllegalArgumentException if the numbers of rows differ, or a tensor has no rows, rows that are not dense, or a
     *         type that cannot be read
     */
    public TensorDataset(Tensor inputs, Tensor labels, double scale) {
        this.inputs = Column.scaled("inputs", (float) scale, inputs);
        this.labels = Column.labels(labels);
        if (this.inputs.rows() != this.labels.rows()) {
            throw new IllegalArgumentException(
                    "data set: " + this.inputs.rows() + " inputs " + inputs.shape() + ", but "
                            + this.labels.rows() + " labels " + labels.shape());
        }
    }

    @Override
    public long size() {
        return inputs.rows();
    }

    @Override
    public Shape inputShape() {
        return inputs.rowShape();
    }

    @Override
    public DType inputDType() {
        return inputs.dtype();
    }

    @Override
    public Shape labelShape() {
        return labels.rowShape();
    }

    @Override
    public DType labelDType() {
        return labels.dtype();
    }

    @Override
    public void read(long[] rows, int from, int count, Tensor inputs, Tensor labels) {
        this.inputs.read(0, rows, from, count, inputs);
        this.labels.read(0, rows, from, count, labels);
    }

    /** Does nothing: the tensors belong to whoever made them. */
    @Override
    public void close() {
        // nothing of its own
    }
}
