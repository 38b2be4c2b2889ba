package io.chagres.runtime.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.random.Generator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** More than 2^31 elements, and 3e9 bytes; needs 10 GB and {@code -Dchagres.test.large=true}. */
@EnabledIfSystemProperty(named = "chagres.test.large", matches = "true")
class LargeTensorsTest {
    private static final long N = 2_200_000_003L;

    @ParameterizedTest
    @EnumSource(names = {"UINT8", "BOOL"})
    void moreElementsThanAnIntCounts(DType dtype) {
        try (var x = Tensor.owned(Owner.DATA, dtype, Shape.of(N), "large")) {
            x.fill(1);
            assertEquals(1, x.select(0, N - 1).item());
            x.narrow(0, N - 5, 3).fill(0);
            var end = x.narrow(0, N - 6, 6);
            assertArrayEquals(new long[]{1, 0, 0, 0, 1, 1}, end.toLongArray());
            try (var copy = Tensor.owned(Owner.DATA, dtype, Shape.of(N), "copy").copyFrom(x)) {
                assertArrayEquals(new long[]{1, 0, 0, 0, 1, 1}, copy.narrow(0, N - 6, 6).toLongArray());
                // steps, and rows that are expanded, beyond 2^31
                long half = N / 2;
                copy.narrow(0, 0, 2 * half).view(half, 2).select(1, 1).fill(0);
                assertArrayEquals(new long[]{1, 0, 1, 0}, copy.narrow(0, (1L << 31) + 10, 4).toLongArray());
                copy.narrow(0, 0, 2 * half).view(2, half).copyFrom(x.narrow(0, 0, 1).expand(2, half));
                assertEquals(1, copy.select(0, 2 * half - 1).item());
            }
            String text = x.toString();
            assertTrue(text.contains("...") && text.contains("[" + N + "]"), text);
            var refused = assertThrows(IllegalArgumentException.class, x::toFloatArray);
            assertTrue(refused.getMessage().contains("more elements than a Java array"), refused.getMessage());
        }
    }

    @Test
    void transposedAndConverted() {
        long rows = 1 << 16;
        long cols = (1 << 15) + 3;
        try (var x = Tensor.owned(Owner.DATA, DType.UINT8, Shape.of(rows, cols), "large");
                var y = Tensor.owned(Owner.DATA, DType.INT8, Shape.of(cols, rows), "transposed")) {
            x.narrow(0, rows - 1, 1).fill(7);
            y.copyFrom(x.t());
            assertEquals(7, y.select(0, cols - 1).select(0, rows - 1).item());
            assertEquals(0, y.select(0, cols - 1).select(0, rows - 2).item());
            assertEquals(7, y.select(0, 0).select(0, rows - 1).item());
            try (var halves = Tensor.owned(Owner.DATA, DType.BFLOAT16, Shape.of(rows, cols), "converted").copyFrom(x)) {
                assertEquals(7, halves.select(0, rows - 1).select(0, cols - 1).item());
                assertEquals(0, halves.select(0, rows - 2).select(0, cols - 1).item());
            }
        }
    }

    @Test
    void threeBillionBytesOfFloats() {
        long n = 750_000_000;
        try (var x = Tensor.rand(new Generator(1), n)) {
            var generator = new Generator(1);
            generator.position(n - 1);
            assertEquals(generator.nextFloat(), x.select(0, n - 1).item());
            try (var y = x.clone()) {
                assertEquals(x.select(0, n - 2).item(), y.select(0, n - 2).item());
                y.fill(2.5);
                assertEquals(2.5, y.select(0, n - 1).item());
            }
            try (var integers = Tensor.arange(DType.INT32, 0, n, 1)) {
                assertEquals(n - 1, integers.select(0, n - 1).itemLong());
            }
            assertTrue(x.toString().contains("..."));
        }
    }
}
