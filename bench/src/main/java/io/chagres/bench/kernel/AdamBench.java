package io.chagres.bench.kernel;

import static io.chagres.bench.kernel.Lanes.COUNT;
import static io.chagres.bench.kernel.Lanes.below;
import static io.chagres.bench.kernel.Lanes.load;
import static io.chagres.bench.kernel.Lanes.store;

import io.chagres.nn.optim.Adam;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A step of Adam (Kingma and Ba, 2015) without weight decay. An element is 28 bytes of traffic: p, g, m and v are read, p, m and v
 * written. 109386 are the elements of the reference network.
 */
public class AdamBench extends KernelBenchmark {
    private static final double RATE = 0.001;
    private static final float BETA1 = 0.9f;
    private static final float BETA2 = 0.999f;
    private static final float EPSILON = 1e-8f;
    private static final int CHECKED_STEPS = 3;

    @Param({"8", "64", "512", "4096", "32768", "109386", "262144", "2097152", "8388608"})
    public int size;

    private float[] initial;
    private float[] p;
    private float[] g;
    private float[] m;
    private float[] v;
    private MemorySegment pOffHeap;
    private MemorySegment gOffHeap;
    private MemorySegment mOffHeap;
    private MemorySegment vOffHeap;
    private Tensor parameter;
    private Adam optimizer;
    private int steps;

    /** The numbers of one step: p ← p - rate m / (√v rootScale + ε). */
    private record Step(float rate, float rootScale) {
        static Step number(int t) {
            return new Step((float) (RATE / (1 - Math.pow(0.9, t))), (float) (1 / Math.sqrt(1 - Math.pow(0.999, t))));
        }
    }

    @Override
    void prepare(Generator generator) {
        initial = random(size, generator);
        g = random(size, generator);
        p = initial.clone();
        m = new float[size];
        v = new float[size];
        pOffHeap = offHeap(p);
        gOffHeap = offHeap(g);
        mOffHeap = offHeap(m);
        vOffHeap = offHeap(v);
        parameter = tensor(p, size).requiresGrad(true);
        parameter.backward(tensor(g, size));
        optimizer = new Adam(List.of(parameter), RATE);
    }

    @Override
    void reset() {
        steps = 0;
        System.arraycopy(initial, 0, p, 0, size);
        Arrays.fill(m, 0);
        Arrays.fill(v, 0);
        MemorySegment.copy(initial, 0, pOffHeap, ValueLayout.JAVA_FLOAT, 0, size);
        mOffHeap.fill((byte) 0);
        vOffHeap.fill((byte) 0);
        try (var _ = Autograd.noGrad()) {
            parameter.copyFrom(closed(Tensor.of(initial)));
        }
        optimizer.close();
        optimizer = new Adam(List.of(parameter), RATE);
    }

    @TearDown
    public void close() {
        optimizer.close();
    }

    @Override
    int runs() {
        return CHECKED_STEPS;
    }

    @Benchmark
    public float[] naive() {
        var step = Step.number(++steps);
        update(step, p, g, m, v, 0, size);
        return p;
    }

    @Benchmark
    public float[] arrays() {
        var step = Step.number(++steps);
        inParts(size, 4, (_, from, to) -> update(step, p, g, m, v, from, to));
        return p;
    }

    private static void update(Step step, float[] p, float[] g, float[] m, float[] v, int from, int to) {
        float rate = step.rate;
        float rootScale = step.rootScale;
        for (int i = from; i < to; i++) {
            float gradient = g[i];
            float first = BETA1 * m[i] + (1 - BETA1) * gradient;
            float second = BETA2 * v[i] + (1 - BETA2) * gradient * gradient;
            m[i] = first;
            v[i] = second;
            p[i] -= rate * first / ((float) Math.sqrt(second) * rootScale + EPSILON);
        }
    }

    @Benchmark
    public MemorySegment segments() {
        var step = Step.number(++steps);
        inParts(size, 4, (_, from, to) -> {
            var s = Scratch.mine();
            for (int i = from; i < to; i += Scratch.PIECE) {
                int count = Scratch.length(to - i);
                Scratch.load(pOffHeap, i, s.a, count);
                Scratch.load(gOffHeap, i, s.b, count);
                Scratch.load(mOffHeap, i, s.c, count);
                Scratch.load(vOffHeap, i, s.d, count);
                update(step, s.a, s.b, s.c, s.d, 0, count);
                Scratch.store(s.a, pOffHeap, i, count);
                Scratch.store(s.c, mOffHeap, i, count);
                Scratch.store(s.d, vOffHeap, i, count);
            }
        });
        return pOffHeap;
    }

    @Benchmark
    public MemorySegment vector() {
        var step = Step.number(++steps);
        inParts(size, 4, (_, from, to) -> updateVectors(step, pOffHeap, gOffHeap, mOffHeap, vOffHeap, from, to));
        return pOffHeap;
    }

    private static void updateVectors(Step step, MemorySegment p, MemorySegment g, MemorySegment m, MemorySegment v,
            int from, int to) {
        float rate = step.rate;
        float rootScale = step.rootScale;
        long i = from;
        for (; i <= to - COUNT; i += COUNT) {
            FloatVector gradient = load(g, i);
            FloatVector first = load(m, i).mul(BETA1).add(gradient.mul(1 - BETA1));
            FloatVector second = load(v, i).mul(BETA2).add(gradient.mul(gradient).mul(1 - BETA2));
            FloatVector change = first.mul(rate).div(second.sqrt().mul(rootScale).add(EPSILON));
            store(load(p, i).sub(change), p, i);
            store(first, m, i);
            store(second, v, i);
        }
        if (i < to) {
            var mask = below(to, i);
            FloatVector gradient = load(g, i, mask);
            FloatVector first = load(m, i, mask).mul(BETA1).add(gradient.mul(1 - BETA1));
            FloatVector second = load(v, i, mask).mul(BETA2).add(gradient.mul(gradient).mul(1 - BETA2));
            FloatVector change = first.mul(rate).div(second.sqrt().mul(rootScale).add(EPSILON));
            store(load(p, i, mask).sub(change), p, i, mask);
            store(first, m, i, mask);
            store(second, v, i, mask);
        }
    }

    /** The optimizer itself decides whether it takes all threads. */
    @Benchmark
    public Tensor chagres() {
        optimizer.step();
        return parameter;
    }

    @Override
    double[] expected() {
        var expected = new double[size];
        for (int i = 0; i < size; i++) {
            double weight = initial[i];
            double first = 0;
            double second = 0;
            for (int t = 1; t <= CHECKED_STEPS; t++) {
                first = 0.9 * first + 0.1 * g[i];
                second = 0.999 * second + 0.001 * g[i] * g[i];
                double root = Math.sqrt(second / (1 - Math.pow(0.999, t)));
                weight -= RATE * first / (1 - Math.pow(0.9, t)) / (root + 1e-8);
            }
            expected[i] = weight;
        }
        return expected;
    }

    /** Each step, of at most 0.001, is rounded to the accuracy of p, which is below 1; what a step loses itself is less. */
    @Override
    Tolerance tolerance() {
        return new Tolerance(0, CHECKED_STEPS * 0x1p-23);
    }
}
