/**
 * The tape: what was computed from what, and the walk back along it. Entries are made by {@code runtime.op}, one for each
 * operation with an operand that requires a gradient. Nothing here knows how any operation is computed; of operations only sums
 * and copies are used, to add gradients up.
 * <p>
 * {@link io.chagres.runtime.autograd.Autograd} records and walks. On top of it: what users write and watch themselves
 * ({@code CustomFunction}, {@code Checkpoint}, {@code Hook}, {@code Profile}, {@code Anomaly}), derivatives of functions
 * ({@code Functional}), and the check of gradients against differences ({@code GradCheck}).
 */
package io.chagres.runtime.autograd;
