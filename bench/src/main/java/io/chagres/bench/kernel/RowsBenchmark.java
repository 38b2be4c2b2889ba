package io.chagres.bench.kernel;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Param;

/** A kernel over the rows of a matrix, which gives such a matrix. */
public abstract class RowsBenchmark extends KernelBenchmark {
    /** Rows x columns: small ones, classifiers' outputs, scores of attention, activations, words of a language model. */
    @Param({"1x8", "8x8", "64x10", "64x128", "512x512", "64x1000", "2048x768", "128x32768"})
    public String shape;

    int rows;
    int columns;
    float[] x;
    float[] y;
    MemorySegment xOffHeap;
    MemorySegment yOffHeap;
    Tensor xTensor;

    /** Makes what the kernel needs beside x. */
    void prepareMore(Generator generator) {
    }

    /** Numbers uniform in [-4, 4). */
    @Override
    final void prepare(Generator generator) {
        rows = sizes(shape)[0];
        columns = sizes(shape)[1];
        x = random(rows * columns, generator);
        for (int i = 0; i < x.length; i++) {
            x[i] *= 4;
        }
        y = output(x.length);
        xOffHeap = offHeap(x);
        yOffHeap = outputOffHeap(x.length);
        xTensor = tensor(x, rows, columns);
        prepareMore(generator);
    }
}
