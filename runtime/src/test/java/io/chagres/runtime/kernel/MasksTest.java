package io.chagres.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.chagres.runtime.kernel.Cases#kernels")
class MasksTest {
    @Parameter
    Kernels kernels;

    /** The known answers of philox4x32-10 in the authors' Random123 library, and that counters are 64 bits long. */
    @Test
    void randomNumbersOfManyCounters() {
        var known = new int[4 * 40];
        kernels.philox(0x85a308d3_243f6a88L, 0x03707344_13198a2eL, 0x299f31d0_a4093822L, known, 0, 40);
        assertEquals(0xd16cfe09, known[0]);
        assertEquals(0x24126ea1, known[3]);
        for (long first : new long[]{0, -1, -20, 0xFFFF_FFF0L, Long.MAX_VALUE - 3}) {
            for (int blocks : new int[]{0, 1, 7, 8, 9, 31, 64}) {
                var numbers = new int[4 * blocks + 5];
                var expected = numbers.clone();
                kernels.philox(first, -7, 0xABCD_EF01_2345_6789L, numbers, 3, blocks);
                for (int i = 0; i < blocks; i++) {
                    Philox.block(first + i, -7, 0xABCD_EF01_2345_6789L, expected, 3 + 4 * i);
                }
                assertArrayEquals(expected, numbers);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.chagres.runtime.kernel.Cases#sizes")
    void masksOfManySizes(int n) {
        int[] numbers = new Random(n).ints(n + 2).toArray();
        var mask = mask(n);
        for (int least : new int[]{0, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 30, -12345}) {
            kernels.atLeast(least, numbers, 2, mask, 8, n);
            for (int i = 0; i < (n + 63) / 64 * 64; i++) {
                assertEquals(i < n && numbers[2 + i] >= least, bit(mask, i), "bit " + i);
            }
            assertEquals(-1, mask.get(ValueLayout.JAVA_LONG, 0));
            assertEquals(-1, mask.get(ValueLayout.JAVA_LONG, mask.byteSize() - 8));
        }
    }

    private static MemorySegment mask(int n) {
        return Arena.ofAuto().allocate(8L * ((n + 63) / 64 + 2), 8).fill((byte) -1);
    }

    private static boolean bit(MemorySegment mask, int i) {
        return (mask.get(ValueLayout.JAVA_LONG, 8 + i / 64 * 8) >>> i & 1) != 0;
    }

    @ParameterizedTest
    @MethodSource("io.chagres.runtime.kernel.Cases#sizes")
    void maskedOfManySizes(int n) {
        var mask = mask(n);
        kernels.atLeast(0, new Random(n).ints(n).toArray(), 0, mask, 8, n);
        var x = Floats.random(n, n);
        var y = Floats.zeros(n);
        kernels.masked(mask, 8, 1.7f, 0.3f, -0.2f, x.segment, x.offset, y.segment, y.offset, n);
        for (int i = 0; i < n; i++) {
            assertEquals(bit(mask, i) ? x.get(i) * 1.7f + 0.3f : -0.2f, y.get(i));
        }
        y.assertFencesStand();
        kernels.masked(mask, 8, 1.7f, 0.3f, -0.2f, x.segment, x.offset, x.segment, x.offset, n);
        assertArrayEquals(y.toArray(), x.toArray());
    }
}
