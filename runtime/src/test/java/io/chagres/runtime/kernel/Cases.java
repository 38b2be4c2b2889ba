package io.chagres.runtime.kernel;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** What the kernel tests run over. */
final class Cases {
    static final float[] SPECIAL = {0, 1, 0.1f, 1e-40f, Float.MIN_VALUE, Float.MIN_NORMAL, 3e-7f, 0.62f, 0.63f, 2, 7.5f,
            31, 87.4f, 88.7f, 88.73f, 89, 90, 103.9f, 104.1f, 150, 1e10f, Float.MAX_VALUE, Float.POSITIVE_INFINITY};

    private Cases() {
    }

    static Stream<Named<Kernels>> kernels() {
        return Stream.of(PlainKernels.INSTANCE, new VectorKernels()).map(k -> Named.of(k.name(), k));
    }

    static IntStream sizes() {
        return IntStream.of(0, 1, 3, 15, 16, 17, 31, 33, 64, 207, 1000, 4097);
    }

    /** Special values of both signs, and NaN. */
    static float[] specials() {
        float[] values = Arrays.copyOf(SPECIAL, 2 * SPECIAL.length + 1);
        for (int i = 0; i < SPECIAL.length; i++) {
            values[SPECIAL.length + i] = -SPECIAL[i];
        }
        values[2 * SPECIAL.length] = Float.NaN;
        return values;
    }
}
