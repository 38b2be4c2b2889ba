/** The training loop for those who do not want to write it: {@link io.chagres.nn.train.Trainer}, and what it tells others. */
package io.chagres.nn.train;
