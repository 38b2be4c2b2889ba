/** TensorFlow Java, in graph mode, as a contender. */
package io.chagres.bench.tensorflow;
