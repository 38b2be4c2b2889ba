/**
 * Programs that train a network on images: {@link io.chagres.examples.MnistMlp}, {@link io.chagres.examples.FashionMnist} and
 * {@link io.chagres.examples.Cifar10}. What they have in common is in {@link io.chagres.examples.Example}: the course from the
 * data to weights, numbers and pictures. {@code MnistMlp} is the reference program, which trains either by
 * {@link io.chagres.examples.PlainLoop} or by {@link io.chagres.examples.WithTrainer}, two ways of writing the same thing.
 * {@link io.chagres.examples.Mnist} has the digits; the rest shows and keeps what came of a training. Nothing here is part of the
 * library, and the library knows nothing of it.
 */
package io.chagres.examples;
