package io.chagres.runtime.kernel;

import java.util.Arrays;

/** The main class of the child JVMs of {@link KernelChoiceTest}: prints the chosen kernels and what they computed. */
final class KernelProbe {
    private KernelProbe() {
    }

    public static void main(String[] args) {
        System.out.println(Kernels.best().name());
        System.out.println(results(Kernels.best()));
    }

    /** A few element-wise results, the same for all kernels to the bit. */
    static String results(Kernels kernels) {
        int n = 77;
        Floats x = Floats.random(n, 1);
        Floats y = Floats.random(n, 2);
        Floats m = Floats.zeros(n);
        Floats v = Floats.zeros(n);
        kernels.adam(Steps.adam(0.1f, 0), x.segment, x.offset, y.segment, y.offset, m.segment, m.offset, v.segment,
                v.offset, n);
        kernels.unary(Kernels.Unary.TANH, x.segment, x.offset, y.segment, y.offset, n);
        kernels.u8ToF32(x.segment, x.offset, m.segment, m.offset, n, 1 / 255f, 0);
        return Arrays.toString(y.toArray()) + Arrays.toString(m.toArray());
    }
}
