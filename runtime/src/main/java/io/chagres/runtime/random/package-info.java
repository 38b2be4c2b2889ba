/** Random numbers that depend on a seed alone: not on the machine, the number of threads or what else runs. */
package io.chagres.runtime.random;
