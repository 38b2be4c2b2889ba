package io.chagres.bench.kernel;

import io.chagres.bench.Floats;
import io.chagres.bench.TeamBenchmark;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.op.Convert;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * One kernel, computed by several contenders from the same numbers. A contender is a benchmark method that returns its result:
 * an array, a segment, a tensor, or a number. After the measurement it is run once more, over outputs that were set to NaN, and
 * each element is compared with the definition in float64; a difference beyond the {@link #tolerance} fails the run.
 */
@Fork(value = 1, jvmArgs = {TeamBenchmark.NATIVE_ACCESS, TeamBenchmark.VECTOR_MODULE, TeamBenchmark.QUIET})
@Warmup(iterations = 6, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public abstract class KernelBenchmark extends TeamBenchmark {
    /** Elements from which on Java contenders cut their work into parts. */
    private static final long WORTH_A_TEAM = 1 << 15;
    /** Parts begin at multiples of so many elements: cache lines and vectors stay whole. */
    private static final int GRAIN = 64;

    @Param({"1"})
    public int threads;

    private final List<float[]> outputs = new ArrayList<>();
    private final List<MemorySegment> outputsOffHeap = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private boolean checking;
    private float[] seen;

    /** By how much an element may differ from the definition: relative · |definition| + absolute. */
    record Tolerance(double relative, double absolute) {
        double bound(double value) {
            return relative * Math.abs(value) + absolute;
        }
    }

    /** Work on the items [from, to). */
    interface Pass {
        void run(int part, int from, int to);
    }

    @Override
    protected final int threads() {
        return threads;
    }

    /** Makes operands and outputs. */
    abstract void prepare(Generator generator);

    /** The result by definition. */
    abstract double[] expected();

    /** What rounding can make of a right result. */
    abstract Tolerance tolerance();

    /** Before the checked run. */
    void reset() {
        outputs.forEach(array -> Arrays.fill(array, Float.NaN));
        outputsOffHeap.forEach(segment -> segment.fill((byte) 0xFF));
    }

    /** How often the contender runs for the check; more than once for what changes its operands. */
    int runs() {
        return 1;
    }

    @Setup
    public final void prepare() {
        prepare(new Generator(17));
    }

    @TearDown
    public final void check(BenchmarkParams params) throws ReflectiveOperationException {
        try {
            String name = params.getBenchmark();
            reset();
            checking = true;
            var contender = getClass().getMethod(name.substring(name.lastIndexOf('.') + 1));
            Object result = null;
            for (int i = 0; i < runs(); i++) {
                result = contender.invoke(this);
            }
            check(name, elements(result));
        } finally {
            tensors.forEach(Tensor::close);
        }
    }

    private float[] elements(Object result) {
        return switch (result) {
            case float[] array -> array;
            case MemorySegment segment -> segment.toArray(ValueLayout.JAVA_FLOAT);
            case Number number -> new float[]{number.floatValue()};
            case Tensor tensor -> seen == null ? tensor.toFloatArray() : seen;
            default -> throw new IllegalStateException("a contender returned " + result);
        };
    }

    private void check(String name, float[] actual) {
        double[] expected = expected();
        var tolerance = tolerance();
        if (actual.length != expected.length) {
            throw new IllegalStateException(name + ": " + actual.length + " elements instead of " + expected.length);
        }
        for (int i = 0; i < actual.length; i++) {
            Floats.requireClose(name + "[" + i + "]", actual[i], expected[i], tolerance.bound(expected[i]));
        }
    }

    // ---- For subclasses

    /** The sizes in a shape such as {@code 64x784x128}. */
    static int[] sizes(String shape) {
        return Arrays.stream(shape.split("x")).mapToInt(Integer::parseInt).toArray();
    }

    /** Numbers uniform in [-1, 1). */
    static float[] random(int count, Generator generator) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = 2 * generator.nextFloat() - 1;
        }
        return values;
    }

    /** A copy off the heap. */
    final MemorySegment offHeap(float[] values) {
        var segment = Floats.zeros(arena, values.length);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
        return segment;
    }

    /** A copy as a tensor, which is closed after the check. */
    final Tensor tensor(float[] values, long... dims) {
        var tensor = closed(Tensor.owned(Owner.DATA, DType.FLOAT32, Shape.of(dims), "operand"));
        return Convert.fill(tensor, i -> values[(int) i]);
    }

    /** Has a tensor closed after the check. */
    final Tensor closed(Tensor tensor) {
        tensors.add(tensor);
        return tensor;
    }

    /** An array for results. */
    final float[] output(int count) {
        var array = new float[count];
        outputs.add(array);
        return array;
    }

    /** Float32 memory for results. */
    final MemorySegment outputOffHeap(int count) {
        var segment = Floats.zeros(arena, count);
        outputsOffHeap.add(segment);
        return segment;
    }

    /** Ends a contender that computed in a scope: the check reads the result before the scope is closed. */
    final Tensor seen(Tensor result) {
        if (checking) {
            seen = result.toFloatArray();
        }
        return result;
    }

    /** Runs a Java contender's work on n items of so many elements each, in parts if there is much of it. */
    final void inParts(int n, int width, Pass pass) {
        if (threads == 1 || (long) n * width < WORTH_A_TEAM) {
            pass.run(0, 0, n);
            return;
        }
        int grain = Math.max(1, GRAIN / width);
        Team.parallel(threads, (part, parts) -> pass.run(part, (int) Part.start(part, parts, n, grain),
                (int) Part.start(part + 1, parts, n, grain)));
    }
}
