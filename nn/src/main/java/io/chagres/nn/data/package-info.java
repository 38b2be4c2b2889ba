/**
 * From files and tensors to batches: a {@link io.chagres.nn.data.Dataset} has rows, a
 * {@link io.chagres.nn.data.DataLoader} draws {@link io.chagres.nn.data.Batch}es of them. Rows go from the mapped file
 * into the memory of a batch in one pass, which {@link io.chagres.nn.data.Augmentation}s are part of, and that memory is
 * used again for every batch. Before this room: {@code runtime.tensor}. After it: {@code nn.train}. Nothing here knows of
 * networks.
 */
package io.chagres.nn.data;
