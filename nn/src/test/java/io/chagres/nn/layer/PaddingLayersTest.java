package io.chagres.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaddingLayersTest {
    private static final Tensor ROW = Tensor.of(new float[]{1, 2, 3}, 1, 1, 3);

    @Test
    void whatStandsAround() {
        gives(new ConstantPad1d(9, 1), 9, 1, 2, 3, 9);
        gives(new ZeroPad1d(2, -1), 0, 0, 1, 2);
        gives(new ReflectionPad1d(2, 1), 3, 2, 1, 2, 3, 2);
        gives(new ReplicationPad1d(1, 2), 1, 1, 2, 3, 3, 3);
        gives(new CircularPad1d(2, 1), 2, 3, 1, 2, 3, 1);
    }

    private static void gives(Module layer, double... expected) {
        assertArrayEquals(expected, layer.forward(ROW).toDoubleArray());
    }

    @Test
    void severalDimensions() {
        var image = Tensor.ones(2, 1, 4, 5);
        for (var layer : List.of(new ConstantPad2d(1, 1, 2, 3, 0), new ZeroPad2d(1, 2, 3, 0),
                new ReflectionPad2d(1, 2, 3, 0), new ReplicationPad2d(1, 2, 3, 0), new CircularPad2d(1, 2, 3, 0))) {
            assertArrayEquals(new long[]{2, 1, 7, 8}, layer.forward(image).shape().toArray());
            assertArrayEquals(new long[]{1, 7, 8}, layer.forward(image.select(0, 0)).shape().toArray());
        }
        assertEquals(2 * 7 * 8, new ConstantPad2d(1, 1, 2, 3, 0).forward(image).sum().item());
        var volume = Tensor.ones(1, 2, 3, 4, 5);
        for (var layer : List.of(new ConstantPad3d(1, 1), new ZeroPad3d(1), new ReflectionPad3d(1),
                new ReplicationPad3d(1), new CircularPad3d(1))) {
            assertArrayEquals(new long[]{1, 2, 5, 6, 7}, layer.forward(volume).shape().toArray());
        }
    }

    @Test
    void mistakesAndNames() {
        assertEquals("ReflectionPad2d([1, 1, 1, 1])", new ReflectionPad2d(1).toString());
        assertEquals("ConstantPad1d([1, 2], value=3.5)", new ConstantPad1d(3.5, 1, 2).toString());
        var e = assertThrows(IllegalArgumentException.class, () -> new ZeroPad2d(1, 2, 3));
        assertTrue(e.getMessage().startsWith("ZeroPad2d: padding [1, 2, 3]"), e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> new ZeroPad3d(1).forward(ROW));
        assertTrue(e.getMessage().startsWith("ZeroPad3d: input [1, 1, 3]"), e.getMessage());
    }

    @Test
    void layersThatOnlyLookAnotherWay() {
        assertSame(ROW, new Identity().forward(ROW));
        assertArrayEquals(new long[]{2, 3, 4, 2}, new Unflatten(1, 3, -1).forward(Tensor.ones(2, 12, 2)).shape()
                .toArray());
        var image = Tensor.ones(2, 8, 3, 2);
        assertArrayEquals(new long[]{2, 2, 6, 4}, new PixelShuffle(2).forward(image).shape().toArray());
        assertThrows(IllegalArgumentException.class, () -> new PixelShuffle(0));
        assertEquals("Unflatten(dim=1, unflattened_size=[3, -1])", new Unflatten(1, 3, -1).toString());
    }
}
