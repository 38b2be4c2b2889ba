package io.chagres.bench.kernel;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Param;

/** A kernel over one vector of floats; what it computes may be another such vector. */
public abstract class ElementwiseBenchmark extends KernelBenchmark {
    @Param({"8", "64", "512", "4096", "32768", "262144", "2097152", "8388608"})
    public int size;

    float[] x;
    float[] y;
    MemorySegment xOffHeap;
    MemorySegment yOffHeap;
    Tensor xTensor;
    private double[] sums;

    /** What elements [from, to) add to a sum. */
    interface PartSum {
        double of(int from, int to);
    }

    /** The numbers that x holds. */
    float[] numbers(Generator generator) {
        return random(size, generator);
    }

    @Override
    final void prepare(Generator generator) {
        x = numbers(generator);
        y = output(size);
        xOffHeap = offHeap(x);
        yOffHeap = outputOffHeap(size);
        xTensor = tensor(x, size);
        sums = new double[threads];
    }

    /** A sum over all elements, of parts if there are many. */
    final double sumOfParts(PartSum sum) {
        Arrays.fill(sums, 0);
        inParts(size, 1, (part, from, to) -> sums[part] = sum.of(from, to));
        double total = 0;
        for (double value : sums) {
            total += value;
        }
        return total;
    }
}
