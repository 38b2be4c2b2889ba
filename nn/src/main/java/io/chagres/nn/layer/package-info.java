/** Layers, one a file, each its formula. What they compute stands in {@code runtime.op}; they hold parameters and say how these begin. */
package io.chagres.nn.layer;
