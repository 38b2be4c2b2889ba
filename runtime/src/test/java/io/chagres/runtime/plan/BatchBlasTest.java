package io.chagres.runtime.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both libraries compute the same products, from operands that lie in many ways. */
class BatchBlasTest {
    private static final long[] BATCH = {3, 2};

    private final Random random = new Random(1);

    private MemorySegment floats(Arena arena, long n) {
        var segment = arena.allocate(ValueLayout.JAVA_FLOAT, n);
        for (long i = 0; i < n; i++) {
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
        }
        return segment;
    }

    private static long[] strides(int how, long rows, long cols) {
        return switch (how) {
            case 0 -> new long[]{2 * rows * cols, rows * cols, cols, 1};
            case 1 -> new long[]{2 * rows * cols, rows * cols, 1, rows};
            case 2 -> new long[]{0, rows * (cols + 3), cols + 3, 1};
            default -> new long[]{rows * cols, 3 * rows * cols, cols, 1};
        };
    }

    @ParameterizedTest
    @CsvSource({"2, 3, 5", "8, 8, 8", "17, 5, 33", "64, 64, 2"})
    void theSameAsByTheOtherLibrary(int m, int n, int k) {
        for (int how = 0; how < 16; how++) {
            for (boolean accumulate : new boolean[]{false, true}) {
                try (var arena = Arena.ofShared()) {
                    var as = strides(how / 4, m, k);
                    var bs = strides(how % 4, k, n);
                    var a = floats(arena, 7L * m * (k + 3));
                    var b = floats(arena, 7L * k * (n + 3));
                    var c = floats(arena, 6L * m * n + 1);
                    var expected = arena.allocate(c.byteSize()).copyFrom(c);
                    if (as[0] == 0 && bs[0] == 0) {
                        continue;
                    }
                    BatchMatmulPlan.run(BATCH, m, n, k, a, 4, as, b, 4, bs, expected, 4, accumulate);
                    BatchBlas.run(BATCH, m, n, k, a, 4, as, b, 4, bs, c, 4, accumulate);
                    assertArrayEquals(expected.toArray(ValueLayout.JAVA_FLOAT), c.toArray(ValueLayout.JAVA_FLOAT),
                            1e-5f,
                            m + " " + n + " " + k + " " + how);
                }
            }
        }
    }

    @Test
    void nothingOutsideIsTouched() {
        try (var arena = Arena.ofShared()) {
            var a = floats(arena, 6 * 8 * 8);
            var little = floats(arena, 6 * 8 * 8 - 1);
            var dense = strides(0, 8, 8);
            assertThrows(IndexOutOfBoundsException.class,
                    () -> BatchBlas.run(BATCH, 8, 8, 8, little, 0, dense, a, 0, dense, a, 0, false));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> BatchBlas.run(BATCH, 8, 8, 8, a, 0, dense, a, 4, dense, a, 0, false));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> BatchBlas.run(BATCH, 8, 8, 8, a, 0, dense, a, 0, dense, little, 0, false));
        }
    }
}
