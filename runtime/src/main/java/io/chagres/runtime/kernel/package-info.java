/**
 * Our own loops over data off the heap: element-wise functions, row-wise and column-wise reductions, and the update
 * rules of the optimizers. {@link io.chagres.runtime.kernel.Kernels} lists those that exist twice: {@code VectorKernels}
 * computes with {@code jdk.incubator.vector}, {@code PlainKernels} without it. What only moves elements ({@code Moves},
 * {@code Picking}, {@code Choices}) exists once.
 * <p>
 * Both do the same IEEE operations in the same order for each element, never a fused multiply-add: so where a range is
 * cut, and which of the two computes a part of it, shows in no bit of an element-wise result. Products of windows are fused
 * multiply-adds in both, and are cut as freely.
 * <p>
 * Before this room: {@code runtime.memory}, which owns the bytes. After it: {@code runtime.op}, which knows shapes and
 * gradients. Here live loops over segments and counts of elements only: no tensors, no shapes, no threads, no native
 * calls, and no allocation once the code is warm.
 */
package io.chagres.runtime.kernel;
