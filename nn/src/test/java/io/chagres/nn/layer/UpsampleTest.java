package io.chagres.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.Module;
import io.chagres.runtime.op.Interpolate.Mode;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.Test;

class UpsampleTest {
    private static final Tensor IMAGE = Tensor.randn(new Generator(1), 2, 3, 4, 5);

    private static void check(Module layer, String text, Tensor expected) {
        assertEquals(text, layer.toString());
        assertTrue(layer.parameters().isEmpty());
        assertEquals(expected.shape(), layer.forward(IMAGE).shape());
        assertArrayEquals(expected.toFloatArray(), layer.forward(IMAGE).toFloatArray());
    }

    @Test
    void layersAreTheirFunctionsAndPrintAsInPyTorch() {
        check(new Upsample(2), "Upsample(scale_factor=2.0, mode='nearest')",
                IMAGE.interpolate(new double[]{2}, Mode.NEAREST, false, false));
        check(new Upsample(1.5, Mode.BICUBIC), "Upsample(scale_factor=1.5, mode='bicubic')",
                IMAGE.interpolate(new double[]{1.5}, Mode.BICUBIC, false, false));
        check(new Upsample(new double[]{1.3, 2}, Mode.BILINEAR, false, true),
                "Upsample(scale_factor=[1.3, 2.0], mode='bilinear')",
                IMAGE.interpolate(new long[]{5, 10}, Mode.BILINEAR, false));
        check(new Upsample(new long[]{7}), "Upsample(size=7, mode='nearest')",
                IMAGE.interpolate(new long[]{7, 7}, Mode.NEAREST, false));
        check(new Upsample(new long[]{7, 3}, Mode.NEAREST_EXACT, false), "Upsample(size=[7, 3], mode='nearest-exact')",
                IMAGE.interpolate(new long[]{7, 3}, Mode.NEAREST_EXACT, false));
        check(new UpsamplingNearest2d(3), "UpsamplingNearest2d(scale_factor=3.0, mode='nearest')",
                IMAGE.interpolate(new long[]{12, 15}, Mode.NEAREST, false));
        check(new UpsamplingNearest2d(new long[]{6, 7}), "UpsamplingNearest2d(size=[6, 7], mode='nearest')",
                IMAGE.interpolate(new long[]{6, 7}, Mode.NEAREST, false));
        check(new UpsamplingBilinear2d(2), "UpsamplingBilinear2d(scale_factor=2.0, mode='bilinear')",
                IMAGE.interpolate(new long[]{8, 10}, Mode.BILINEAR, true));
        check(new UpsamplingBilinear2d(new long[]{9}), "UpsamplingBilinear2d(size=9, mode='bilinear')",
                IMAGE.interpolate(new long[]{9, 9}, Mode.BILINEAR, true));
    }

    @Test
    void mistakes() {
        var e = assertThrows(IllegalArgumentException.class,
                () -> new Upsample(2, Mode.TRILINEAR).forward(IMAGE));
        assertEquals("Upsample(scale_factor=2.0, mode='trilinear'): input [2, 3, 4, 5]; [N, C, D, H, W] is needed for"
                + " trilinear", e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> new Upsample(0));
        assertEquals("Upsample(scale_factor=0.0, mode='nearest'): positive numbers are needed", e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> new Upsample(new long[]{3}, Mode.AREA, true));
        assertTrue(e.getMessage().startsWith("Upsample(size=3, mode='area'): there are no corners"), e.getMessage());
        assertThrows(NullPointerException.class, () -> new Upsample(2, null));
    }
}
