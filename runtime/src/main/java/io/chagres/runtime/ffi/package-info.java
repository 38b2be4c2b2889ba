/**
 * The one door to native code: the only package that imports the generated bindings. Every call from here checks its
 * arguments and the status that comes back; no segment handed in is read or written outside its bounds. Nothing here
 * knows of tensors, shapes or gradients, and nothing outside {@code runtime.plan}, {@code runtime.team},
 * {@code runtime.op} and {@code runtime.memory} uses it.
 */
package io.chagres.runtime.ffi;
