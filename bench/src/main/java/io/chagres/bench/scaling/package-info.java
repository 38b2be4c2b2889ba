/**
 * How the speed of training grows with batch, width and threads, and how far it is from what the machine can do: peaks are
 * measured in the same run, by turns with what is compared to them.
 */
package io.chagres.bench.scaling;
