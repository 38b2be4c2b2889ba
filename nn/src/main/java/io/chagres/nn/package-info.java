/**
 * What a network is made of: {@link io.chagres.nn.Module}, how its parameters begin, and nothing that computes. Layers are in
 * {@code nn.layer}, losses in {@code nn.loss}, optimizers in {@code nn.optim}, data in {@code nn.data}, the training loop in
 * {@code nn.train}, file formats in {@code nn.format}. Everything here is written with {@code Tensor} alone.
 */
package io.chagres.nn;
