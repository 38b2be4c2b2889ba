package io.chagres.bench.kernel;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;

/** The sum of all elements, added up so that millions of them lose no accuracy. */
public class SumBench extends ElementwiseBenchmark {
    /** Multiples of 2^-10: float32 adds up the thousands of them that a block has without rounding. */
    @Override
    float[] numbers(Generator generator) {
        float[] numbers = random(size, generator);
        for (int i = 0; i < size; i++) {
            numbers[i] = Math.round(numbers[i] * 1024) / 1024f;
        }
        return numbers;
    }

    @Benchmark
    public double naive() {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += x[i];
        }
        return sum;
    }

    @Benchmark
    public double arrays() {
        return sumOfParts((from, to) -> Reductions.sum(x, from, to - from));
    }

    @Benchmark
    public double segments() {
        return sumOfParts((from, to) -> Reductions.sum(xOffHeap, from, to - from));
    }

    @Benchmark
    public double vector() {
        return sumOfParts((from, to) -> Lanes.sum(xOffHeap, from, to - from));
    }

    @Benchmark
    public Tensor chagres() {
        try (var _ = Scope.open()) {
            return seen(xTensor.sum());
        }
    }

    @Override
    double[] expected() {
        double sum = 0;
        for (float value : x) {
            sum += value;
        }
        return new double[]{sum};
    }

    /** Only the result is rounded, to float32. */
    @Override
    Tolerance tolerance() {
        return new Tolerance(0x1p-24, 0);
    }
}
