/**
 * Prepared native primitives with everything that a run needs, kept by shape, layout and number of threads, so that a steady
 * step prepares nothing. Before this room: {@code runtime.ffi}. After it: {@code runtime.op}. Plans know addresses and sizes,
 * not tensors.
 */
package io.chagres.runtime.plan;
