package io.chagres.bench.kernel;

import static io.chagres.bench.kernel.Lanes.COUNT;
import static io.chagres.bench.kernel.Lanes.FLOATS;
import static io.chagres.bench.kernel.Lanes.below;
import static io.chagres.bench.kernel.Lanes.load;
import static io.chagres.bench.kernel.Lanes.store;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import org.openjdk.jmh.annotations.Benchmark;

/** Rows brought to mean 0 and variance 1, then scaled and shifted column by column (Ba, Kiros and Hinton, 2016). */
public class LayerNormBench extends RowsBenchmark {
    private static final float EPSILON = 1e-5f;

    private float[] weight;
    private float[] bias;
    private MemorySegment weightOffHeap;
    private MemorySegment biasOffHeap;
    private long[] normalizedShape;
    private Tensor weightTensor;
    private Tensor biasTensor;

    @Override
    void prepareMore(Generator generator) {
        weight = random(columns, generator);
        bias = random(columns, generator);
        weightOffHeap = offHeap(weight);
        biasOffHeap = offHeap(bias);
        normalizedShape = new long[]{columns};
        weightTensor = tensor(weight, columns);
        biasTensor = tensor(bias, columns);
    }

    @Benchmark
    public float[] naive() {
        for (int row = 0; row < rows; row++) {
            int start = row * columns;
            double sum = 0;
            for (int j = 0; j < columns; j++) {
                sum += x[start + j];
            }
            double mean = sum / columns;
            double squares = 0;
            for (int j = 0; j < columns; j++) {
                squares += (x[start + j] - mean) * (x[start + j] - mean);
            }
            double deviation = Math.sqrt(squares / columns + EPSILON);
            for (int j = 0; j < columns; j++) {
                y[start + j] = (float) ((x[start + j] - mean) / deviation) * weight[j] + bias[j];
            }
        }
        return y;
    }

    private static float reciprocalDeviation(double squares, int n) {
        return (float) (1 / Math.sqrt(squares / n + EPSILON));
    }

    @Benchmark
    public float[] arrays() {
        inParts(rows, columns, (_, from, to) -> {
            float[] t = Scratch.ofRows(columns).a;
            for (int row = from; row < to; row++) {
                System.arraycopy(x, row * columns, t, 0, columns);
                normalize(t, weight, bias, columns);
                System.arraycopy(t, 0, y, row * columns, columns);
            }
        });
        return y;
    }

    /** Weight and bias are copied once; they are read for every row. */
    @Benchmark
    public MemorySegment segments() {
        inParts(rows, columns, (_, from, to) -> {
            var s = Scratch.ofRows(columns);
            Scratch.load(weightOffHeap, 0, s.b, columns);
            Scratch.load(biasOffHeap, 0, s.c, columns);
            for (int row = from; row < to; row++) {
                Scratch.load(xOffHeap, row * columns, s.a, columns);
                normalize(s.a, s.b, s.c, columns);
                Scratch.store(s.a, yOffHeap, row * columns, columns);
            }
        });
        return yOffHeap;
    }

    private static void normalize(float[] t, float[] weight, float[] bias, int n) {
        float mean = (float) (Reductions.sum(t, 0, n) / n);
        float scale = reciprocalDeviation(Reductions.squares(t, 0, n, mean), n);
        for (int j = 0; j < n; j++) {
            t[j] = Math.fma((t[j] - mean) * scale, weight[j], bias[j]);
        }
    }

    @Benchmark
    public MemorySegment vector() {
        inParts(rows, columns, (_, from, to) -> {
            for (int row = from; row < to; row++) {
                int start = row * columns;
                float mean = (float) (Lanes.sum(xOffHeap, start, columns) / columns);
                float scale = reciprocalDeviation(Lanes.squares(xOffHeap, start, columns, mean), columns);
                normalizeVectors(xOffHeap, yOffHeap, start, columns, mean, scale, weightOffHeap, biasOffHeap);
            }
        });
        return yOffHeap;
    }

    private static void normalizeVectors(MemorySegment x, MemorySegment y, int start, int n, float mean, float scale,
            MemorySegment weight, MemorySegment bias) {
        FloatVector scales = FloatVector.broadcast(FLOATS, scale);
        long j = 0;
        for (; j <= n - COUNT; j += COUNT) {
            FloatVector normal = load(x, start + j).sub(mean).mul(scales);
            store(normal.fma(load(weight, j), load(bias, j)), y, start + j);
        }
        if (j < n) {
            var mask = below(n, j);
            FloatVector normal = load(x, start + j, mask).sub(mean).mul(scales);
            store(normal.fma(load(weight, j, mask), load(bias, j, mask)), y, start + j, mask);
        }
    }

    @Benchmark
    public Tensor chagres() {
        try (var _ = Scope.open()) {
            return seen(xTensor.layerNorm(normalizedShape, weightTensor, biasTensor, EPSILON));
        }
    }

    @Override
    double[] expected() {
        var expected = new double[x.length];
        for (int row = 0; row < rows; row++) {
            double mean = 0;
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                mean += x[i] / (double) columns;
            }
            double variance = 0;
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                variance += (x[i] - mean) * (x[i] - mean) / columns;
            }
            for (int j = 0; j < columns; j++) {
                double normal = (x[row * columns + j] - mean) / Math.sqrt(variance + EPSILON);
                expected[row * columns + j] = normal * weight[j] + bias[j];
            }
        }
        return expected;
    }

    /** Numbers below 4 are divided by a deviation of about 2, weighted and shifted by at most 1: a few roundings of 4. */
    @Override
    Tolerance tolerance() {
        return new Tolerance(1e-5, 4e-6);
    }
}
