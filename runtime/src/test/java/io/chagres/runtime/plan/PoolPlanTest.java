package io.chagres.runtime.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.ffi.DnnPooling.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Each operand wrong in every way that we can think of: an exception, and no plan made. */
class PoolPlanTest {
    private static final long[] TWO = {2, 2};
    private static final long[] ONE = {1, 1};
    private static final long[] NONE = {0, 0};
    /** The workspace has a byte for each window. */
    private static final long[] FLOATS = {2 * 3 * 4 * 5, 2 * 3 * 2 * 2, 2 * 3, 2 * 3 * 2 * 2, 2 * 3 * 4 * 5};

    private final PoolPlan plan = new PoolPlan(Kind.MAX, false, new long[]{2, 3, 4, 5}, new long[]{2, 3, 2, 2}, TWO,
            TWO, ONE,
            NONE);

    /** x, y, workspace; then dy and dx. */
    private static Place[] operands() {
        return Arrays.stream(FLOATS).mapToObj(PoolPlanTest::place).toArray(Place[]::new);
    }

    private static Place place(long floats) {
        return new Place(Arena.ofAuto().allocate(Float.BYTES * floats, 64), 0);
    }

    private static Place closed(long floats) {
        try (var arena = Arena.ofConfined()) {
            return new Place(arena.allocate(Float.BYTES * floats), 0);
        }
    }

    private void run(Place[] p) {
        plan.forward(p[0], p[1], p[2]);
        plan.backward(p[3], p[2], p[4]);
    }

    @Test
    void everyOperandIsChecked() {
        run(operands());
        int plans = Plans.count();
        for (int i = 0; i < FLOATS.length; i++) {
            refused(IndexOutOfBoundsException.class, i, place(FLOATS[i] - 1));
            refused(IndexOutOfBoundsException.class, i, new Place(place(FLOATS[i]).segment(), 4));
            refused(IndexOutOfBoundsException.class, i, new Place(place(FLOATS[i]).segment(), -4));
            refused(IndexOutOfBoundsException.class, i, new Place(MemorySegment.NULL, 0));
            refused(IllegalArgumentException.class, i,
                    new Place(MemorySegment.ofArray(new float[(int) FLOATS[i]]), 0));
            refused(IllegalStateException.class, i, closed(FLOATS[i]));
        }
        for (int written : new int[]{1, 2, 4}) {
            refused(IllegalArgumentException.class, written,
                    new Place(place(FLOATS[written]).segment().asReadOnly(), 0));
        }
        assertEquals(plans, Plans.count());
    }

    private void refused(Class<? extends Exception> how, int operand, Place place) {
        var operands = operands();
        operands[operand] = place;
        assertThrows(how, () -> run(operands), () -> "operand " + operand + " " + place);
    }

    @Test
    void nothingIsWrittenAroundTheOperands() {
        var operands = operands();
        for (int i : new int[]{1, 2, 4}) {
            var wide = place(FLOATS[i] + 32);
            wide.segment().fill((byte) 0x55);
            operands[i] = new Place(wide.segment(), 64);
        }
        run(operands);
        var untouched = new int[16];
        Arrays.fill(untouched, 0x55555555);
        for (int i : new int[]{1, 2, 4}) {
            var segment = operands[i].segment();
            assertArrayEquals(untouched, segment.asSlice(0, 64).toArray(ValueLayout.JAVA_INT));
            assertArrayEquals(untouched, segment.asSlice(segment.byteSize() - 64).toArray(ValueLayout.JAVA_INT));
        }
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        var in = new long[]{2, 3, 4, 5};
        var out = new long[]{2, 3, 2, 2};
        refused(new long[]{3, 4, 5}, out, TWO, TWO, ONE, NONE);
        refused(new long[]{2, 3}, new long[]{2, 3}, new long[0], new long[0], new long[0], new long[0]);
        refused(in, new long[]{2, 3, 3, 2}, TWO, TWO, ONE, NONE);
        refused(in, new long[]{2, 3, 2, 1}, TWO, TWO, ONE, NONE);
        refused(in, new long[]{2, 4, 2, 2}, TWO, TWO, ONE, NONE);
        refused(in, out, new long[]{0, 2}, TWO, ONE, NONE);
        refused(in, out, TWO, new long[]{2, 0}, ONE, NONE);
        refused(in, out, TWO, TWO, NONE, NONE);
        refused(in, out, TWO, TWO, ONE, new long[]{-1, 0});
        refused(in, new long[]{2, 3, 4, 4}, TWO, TWO, ONE, TWO);
        refused(in, out, new long[]{1L << 62, 2}, TWO, ONE, NONE);
        refused(in, out, TWO, new long[]{Long.MAX_VALUE, 2}, ONE, NONE);
        refused(in, out, TWO, TWO, new long[]{Long.MAX_VALUE, 1}, NONE);
        refused(in, out, TWO, TWO, ONE, new long[]{Long.MAX_VALUE, 0});
        refused(new long[]{2, 3, 0, 5}, new long[]{2, 3, 0, 2}, TWO, TWO, ONE, NONE);
        refused(new long[]{1L << 31, 1L << 31, 4, 5}, new long[]{1L << 31, 1L << 31, 2, 2}, TWO, TWO, ONE, NONE);
    }

    private static void refused(long[] in, long[] out, long[] kernel, long[] stride, long[] dilation,
            long[] padding) {
        assertThrows(IllegalArgumentException.class,
                () -> new PoolPlan(Kind.MAX, false, in, out, kernel, stride, dilation, padding));
    }

    @Test
    void averagesHaveNoGaps() {
        var in = new long[]{2, 3, 4, 5};
        var out = new long[]{2, 3, 2, 2};
        assertThrows(IllegalArgumentException.class,
                () -> new PoolPlan(Kind.AVERAGE, true, in, out, TWO, TWO, TWO, NONE));
    }

    /** Windows of just so many elements have bytes in their workspace, whatever oneDNN decides at the border. */
    @Test
    void theWorkspaceIsAsExpected() {
        for (long width : new long[]{253, 254, 255, 256, 257, 1000}) {
            var plan = new PoolPlan(Kind.MAX, width % 2 == 0, new long[]{1, 2, 1, width}, new long[]{1, 2, 1, 1},
                    new long[]{1, width}, ONE, ONE, NONE);
            var x = place(2 * width);
            x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, 0, 1);
            var dx = place(2 * width);
            var dy = place(2);
            dy.segment().setAtIndex(ValueLayout.JAVA_FLOAT, 0, 3);
            var workspace = place(2);
            plan.forward(x, place(2), workspace);
            plan.backward(dy, workspace, dx);
            assertEquals(3, dx.segment().getAtIndex(ValueLayout.JAVA_FLOAT, 0));
        }
    }
}
