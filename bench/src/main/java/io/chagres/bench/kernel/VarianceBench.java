package io.chagres.bench.kernel;

import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;

/** The unbiased variance of all elements, in two passes: the mean, then the squares of what differs from it. */
public class VarianceBench extends ElementwiseBenchmark {
    @Benchmark
    public double naive() {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += x[i];
        }
        double mean = sum / size;
        double squares = 0;
        for (int i = 0; i < size; i++) {
            squares += (x[i] - mean) * (x[i] - mean);
        }
        return squares / (size - 1);
    }

    @Benchmark
    public double arrays() {
        var sums = new double[threads];
        inParts(size, 1, (part, from, to) -> sums[part] = Reductions.sum(x, from, to - from));
        float mean = (float) (total(sums) / size);
        inParts(size, 1, (part, from, to) -> sums[part] = Reductions.squares(x, from, to - from, mean));
        return total(sums) / (size - 1);
    }

    @Benchmark
    public double segments() {
        var sums = new double[threads];
        inParts(size, 1, (part, from, to) -> sums[part] = Reductions.sum(xOffHeap, from, to - from));
        float mean = (float) (total(sums) / size);
        inParts(size, 1, (part, from, to) -> sums[part] = Reductions.squares(xOffHeap, from, to - from, mean));
        return total(sums) / (size - 1);
    }

    @Benchmark
    public double vector() {
        var sums = new double[threads];
        inParts(size, 1, (part, from, to) -> sums[part] = Lanes.sum(xOffHeap, from, to - from));
        float mean = (float) (total(sums) / size);
        inParts(size, 1, (part, from, to) -> sums[part] = Lanes.squares(xOffHeap, from, to - from, mean));
        return total(sums) / (size - 1);
    }

    private static double total(double[] sums) {
        return Arrays.stream(sums).sum();
    }

    @Override
    double[] expected() {
        double mean = 0;
        for (float value : x) {
            mean += value / (double) size;
        }
        double squares = 0;
        for (float value : x) {
            squares += (value - mean) * (value - mean);
        }
        return new double[]{squares / (size - 1)};
    }

    /** Squares, all positive, are added up in chains of a few hundred float32 additions before they go to a float64. */
    @Override
    Tolerance tolerance() {
        return new Tolerance(512 * 0x1p-24, 0);
    }
}
