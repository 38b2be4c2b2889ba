package io.chagres.bench.kernel;

import io.chagres.runtime.plan.ConvolutionPlan;
import io.chagres.runtime.plan.ConvolutionPlan.Part;

/**
 * Sizes of a convolution of square images: data x [batch, size, size, in], result y [batch, to, to, out], both with the channels
 * innermost, and weight w [out, in / groups, kernel, kernel].
 */
record ConvolutionSizes(int batch, int in, int size, int out, int kernel, int stride, int padding, int groups) {

    /** Those of a shape such as {@code 64x6x14x16x5x1x0x1}: the numbers in their order. */
    static ConvolutionSizes of(String shape) {
        int[] sizes = KernelBenchmark.sizes(shape);
        return new ConvolutionSizes(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6], sizes[7]);
    }

    /** One multiply-add, by its indices in the three. */
    interface Step {
        void run(int x, int w, int y);
    }

    int to() {
        return (size + 2 * padding - kernel) / stride + 1;
    }

    int pixels() {
        return to() * to();
    }

    int inEach() {
        return in / groups;
    }

    int outEach() {
        return out / groups;
    }

    /** Elements of a window in one group. */
    int window() {
        return kernel * kernel * inEach();
    }

    int elements(Part part) {
        return switch (part) {
            case DATA -> batch * size * size * in;
            case RESULT -> batch * pixels() * out;
            case WEIGHT -> out * window();
        };
    }

    /** How many products an element is the sum of, at most. */
    int depth(Part part) {
        return switch (part) {
            case DATA -> kernel * kernel * outEach();
            case RESULT -> window();
            case WEIGHT -> batch * pixels();
        };
    }

    /** Multiply-adds of one image. */
    int work() {
        return Math.multiplyExact(pixels() * outEach(), groups * window());
    }

    /** The definition: all multiply-adds. */
    void each(Step step) {
        for (int pixel = 0; pixel < batch * pixels(); pixel++) {
            int image = pixel / pixels();
            int row = pixel % pixels() / to() * stride - padding;
            int column = pixel % to() * stride - padding;
            for (int channel = 0; channel < out; channel++) {
                int first = channel / outEach() * inEach();
                for (int i = Math.max(0, -row); i < Math.min(kernel, size - row); i++) {
                    for (int j = Math.max(0, -column); j < Math.min(kernel, size - column); j++) {
                        int x = ((image * size + row + i) * size + column + j) * in + first;
                        int w = channel * window() + i * kernel + j;
                        for (int c = 0; c < inEach(); c++) {
                            step.run(x + c, w + c * kernel * kernel, pixel * out + channel);
                        }
                    }
                }
            }
        }
    }

    ConvolutionPlan.Sizes forPlan() {
        return new ConvolutionPlan.Sizes(batch, in, out, groups, both(size), both(to()), both(kernel), both(stride),
                both(1),
                both(padding));
    }

    static long[] both(long number) {
        return new long[]{number, number};
    }
}
