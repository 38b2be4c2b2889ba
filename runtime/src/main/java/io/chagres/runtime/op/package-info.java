/**
 * Differentiable operations, one family a file: shape rule, forward, backward. Before this room: {@code runtime.kernel} and
 * {@code runtime.plan}, which compute. After it: {@code nn.layer}, which composes.
 * <p>
 * To add one: a file here and its test, and if it should be fluent a one-line method of {@code Tensor}. An operation checks
 * its operands, makes sure that their memory stays while it runs ({@code Storage.acquire}), computes, and records itself.
 * Nothing here names a native function. {@code runtime/docs/adding-an-operation.md} goes through an example,
 * {@code runtime/docs/operations.md} lists them all.
 */
package io.chagres.runtime.op;
