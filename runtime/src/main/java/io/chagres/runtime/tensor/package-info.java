/**
 * What users hold: {@link io.chagres.runtime.tensor.Tensor}, its {@link io.chagres.runtime.tensor.Shape}, element type and
 * layout. Methods of {@code Tensor} that compute are one-line calls of {@code runtime.op}, in one interface for each kind of them;
 * nothing is computed here.
 */
package io.chagres.runtime.tensor;
