/**
 * The reference program: {@link io.chagres.examples.MnistMlp} trains a small network on MNIST, either by
 * {@link io.chagres.examples.PlainLoop} or by {@link io.chagres.examples.WithTrainer}, two ways of writing the same thing.
 * {@link io.chagres.examples.Mnist} has the data; the rest shows and keeps what came of it. Nothing here is part of the
 * library, and the library knows nothing of it.
 */
package io.chagres.examples;
