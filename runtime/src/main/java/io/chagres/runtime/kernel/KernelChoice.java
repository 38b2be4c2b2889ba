package io.chagres.runtime.kernel;
final class KernelChoice {
    static final Kernels BEST = new VectorKernels();
}
