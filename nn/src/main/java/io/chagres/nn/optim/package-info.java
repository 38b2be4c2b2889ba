/**
 * Optimizers, one a file, each its update rule. The pass over parameters, gradients and state, and its threads, are in
 * {@link io.chagres.nn.optim.Optimizer}; the arithmetic is in {@code runtime.kernel}.
 */
package io.chagres.nn.optim;
