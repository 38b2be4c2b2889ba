package io.chagres.bench.kernel;

import static io.chagres.bench.kernel.Lanes.COUNT;
import static io.chagres.bench.kernel.Lanes.FLOATS;
import static io.chagres.bench.kernel.Lanes.below;
import static io.chagres.bench.kernel.Lanes.load;
import static io.chagres.bench.kernel.Lanes.store;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.openjdk.jmh.annotations.Benchmark;

/** e^x over its sum, for each row; the row's greatest element is subtracted first. */
public class SoftmaxBench extends RowsBenchmark {
    @Benchmark
    public float[] naive() {
        for (int row = 0; row < rows; row++) {
            int start = row * columns;
            float max = Float.NEGATIVE_INFINITY;
            for (int i = start; i < start + columns; i++) {
                max = Math.max(max, x[i]);
            }
            double sum = 0;
            for (int i = start; i < start + columns; i++) {
                y[i] = (float) Math.exp(x[i] - max);
                sum += y[i];
            }
            for (int i = start; i < start + columns; i++) {
                y[i] /= (float) sum;
            }
        }
        return y;
    }

    @Benchmark
    public float[] arrays() {
        inParts(rows, columns, (_, from, to) -> {
            var s = Scratch.ofRows(columns);
            for (int row = from; row < to; row++) {
                System.arraycopy(x, row * columns, s.a, 0, columns);
                softmax(s, columns);
                System.arraycopy(s.a, 0, y, row * columns, columns);
            }
        });
        return y;
    }

    @Benchmark
    public MemorySegment segments() {
        inParts(rows, columns, (_, from, to) -> {
            var s = Scratch.ofRows(columns);
            for (int row = from; row < to; row++) {
                Scratch.load(xOffHeap, row * columns, s.a, columns);
                softmax(s, columns);
                Scratch.store(s.a, yOffHeap, row * columns, columns);
            }
        });
        return yOffHeap;
    }

    /** Of the row in a. */
    private static void softmax(Scratch s, int n) {
        subtract(s.a, Reductions.max(s.a, n), n);
        Exponential.apply(s.a, n, s);
        scale(s.a, (float) (1 / Reductions.sum(s.a, 0, n)), n);
    }

    private static void subtract(float[] t, float value, int n) {
        for (int i = 0; i < n; i++) {
            t[i] -= value;
        }
    }

    private static void scale(float[] t, float value, int n) {
        for (int i = 0; i < n; i++) {
            t[i] *= value;
        }
    }

    @Benchmark
    public MemorySegment vector() {
        inParts(rows, columns, (_, from, to) -> {
            for (int row = from; row < to; row++) {
                int start = row * columns;
                float max = Lanes.max(xOffHeap, start, columns);
                float sum = exponentials(xOffHeap, yOffHeap, start, start + columns, max);
                scaleVectors(yOffHeap, start, start + columns, 1 / sum);
            }
        });
        return yOffHeap;
    }

    /** y = e^(x - max), and the sum of it. */
    private static float exponentials(MemorySegment x, MemorySegment y, int from, int to, float max) {
        FloatVector sums = FloatVector.zero(FLOATS);
        long i = from;
        for (; i <= to - COUNT; i += COUNT) {
            FloatVector e = load(x, i).sub(max).lanewise(VectorOperators.EXP);
            store(e, y, i);
            sums = sums.add(e);
        }
        if (i < to) {
            var mask = below(to, i);
            FloatVector e = load(x, i, mask).sub(max).lanewise(VectorOperators.EXP);
            store(e, y, i, mask);
            sums = sums.add(e, mask);
        }
        return sums.reduceLanes(VectorOperators.ADD);
    }

    private static void scaleVectors(MemorySegment y, int from, int to, float value) {
        long i = from;
        for (; i <= to - COUNT; i += COUNT) {
            store(load(y, i).mul(value), y, i);
        }
        if (i < to) {
            var mask = below(to, i);
            store(load(y, i, mask).mul(value), y, i, mask);
        }
    }

    @Benchmark
    public Tensor chagres() {
        try (var _ = Scope.open()) {
            return seen(xTensor.softmax(1));
        }
    }

    @Override
    double[] expected() {
        var expected = new double[x.length];
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                expected[i] = Math.exp(x[i]);
                sum += expected[i];
            }
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                expected[i] /= sum;
            }
        }
        return expected;
    }

    /**
     * Exponents, between -8 and 0, are off by a rounding of 8, half of 2^-20; a sum of some thousand positive numbers in a
     * float32 lane by less than a thousand times 2^-24, and hardly ever by more than a tenth of that.
     */
    @Override
    Tolerance tolerance() {
        return new Tolerance(1e-5, 0);
    }
}
