/**
 * JMH benchmarks of single kernels, native against Java: {@code *Bench}, a class for each kernel. All of one class compute the
 * same thing, and a method's name says how:
 * <ul>
 * <li>{@code naive}: loops over Java arrays as the definition has them, on one thread;
 * <li>{@code arrays}: loops over Java arrays that the JIT compiler turns into vector instructions, in blocks that fit caches;
 * <li>{@code segments}: the same for data off the heap. The compiler does not turn loops over such memory into vector
 * instructions, so pieces of it are copied into small arrays, and results back;
 * <li>{@code vector}: the Vector API, over data off the heap;
 * <li>{@code chagres}: what this library runs; {@code openBlas} and {@code oneDnn} are the libraries it may choose; {@code im2col} lays
 * out the windows of images for OpenBLAS.
 * </ul>
 * Each checks its own result; see {@link io.chagres.bench.kernel.KernelBenchmark}.
 */
package io.chagres.bench.kernel;
