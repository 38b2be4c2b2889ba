/** What a training must survive: others beside it, a budget, a close at the wrong time; and that it leaks nothing. */
package io.chagres.nn.reliability;
