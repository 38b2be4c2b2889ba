package io.chagres.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.chagres.runtime.kernel.Cases#kernels")
class WeightedRowsTest {
    private static final int[] BEGIN = {0, 1, 3, 3, 6, 10};
    private static final int[] INDEX = {3, 0, 1, 2, 1, 0, 3, 3, 2, 1};
    private static final float[] WEIGHT = {1, 0.3f, 0.7f, -0.1f, 1.2f, 0.9f, 0.5f, -0.25f, 2, 0.1f};

    @Parameter
    Kernels kernels;

    @Test
    void sumsOfRowsOfManyLengths() {
        for (int inner : new int[]{1, 3, 15, 16, 17, 64, 100, 1100}) {
            var x = Floats.random(4 * inner, inner);
            for (int from = 0; from < 5; from++) {
                var y = Floats.zeros((5 - from) * inner);
                kernels.weightedRows(BEGIN, INDEX, WEIGHT, from, 5, x.segment, x.offset, inner, y.segment, y.offset);
                for (int o = from; o < 5; o++) {
                    for (int i = 0; i < inner; i++) {
                        double sum = 0;
                        for (int k = BEGIN[o]; k < BEGIN[o + 1]; k++) {
                            sum += WEIGHT[k] * x.get(INDEX[k] * inner + i);
                        }
                        assertEquals(sum, y.get((o - from) * inner + i), 1e-5);
                    }
                }
                y.assertFencesStand();
            }
        }
    }
}
