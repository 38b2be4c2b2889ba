package io.chagres.bench.contender;

/** A network that trains, or answers. */
public interface Session extends AutoCloseable {
    /**
     * One whole step, finished when this returns: on batch {@code input % Data.INPUTS} of inputs with batch
     * {@code labels % Data.LABELS} of labels. Inference reads no labels.
     *
     * @return the loss before the update; in inference, one number of the output
     */
    double step(int input, int labels);

    @Override
    void close();
}
