package io.chagres.bench.kernel;

import static io.chagres.bench.kernel.Lanes.COUNT;
import static io.chagres.bench.kernel.Lanes.below;
import static io.chagres.bench.kernel.Lanes.load;
import static io.chagres.bench.kernel.Lanes.store;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;

/** The cheapest function there is, max(x, 0): what do a call, a new tensor, and memory cost? */
public class ReluBench extends ElementwiseBenchmark {
    @Benchmark
    public float[] naive() {
        for (int i = 0; i < size; i++) {
            y[i] = x[i] > 0 ? x[i] : 0;
        }
        return y;
    }

    @Benchmark
    public float[] arrays() {
        inParts(size, 1, (_, from, to) -> relu(x, y, from, to));
        return y;
    }

    private static void relu(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            y[i] = Math.max(x[i], 0);
        }
    }

    @Benchmark
    public MemorySegment segments() {
        inParts(size, 1, (_, from, to) -> relu(xOffHeap, yOffHeap, from, to));
        return yOffHeap;
    }

    private static void relu(MemorySegment x, MemorySegment y, int from, int to) {
        float[] piece = Scratch.mine().a;
        for (int i = from; i < to; i += Scratch.PIECE) {
            int count = Scratch.length(to - i);
            Scratch.load(x, i, piece, count);
            relu(piece, piece, 0, count);
            Scratch.store(piece, y, i, count);
        }
    }

    @Benchmark
    public MemorySegment vector() {
        inParts(size, 1, (_, from, to) -> reluVectors(xOffHeap, yOffHeap, from, to));
        return yOffHeap;
    }

    private static void reluVectors(MemorySegment x, MemorySegment y, int from, int to) {
        long i = from;
        for (; i <= to - COUNT; i += COUNT) {
            store(load(x, i).max(0), y, i);
        }
        if (i < to) {
            var mask = below(to, i);
            store(load(x, i, mask).max(0), y, i, mask);
        }
    }

    @Benchmark
    public Tensor chagres() {
        try (var _ = Scope.open()) {
            return seen(xTensor.relu());
        }
    }

    @Override
    double[] expected() {
        var expected = new double[size];
        for (int i = 0; i < size; i++) {
            expected[i] = Math.max(x[i], 0);
        }
        return expected;
    }

    /** Nothing is rounded. */
    @Override
    Tolerance tolerance() {
        return new Tolerance(0, 0);
    }
}
