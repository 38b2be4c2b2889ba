/** Deeplearning4j, with its oneDNN helpers, as a contender. */
package io.chagres.bench.deeplearning4j;
