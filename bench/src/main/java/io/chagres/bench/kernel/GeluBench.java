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
import jdk.incubator.vector.VectorOperators;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * A function that takes arithmetic: GELU's tanh form (Hendrycks and Gimpel, 2016),
 * x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2. As (1 + tanh u) / 2 = 1 / (1 + e^-2u), tuned Java computes x / (1 + e^-2u).
 */
public class GeluBench extends ElementwiseBenchmark {
    private static final double SCALE = Math.sqrt(2 / Math.PI);
    private static final double CUBE = 0.044715;
    /** -2u = x (LINEAR + CUBIC x²). */
    private static final float LINEAR = (float) (-2 * SCALE);
    private static final float CUBIC = (float) (-2 * SCALE * CUBE);

    /** Uniform in [-8, 8), beyond which the function is 0 or x. */
    @Override
    float[] numbers(Generator generator) {
        float[] numbers = random(size, generator);
        for (int i = 0; i < size; i++) {
            numbers[i] *= 8;
        }
        return numbers;
    }

    private static double gelu(double x) {
        return x * (1 + Math.tanh(SCALE * (x + CUBE * x * x * x))) / 2;
    }

    @Benchmark
    public float[] naive() {
        for (int i = 0; i < size; i++) {
            y[i] = (float) gelu(x[i]);
        }
        return y;
    }

    @Benchmark
    public float[] arrays() {
        inParts(size, 1, (_, from, to) -> gelu(x, y, from, to));
        return y;
    }

    private static void gelu(float[] x, float[] y, int from, int to) {
        var s = Scratch.mine();
        for (int i = from; i < to; i += Scratch.PIECE) {
            int count = Scratch.length(to - i);
            System.arraycopy(x, i, s.a, 0, count);
            gelu(s, count);
            System.arraycopy(s.b, 0, y, i, count);
        }
    }

    @Benchmark
    public MemorySegment segments() {
        inParts(size, 1, (_, from, to) -> gelu(xOffHeap, yOffHeap, from, to));
        return yOffHeap;
    }

    private static void gelu(MemorySegment x, MemorySegment y, int from, int to) {
        var s = Scratch.mine();
        for (int i = from; i < to; i += Scratch.PIECE) {
            int count = Scratch.length(to - i);
            Scratch.load(x, i, s.a, count);
            gelu(s, count);
            Scratch.store(s.b, y, i, count);
        }
    }

    /** Of the first n elements of a, in b. */
    private static void gelu(Scratch s, int n) {
        exponents(s.a, s.b, n);
        Exponential.apply(s.b, n, s);
        quotients(s.a, s.b, n);
    }

    private static void exponents(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = x[i] * Math.fma(CUBIC, x[i] * x[i], LINEAR);
        }
    }

    private static void quotients(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = x[i] / (1 + y[i]);
        }
    }

    @Benchmark
    public MemorySegment vector() {
        inParts(size, 1, (_, from, to) -> geluVectors(xOffHeap, yOffHeap, from, to));
        return yOffHeap;
    }

    private static void geluVectors(MemorySegment x, MemorySegment y, int from, int to) {
        FloatVector linear = FloatVector.broadcast(FLOATS, LINEAR);
        FloatVector cubic = FloatVector.broadcast(FLOATS, CUBIC);
        long i = from;
        for (; i <= to - COUNT; i += COUNT) {
            FloatVector v = load(x, i);
            FloatVector exponent = cubic.fma(v.mul(v), linear).mul(v);
            store(v.div(exponent.lanewise(VectorOperators.EXP).add(1)), y, i);
        }
        if (i < to) {
            var mask = below(to, i);
            FloatVector v = load(x, i, mask);
            FloatVector exponent = cubic.fma(v.mul(v), linear).mul(v);
            store(v.div(exponent.lanewise(VectorOperators.EXP).add(1)), y, i, mask);
        }
    }

    @Benchmark
    public Tensor chagres() {
        try (var _ = Scope.open()) {
            return seen(xTensor.geluTanh());
        }
    }

    @Override
    double[] expected() {
        var expected = new double[size];
        for (int i = 0; i < size; i++) {
            expected[i] = gelu(x[i]);
        }
        return expected;
    }

    /**
     * -2u, at most 50, is off by 3 roundings, so that e^-2u and, where it matters, the quotient are off by
     * 50 · 3 · 2^-24 of themselves; what computes 1 + tanh instead is off by a rounding of 1, times x.
     */
    @Override
    Tolerance tolerance() {
        return new Tolerance(1e-5, 1e-6);
    }
}
