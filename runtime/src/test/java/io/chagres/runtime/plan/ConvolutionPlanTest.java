package io.chagres.runtime.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.plan.ConvolutionPlan.Part;
import io.chagres.runtime.plan.ConvolutionPlan.Sizes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Each operand wrong in every way that we can think of: an exception, and no plan made. */
class ConvolutionPlanTest {
    private static final long[] ONE = {1, 1};
    private static final long[] NONE = {0, 0};
    private static final long[] IN = {4, 5};
    private static final long[] OUT = {3, 4};
    private static final long[] TWO = {2, 2};
    private static final Sizes SIZES = new Sizes(2, 3, 6, 1, IN, OUT, TWO, ONE, ONE, NONE);
    /** Data, weight, bias, result. */
    private static final long[] FLOATS = {2 * 3 * 4 * 5, 6 * 3 * 2 * 2, 6, 2 * 6 * 3 * 4};

    private static Place[] operands() {
        return Arrays.stream(FLOATS).mapToObj(ConvolutionPlanTest::place).toArray(Place[]::new);
    }

    private static Place place(long floats) {
        return new Place(Arena.ofAuto().allocate(Float.BYTES * floats, 64), 0);
    }

    private static Place closed(long floats) {
        try (var arena = Arena.ofConfined()) {
            return new Place(arena.allocate(Float.BYTES * floats), 0);
        }
    }

    private static void run(Part part, Place... p) {
        assertTrue(ConvolutionPlan.run(part, SIZES, p[0], p[1], part == Part.DATA ? null : p[2], p[3],
                ConvolutionPlan.Tail.NONE, null));
    }

    @Test
    void everyOperandIsChecked() {
        for (var part : Part.values()) {
            run(part, operands());
        }
        int plans = Plans.count();
        for (var part : Part.values()) {
            for (int i = 0; i < FLOATS.length; i++) {
                if (i != 2 || part != Part.DATA) {
                    refused(IndexOutOfBoundsException.class, part, i, place(FLOATS[i] - 1));
                    refused(IndexOutOfBoundsException.class, part, i, new Place(place(FLOATS[i]).segment(), 4));
                    refused(IndexOutOfBoundsException.class, part, i, new Place(place(FLOATS[i]).segment(), -4));
                    refused(IndexOutOfBoundsException.class, part, i, new Place(MemorySegment.NULL, 0));
                    refused(IllegalArgumentException.class, part, i,
                            new Place(MemorySegment.ofArray(new float[(int) FLOATS[i]]), 0));
                    refused(IllegalStateException.class, part, i, closed(FLOATS[i]));
                }
            }
            for (int written : written(part)) {
                refused(IllegalArgumentException.class, part, written,
                        new Place(place(FLOATS[written]).segment().asReadOnly(), 0));
            }
        }
        assertEquals(plans, Plans.count());
    }

    private static int[] written(Part part) {
        return switch (part) {
            case RESULT -> new int[]{3};
            case DATA -> new int[]{0};
            case WEIGHT -> new int[]{1, 2};
        };
    }

    private static void refused(Class<? extends Exception> how, Part part, int operand, Place place) {
        var operands = operands();
        operands[operand] = place;
        assertThrows(how, () -> run(part, operands), () -> part + " operand " + operand + " " + place);
    }

    @Test
    void nothingIsWrittenAroundTheOperands() {
        var untouched = new int[16];
        Arrays.fill(untouched, 0x55555555);
        for (var part : Part.values()) {
            var operands = operands();
            for (int i : written(part)) {
                var wide = place(FLOATS[i] + 32);
                wide.segment().fill((byte) 0x55);
                operands[i] = new Place(wide.segment(), 64);
            }
            run(part, operands);
            for (int i : written(part)) {
                var segment = operands[i].segment();
                assertArrayEquals(untouched, segment.asSlice(0, 64).toArray(ValueLayout.JAVA_INT));
                assertArrayEquals(untouched, segment.asSlice(segment.byteSize() - 64).toArray(ValueLayout.JAVA_INT));
            }
        }
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        refused(new Sizes(2, 3, 6, 2, IN, OUT, TWO, ONE, ONE, NONE));
        refused(new Sizes(2, 3, 6, 0, IN, OUT, TWO, ONE, ONE, NONE));
        refused(new Sizes(0, 3, 6, 1, IN, OUT, TWO, ONE, ONE, NONE));
        refused(new Sizes(2, 3, 6, 1, IN, OUT, TWO, new long[1], ONE, NONE));
        refused(new Sizes(2, 3, 6, 1, IN, OUT, TWO, NONE, ONE, NONE));
        refused(new Sizes(2, 3, 6, 1, IN, OUT, TWO, ONE, NONE, NONE));
        refused(new Sizes(2, 3, 6, 1, IN, OUT, TWO, ONE, ONE, new long[]{-1, 0}));
        refused(new Sizes(2, 3, 6, 1, IN, OUT, new long[]{1L << 32, 1}, ONE, ONE, NONE));
        refused(new Sizes(2, 3, 6, 1, IN, OUT, TWO, new long[]{Long.MAX_VALUE, 1}, ONE, NONE));
        refused(new Sizes(1L << 60, 3, 6, 1, IN, OUT, TWO, ONE, ONE, NONE));
        refused(new Sizes(2, 3, 6, 1, new long[4], new long[4], new long[4], new long[4], new long[4], new long[4]));
    }

    private static void refused(Sizes sizes) {
        var p = operands();
        for (var part : Part.values()) {
            assertThrows(IllegalArgumentException.class,
                    () -> ConvolutionPlan.run(part, sizes, p[0], p[1], null, p[3], ConvolutionPlan.Tail.NONE, null),
                    sizes::toString);
        }
    }

    /** Data that goes on far behind the last window is not for oneDNN. */
    @Test
    void whatCannotBeSaidIsLeftToOthers() {
        var sizes = new Sizes(2, 3, 6, 1, new long[]{4, 5}, new long[]{1, 4}, TWO, ONE, ONE, NONE);
        var p = operands();
        assertFalse(ConvolutionPlan.run(Part.RESULT, sizes, p[0], p[1], null, p[3], ConvolutionPlan.Tail.NONE, null));
    }

    /** What networks are made of runs on kernels that were compiled for it. */
    @Test
    void networksGetFastKernels() {
        long[][] shapes = {{1, 28, 6, 5, 1, 2, 1}, {6, 14, 16, 5, 1, 0, 1}, {3, 32, 64, 3, 1, 1, 1},
                {64, 8, 64, 3, 1, 1, 1}, {64, 8, 128, 3, 2, 1, 1}, {64, 8, 128, 1, 2, 0, 1}, {96, 8, 96, 3, 1, 1, 96},
                {96, 9, 96, 3, 2, 1, 96}, {96, 8, 24, 1, 1, 0, 1}, {3, 33, 64, 7, 2, 3, 1}, {64, 8, 64, 3, 1, 1, 4},
                {5, 9, 7, 3, 1, 1, 1}, {3, 9, 3, 3, 1, 1, 3}};
        for (var s : shapes) {
            long to = (s[1] + 2 * s[5] - s[3]) / s[4] + 1;
            var sizes = new Sizes(2, s[0], s[2], s[6], new long[]{s[1], s[1]}, new long[]{to, to},
                    new long[]{s[3], s[3]}, new long[]{s[4], s[4]}, ONE, new long[]{s[5], s[5]});
            var x = place(2 * s[0] * s[1] * s[1]);
            var w = place(s[2] * s[0] / s[6] * s[3] * s[3]);
            var y = place(2 * s[2] * to * to);
            for (var part : Part.values()) {
                assertTrue(ConvolutionPlan.run(part, sizes, x, w, null, y, ConvolutionPlan.Tail.NONE, null),
                        part + " " + sizes);
            }
        }
    }

    @Test
    void whatIsAddedIsCheckedToo() {
        var p = operands();
        for (var wrong : new Place[]{place(FLOATS[3] - 1), new Place(place(FLOATS[3]).segment(), 4)}) {
            assertThrows(IndexOutOfBoundsException.class,
                    () -> ConvolutionPlan.run(Part.RESULT, SIZES, p[0], p[1], p[2],
                            p[3], new ConvolutionPlan.Tail(null, null, wrong, true), null));
        }
        assertThrows(IllegalStateException.class, () -> ConvolutionPlan.run(Part.RESULT, SIZES, p[0], p[1], p[2], p[3],
                new ConvolutionPlan.Tail(null, null, closed(FLOATS[3]), true), null));
        assertThrows(IllegalArgumentException.class, () -> ConvolutionPlan.run(Part.DATA, SIZES, p[0], p[1], null, p[3],
                new ConvolutionPlan.Tail(null, null, null, true), null));
        assertTrue(ConvolutionPlan.run(Part.RESULT, SIZES, p[0], p[1], p[2], p[3],
                new ConvolutionPlan.Tail(null, null, place(FLOATS[3]), true), null));
    }

    @Test
    void numbersForChannelsAreCheckedToo() {
        var p = operands();
        long channels = FLOATS[2];
        assertTrue(ConvolutionPlan.run(Part.RESULT, SIZES, p[0], p[1], null, p[3],
                new ConvolutionPlan.Tail(place(channels), place(channels), place(FLOATS[3]), true), null));
        for (int i = 0; i < 2; i++) {
            var tail = new ConvolutionPlan.Tail(place(channels - (i == 0 ? 1 : 0)), place(channels - (i == 1 ? 1 : 0)),
                    null, false);
            assertThrows(IndexOutOfBoundsException.class,
                    () -> ConvolutionPlan.run(Part.RESULT, SIZES, p[0], p[1], null, p[3], tail, null));
        }
    }
}
