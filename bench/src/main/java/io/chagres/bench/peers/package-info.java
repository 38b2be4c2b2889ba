/**
 * Whole steps of Chagres and of other libraries, each in a process of its own, by turns. What a library implements is in
 * {@code io.chagres.bench.contender}.
 */
package io.chagres.bench.peers;
