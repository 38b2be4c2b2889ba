package io.chagres.runtime.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.plan.NormalizationPlan.Over;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Each operand wrong in every way that we can think of: an exception, and no plan made. */
class NormalizationPlanTest {
    private static final long ROWS = 3;
    private static final long COLS = 4;
    private static final long[] FLOATS = {ROWS * COLS, COLS, COLS, 2 * ROWS, ROWS * COLS, ROWS * COLS, ROWS * COLS,
            COLS, COLS};

    private final NormalizationPlan plan = new NormalizationPlan(Over.ROWS, 1e-5, ROWS, COLS);

    /** x, weight, bias, stats, y; then dy, dx, dWeight, dBias. */
    private static Place[] operands() {
        var places = new Place[FLOATS.length];
        for (int i = 0; i < places.length; i++) {
            places[i] = place(FLOATS[i]);
        }
        return places;
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
        plan.forward(p[0], p[1], p[2], p[3], p[4]);
        plan.backward(p[0], p[5], p[3], p[1], p[6], p[7], p[8]);
    }

    @Test
    void everyOperandIsChecked() {
        run(operands());
        int plans = Plans.count();
        for (int i = 0; i < FLOATS.length; i++) {
            refused(IndexOutOfBoundsException.class, i, place(FLOATS[i] - 1));
            refused(IndexOutOfBoundsException.class, i, new Place(place(FLOATS[i]).segment(), 4));
            refused(IndexOutOfBoundsException.class, i, new Place(place(FLOATS[i]).segment(), -4));
            refused(IndexOutOfBoundsException.class, i, new Place(place(FLOATS[i]).segment(), Long.MAX_VALUE));
            refused(IndexOutOfBoundsException.class, i, new Place(MemorySegment.NULL, 0));
            refused(IllegalArgumentException.class, i,
                    new Place(MemorySegment.ofArray(new float[(int) FLOATS[i]]), 0));
            refused(IllegalStateException.class, i, closed(FLOATS[i]));
        }
        for (int written : new int[]{3, 4, 6, 7, 8}) {
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
        for (int i : new int[]{3, 4, 6, 7, 8}) {
            var wide = place(FLOATS[i] + 32);
            wide.segment().fill((byte) 0x55);
            operands[i] = new Place(wide.segment(), 64);
        }
        run(operands);
        for (int i : new int[]{3, 4, 6, 7, 8}) {
            var segment = operands[i].segment();
            var before = segment.asSlice(0, 64).toArray(ValueLayout.JAVA_INT);
            var after = segment.asSlice(segment.byteSize() - 64).toArray(ValueLayout.JAVA_INT);
            var untouched = new int[16];
            Arrays.fill(untouched, 0x55555555);
            assertArrayEquals(untouched, before);
            assertArrayEquals(untouched, after);
        }
    }

    @Test
    void sizesThatMakeNoSenseAreRefused() {
        for (long[] dims : new long[][]{{}, {3}, {1, 2, 3}, {0, 4}, {4, 0}, {-1, 4}, {1L << 31, 1L << 31},
                {Long.MIN_VALUE, 1}}) {
            assertThrows(IllegalArgumentException.class, () -> new NormalizationPlan(Over.ROWS, 1e-5, dims));
        }
        for (long[] dims : new long[][]{{2, 3}, {2, 0, 3}, {1L << 31, 1L << 31, 1}, {2, 3, 4, 5}}) {
            assertThrows(IllegalArgumentException.class, () -> new NormalizationPlan(Over.CHANNELS, 1e-5, dims));
        }
        var p = operands();
        assertThrows(IllegalArgumentException.class,
                () -> plan.backward(p[0], p[5], p[3], null, p[6], p[7], p[8]));
    }
}
