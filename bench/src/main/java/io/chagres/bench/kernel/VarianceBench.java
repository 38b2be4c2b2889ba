package io.chagres.bench.kernel;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.Tensor;
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
        float mean = (float) (sumOfParts((from, to) -> Reductions.sum(x, from, to - from)) / size);
        return sumOfParts((from, to) -> Reductions.squares(x, from, to - from, mean)) / (size - 1);
    }

    @Benchmark
    public double segments() {
        float mean = (float) (sumOfParts((from, to) -> Reductions.sum(xOffHeap, from, to - from)) / size);
        return sumOfParts((from, to) -> Reductions.squares(xOffHeap, from, to - from, mean)) / (size - 1);
    }

    @Benchmark
    public double vector() {
        float mean = (float) (sumOfParts((from, to) -> Lanes.sum(xOffHeap, from, to - from)) / size);
        return sumOfParts((from, to) -> Lanes.squares(xOffHeap, from, to - from, mean)) / (size - 1);
    }

    @Benchmark
    public Tensor chagres() {
        try (var _ = Scope.open()) {
            return seen(xTensor.var(0, 1, false));
        }
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
