package io.chagres.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A wrong count or a dead segment gives an exception, at the first element as at the last. */
@ParameterizedClass
@MethodSource("io.chagres.runtime.kernel.Cases#kernels")
class SegmentBoundsTest {
    private static final int N = 100;

    @Parameter
    Kernels kernels;

    @Test
    void beyondTheEnd() {
        MemorySegment enough = Arena.ofAuto().allocate(8 * N);
        for (int missing : new int[]{1, 2, N}) {
            MemorySegment little = Arena.ofAuto().allocate(4L * (N - missing));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.unary(Kernels.Unary.EXP, little, 0, enough, 0, N));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.unary(Kernels.Unary.NEG, enough, 0, little, 0, N));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.pieces(Steps.LINES.getFirst(), enough, 0, 1, little, 0, 1, enough, 0, N));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.pieces(Steps.LINES.getFirst(), enough, 0, 1, enough, 0, 1, little, 0, N));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.unary(Kernels.Unary.EXP, new float[N - missing], 0, N));
            assertThrows(IndexOutOfBoundsException.class, () -> kernels.sum(little, 0, N));
            assertThrows(IndexOutOfBoundsException.class, () -> kernels.fill(1, little, 0, N));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.crossEntropyRows(enough, 0, enough, 0, -1, little, 0, 10, 10));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.columnSum(little, 0, 10, 10, 0, 10, enough, 0, false));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.transposeSquare(little, 0, 4 * Moves.SIDE, new float[Moves.BLOCK]));
            assertThrows(IndexOutOfBoundsException.class, () -> kernels.squares(little, 0, N, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> kernels.products(little, 0, enough, 0, N, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> kernels.products(enough, 0, little, 0, N, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> kernels.scaleShift(1, 1, little, 0, enough, 0, N));
            assertThrows(IndexOutOfBoundsException.class, () -> kernels.scaleShift(1, 1, enough, 0, little, 0, N));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.combine(1, enough, 0, 1, little, 0, 1, enough, 0, N));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.combine(1, enough, 0, 1, enough, 0, 1, little, 0, N));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.maxOfSquares(little, 0, N / 2, enough, 0, 1, N / 4));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.maxOfSquares(enough, 4 * N + 4, N / 2, enough, 0, 1, N / 4));
            assertThrows(IndexOutOfBoundsException.class, () -> kernels.maxOfSquares(enough, 0, 2, little, 0, N, 1));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.columnSquares(little, 0, 10, 10, 0, 10, enough, 0, enough, 0));
            MemorySegment short9 = Arena.ofAuto().allocate(4 * 9);
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.columnSquares(enough, 0, 10, 10, 0, 10, short9, 0, enough, 0));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.columnSquares(enough, 0, 10, 10, 0, 10, enough, 0, short9, 0));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> kernels.adam(new AdamStep(), enough, 0, little, 0, enough, 0, enough, 0, N));
        }
    }

    @Test
    void nothingIsReadOfNothing() {
        MemorySegment none = MemorySegment.NULL;
        for (int stride = 0; stride < 2; stride++) {
            kernels.binary(Kernels.Binary.ADD, none, 0, stride, none, 0, stride, none, 0, 0);
        }
        kernels.unary(Kernels.Unary.TANH, none, 0, none, 0, 0);
        kernels.unary(Kernels.Unary.TANH, new float[0], 0, 0);
        kernels.pieces(Steps.LINES.getFirst(), none, 0, 0, none, 0, 0, none, 0, 0);
        kernels.u8ToF32(none, 0, none, 0, 0, 1, 0);
        assertEquals(0, kernels.sum(none, 0, 0));
        assertEquals(0, kernels.squares(none, 0, 0, 1));
        kernels.columnSquares(none, 0, 5, 0, 0, 0, none, 0, none, 0);
        assertEquals(0, kernels.crossEntropyRows(none, 0, none, 0, -1, none, 0, 0, 10));
    }

    @Test
    void beforeTheStart() {
        MemorySegment x = Arena.ofAuto().allocate(8 * N);
        assertThrows(IndexOutOfBoundsException.class, () -> kernels.scale(2, x, -4, x, 0, N));
        assertThrows(IndexOutOfBoundsException.class, () -> kernels.u8ToF32(x, 0, x, -4, N, 1, 0));
    }

    @Test
    void afterClose() {
        MemorySegment live = Arena.ofAuto().allocate(4 * N);
        MemorySegment closed;
        try (Arena arena = Arena.ofShared()) {
            closed = arena.allocate(4 * N);
        }
        assertThrows(IllegalStateException.class, () -> kernels.axpy(2, closed, 0, live, 0, N));
        assertThrows(IllegalStateException.class, () -> kernels.axpy(2, live, 0, closed, 0, N));
        assertThrows(IllegalStateException.class, () -> kernels.max(closed, 0, N));
    }

    @Test
    void readOnly() {
        MemorySegment x = Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, N).asReadOnly();
        assertThrows(RuntimeException.class, () -> kernels.unary(Kernels.Unary.ABS, x, 0, x, 0, N));
    }
}
