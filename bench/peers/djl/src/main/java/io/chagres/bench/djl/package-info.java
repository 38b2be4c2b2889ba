/** Deep Java Library, with its PyTorch engine, as a contender. */
package io.chagres.bench.djl;
