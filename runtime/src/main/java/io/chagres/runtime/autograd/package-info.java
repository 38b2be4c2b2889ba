/**
 * The tape: what was computed from what, and the walk back along it. Entries are made by {@code runtime.op}, one for each
 * operation with an operand that requires a gradient. Nothing here knows how any operation is computed.
 */
package io.chagres.runtime.autograd;
