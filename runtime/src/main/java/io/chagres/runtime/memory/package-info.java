/**
 * Memory off the heap: who holds how much ({@link io.chagres.runtime.memory.Memory}), where the results of a step live
 * ({@link io.chagres.runtime.memory.Scope}), and the storage behind a tensor. Before this room: the operating system.
 * After it: {@code runtime.tensor}. Nothing here knows of shapes, dtypes or operations.
 */
package io.chagres.runtime.memory;
