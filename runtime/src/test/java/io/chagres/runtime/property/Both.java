package io.chagres.runtime.property;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/** A tensor and what it should be. */
record Both(Tensor tensor, Plain plain) {

    int rank() {
        return plain.rank();
    }

    int[] dims() {
        return plain.dims;
    }

    static long[] longs(int... values) {
        return Arrays.stream(values).asLongStream().toArray();
    }

    /** Shape and values agree, up to an error relative to the greatest value. */
    void check(double error, String what) {
        assertArrayEquals(longs(dims()), tensor.shape().toArray(), what);
        double bound = error * (1 + plain.max());
        if (error == 0 || !Double.isFinite(bound)) {
            assertArrayEquals(plain.values(), tensor.toDoubleArray(), what);
        } else {
            assertArrayEquals(plain.values(), tensor.toDoubleArray(), bound, what);
        }
    }
}
