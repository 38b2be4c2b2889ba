package io.chagres.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.chagres.runtime.kernel.Cases#kernels")
class WindowsTest {
    @Parameter
    Kernels kernels;

    private static float[] random(int n, int slack, long seed) {
        var random = new Random(seed);
        float[] values = new float[n + slack];
        for (int i = 0; i < values.length; i++) {
            values[i] = i < n ? (float) random.nextGaussian() : Float.NaN;
        }
        return values;
    }

    @Test
    void windowsAreAddedTo() {
        for (int run : new int[]{1, 15, 16, 17, 30, 32, 33, 100, 1100}) {
            for (int depth : new int[]{1, 5, 16}) {
                int pixels = 13;
                int from = 2;
                float[] y = random(pixels * depth, 0, run);
                float[] w = random(3 + depth * run, Kernels.SLACK, depth);
                int[] yAt = new int[pixels];
                int[] xAt = new int[pixels];
                for (int p = 0; p < pixels; p++) {
                    yAt[p] = (pixels - 1 - p) * depth;
                    xAt[p] = 5 * (p * 4 % pixels);
                }
                var x = Floats.random(5 * pixels + run, 7);
                float[] expected = x.toArray();
                for (int p = from; p < pixels; p++) {
                    for (int i = 0; i < run; i++) {
                        double sum = 0;
                        for (int c = 0; c < depth; c++) {
                            sum += (double) y[yAt[p] + c] * w[3 + c * run + i];
                        }
                        expected[xAt[p] + i] += (float) sum;
                    }
                }
                kernels.addWindows(y, yAt, w, 3, depth, run, x.segment, x.offset, xAt, from, pixels);
                assertArrayEquals(expected, x.toArray(), 1e-4f);
                x.assertFencesStand();
            }
        }
    }

    @Test
    void planesOfManyWidths() {
        for (int width : new int[]{1, 15, 16, 28, 33, 64, 1030}) {
            for (int out : new int[]{1, 6, 7, 15}) {
                planes(width, out, width % 2 == 0);
            }
        }
    }

    private void planes(int width, int out, boolean relu) {
        int rows = 3;
        int stride = width + 2;
        int[] at = {0, 4, 4 * (2 * stride + 1), 8};
        var x = Floats.of(random(2 * rows * stride + 3 * stride, Kernels.SLACK, width));
        float[] w = random((out + 5) / 6 * 6 * (at.length + 1), 0, out);
        var y = Floats.zeros(rows * width * out);
        float[] expected = new float[y.n];
        for (int i = 0; i < expected.length; i++) {
            int c = i % out;
            int panel = c / 6 * 6 * (at.length + 1) + c % 6;
            int pixel = i / out / width * 2 * stride + i / out % width;
            double sum = w[panel];
            for (int t = 0; t < at.length; t++) {
                sum += (double) w[panel + 6 * (t + 1)] * x.get(pixel + at[t] / 4);
            }
            expected[i] = (float) (relu ? Math.max(sum, 0) : sum);
        }
        kernels.planes(x.segment, x.offset, 8L * stride, at, w, relu, y.segment, y.offset, out, rows, width);
        assertArrayEquals(expected, y.toArray(), 1e-5f, width + " " + out + " " + Arrays.toString(w));
        y.assertFencesStand();
    }
}
