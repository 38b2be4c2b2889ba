/** Losses: how far an output is from what it should be, as one number. */
package io.chagres.nn.loss;
