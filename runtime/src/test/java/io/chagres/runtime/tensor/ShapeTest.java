package io.chagres.runtime.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void sizesAndTheirNumber() {
        var shape = Shape.of(2, 3, 4);
        assertEquals(3, shape.rank());
        assertEquals(24, shape.numel());
        assertEquals(4, shape.dim(-1));
        assertEquals(2, shape.dim(-3));
        assertEquals(96, shape.bytes(DType.FLOAT32));
        assertEquals("[2, 3, 4]", shape.toString());
        assertEquals(1, Shape.of().numel());
        assertEquals(0, Shape.of().rank());
        assertEquals(0, Shape.of(5, 0, 7).numel());
        assertEquals(Long.MAX_VALUE, Shape.of(Long.MAX_VALUE).numel());
    }

    @Test
    void changesGiveNewShapes() {
        long[] given = {2, 3};
        var shape = Shape.of(given);
        given[0] = 9;
        shape.toArray()[1] = 9;
        assertEquals(Shape.of(2, 3), shape);
        assertEquals(Shape.of(2, 5), shape.with(1, 5));
        assertEquals(Shape.of(7, 2, 3), shape.insert(0, 7));
        assertEquals(Shape.of(2, 3, 7), shape.insert(2, 7));
        assertEquals(Shape.of(3), shape.remove(0));
        assertEquals(Shape.of(), Shape.of(4).remove(0));
        assertEquals(Shape.of(2, 3), shape);
    }

    @Test
    void equalSizesAreEqualShapes() {
        assertEquals(Shape.of(2, 3).hashCode(), Shape.of(2, 3).hashCode());
        assertNotEquals(Shape.of(2, 3), Shape.of(3, 2));
        assertNotEquals(Shape.of(1), Shape.of());
        assertFalse(Shape.of(1).equals(null));
    }

    @Test
    void shapesThatCannotBe() {
        refused("size -1 is negative", 2, -1);
        refused("more than 2^63 - 1 elements", 1L << 32, 1L << 31);
        refused("more than 2^63 - 1 elements", 1L << 62, 4, 0);
        refused("13 dimensions; at most 12", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        var vast = Shape.of(1L << 61);
        var refused = assertThrows(IllegalArgumentException.class, () -> vast.bytes(DType.FLOAT32));
        assertTrue(refused.getMessage().contains(vast.toString()), refused.getMessage());
        assertEquals(1L << 61, vast.bytes(DType.UINT8));
    }

    private static void refused(String why, long... dims) {
        var message = assertThrows(IllegalArgumentException.class, () -> Shape.of(dims)).getMessage();
        assertTrue(message.contains(Arrays.toString(dims)), message);
        assertTrue(message.contains(why), message);
    }

    @Test
    void dimensionsThatAreNotThere() {
        var shape = Shape.of(2, 3);
        for (int dim : new int[]{2, -3, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            var message = assertThrows(IndexOutOfBoundsException.class, () -> shape.axis("someop", dim)).getMessage();
            assertTrue(message.startsWith("someop: dimension " + dim + " of a tensor [2, 3]"), message);
        }
        assertThrows(IndexOutOfBoundsException.class, () -> Shape.of().dim(0));
        assertThrows(IndexOutOfBoundsException.class, () -> Shape.of().dim(-1));
    }

    @Test
    void layoutsKnowWhetherTheyAreDense() {
        assertTrue(Layout.of(new long[]{2, 3}, new long[]{3, 1}).isContiguous());
        assertFalse(Layout.of(new long[]{2, 3}, new long[]{1, 2}).isContiguous());
        assertFalse(Layout.of(new long[]{2, 3}, new long[]{4, 1}).isContiguous());
        assertFalse(Layout.of(new long[]{2, 3}, new long[]{0, 1}).isContiguous());
        assertTrue(Layout.of(new long[]{1, 3}, new long[]{77, 1}).isContiguous(), "one row lies densely anywhere");
        assertTrue(Layout.of(new long[]{0, 3}, new long[]{5, 7}).isContiguous(), "nothing lies densely anywhere");
        assertArrayEquals(new long[]{12, 4, 1}, ((Layout.Strided) Shape.of(2, 3, 4).contiguous()).toArray());
    }
}
