package io.chagres.nn.data;

import io.chagres.runtime.tensor.Tensor;

/**
 * Some rows of a data set. The memory of a batch serves the next one again: its tensors end when the next batch is taken
 * or the epoch is over, and using them later throws {@link IllegalStateException}. {@code keep()} copies a tensor out.
 *
 * @param inputs [size, ...] of the data set's inputs
 * @param labels [size, ...] of the data set's labels
 * @param size the number of rows; the last batch of an epoch may have fewer than the others
 * @param index its number within the epoch, from 0
 * @param epoch the number of the epoch, as its loader counts
 */
public record Batch(Tensor inputs, Tensor labels, int size, long index, long epoch) {
}
