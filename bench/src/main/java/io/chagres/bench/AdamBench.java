package io.chagres.bench;

import io.chagres.nn.optim.Adam;
import io.chagres.runtime.kernel.AdamStep;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * How fast is Adam's pass over its state, with the Vector API's module, without it, and as a plain loop? An element is 28
 * bytes of traffic: p, g, m and v are read, p, m and v written. 109,386 floats are the reference network's.
 */
public class AdamBench extends ScalingBenchmark {
    private static final long GRAIN = 64;

    @Param({"109386", "8000000"})
    public int floats;

    private final AdamStep step = steps(1);
    private State state;
    private Tensor parameter;
    private Adam optimizer;

    /** Parameters, gradients and moments. */
    private record State(long count, MemorySegment p, MemorySegment g, MemorySegment m, MemorySegment v) {
        State(Arena arena, long count) {
            var generator = new Generator(count);
            this(count, Floats.random(arena, count, generator), Floats.random(arena, count, generator),
                    Floats.zeros(arena, count), Floats.zeros(arena, count));
        }
    }

    /** A rule applied to the elements [from, to). */
    private interface Rule {
        void update(AdamStep step, State s, long from, long to);
    }

    /** The numbers of step t with PyTorch's defaults and learning rate 0.001. */
    private static AdamStep steps(int t) {
        var step = new AdamStep();
        step.beta1 = 0.9f;
        step.beta2 = 0.999f;
        step.oneMinusBeta1 = 0.1f;
        step.oneMinusBeta2 = 0.001f;
        step.rate = (float) (0.001 / (1 - Math.pow(0.9, t)));
        step.rootScale = (float) (1 / Math.sqrt(1 - Math.pow(0.999, t)));
        step.epsilon = 1e-8f;
        return step;
    }

    private static void kernel(AdamStep step, State s, long from, long to) {
        long at = Float.BYTES * from;
        Kernels.best().adam(step, s.p, at, s.g, at, s.m, at, s.v, at, to - from);
    }

    private static void naive(AdamStep step, State s, long from, long to) {
        for (long i = from; i < to; i++) {
            float g = Floats.get(s.g, i);
            float m = step.beta1 * Floats.get(s.m, i) + step.oneMinusBeta1 * g;
            float v = step.beta2 * Floats.get(s.v, i) + step.oneMinusBeta2 * g * g;
            float slope = m / ((float) Math.sqrt(v) * step.rootScale + step.epsilon);
            Floats.set(s.p, i, Floats.get(s.p, i) - step.rate * slope);
            Floats.set(s.m, i, m);
            Floats.set(s.v, i, v);
        }
    }

    private static void run(int threads, AdamStep step, State s, Rule rule) {
        Team.parallel(threads, (part, parts) -> rule.update(step, s, Part.start(part, parts, s.count, GRAIN),
                Part.start(part + 1, parts, s.count, GRAIN)));
    }

    @Setup
    public void prepare(BenchmarkParams params) {
        if (params.getForks() > 0) {
            boolean plain = params.getBenchmark().endsWith("WithoutModule");
            if (plain != Kernels.best().name().equals("plain")) {
                throw new IllegalStateException(params.getBenchmark() + " runs with kernels " + Kernels.best().name());
            }
        }
        state = new State(arena, floats);
        parameter = Tensor.owned(Owner.PARAMETERS, DType.FLOAT32, Shape.of(floats), "parameter").requiresGrad(true);
        optimizer = new Adam(List.of(parameter), 0.001);
        parameter.backward(Tensor.of(random(floats)));
    }

    private static float[] random(int count) {
        var generator = new Generator(count);
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = 2 * generator.nextFloat() - 1;
        }
        return values;
    }

    @Benchmark
    public MemorySegment kernels() {
        run(threads, step, state, AdamBench::kernel);
        return state.p;
    }

    @Benchmark
    @Fork(value = 2, jvmArgs = {NATIVE_ACCESS, QUIET})
    public MemorySegment kernelsWithoutModule() {
        run(threads, step, state, AdamBench::kernel);
        return state.p;
    }

    @Benchmark
    public MemorySegment naive() {
        run(threads, step, state, AdamBench::naive);
        return state.p;
    }

    /** The optimizer itself decides whether it takes all threads. */
    @Benchmark
    public Tensor optimizer() {
        optimizer.step();
        return parameter;
    }

    @TearDown
    public void verify() {
        verify("kernels", AdamBench::kernel);
        verify("naive", AdamBench::naive);
        optimizer.close();
        parameter.close();
    }

    /** Three steps of a thousand elements, an odd number, against float64. */
    private void verify(String name, Rule rule) {
        var s = new State(arena, 1003);
        double[] p = new double[1003];
        double[] m = new double[1003];
        double[] v = new double[1003];
        for (int i = 0; i < p.length; i++) {
            p[i] = Floats.get(s.p, i);
        }
        for (int t = 1; t <= 3; t++) {
            run(threads, steps(t), s, rule);
            for (int i = 0; i < p.length; i++) {
                double g = Floats.get(s.g, i);
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                double slope = m[i] / (1 - Math.pow(0.9, t)) / (Math.sqrt(v[i] / (1 - Math.pow(0.999, t))) + 1e-8);
                p[i] -= 0.001 * slope;
                Floats.requireClose(name + " [" + i + "]", Floats.get(s.p, i), p[i], 1e-5);
            }
        }
    }
}
