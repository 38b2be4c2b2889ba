package io.chagres.runtime.autograd;

import io.chagres.runtime.ffi.KernelLog;
import io.chagres.runtime.op.Op;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * What a thread computes while this is open, operation by operation: time, shapes, bytes, arithmetic and native kernel.
 *
 * <pre>{@code
 * try (var profile = Profile.start()) {
 *     step();
 *     IO.println(profile);
 * }
 * }</pre>
 *
 * The time of a forward operation runs from the end of the one before it, so it includes what the thread did in between; an
 * operation that is made of others has the rest that they leave. The time of a backward operation is that of its gradients as a
 * whole. Measuring costs well below a microsecond an operation.
 */
public final class Profile implements AutoCloseable {
    private final Engine engine;
    private final List<Entry> entries = new ArrayList<>();
    private long last;
    private long began;
    private boolean closed;

    /** Forward, backward, or what was marked by hand. */
    public enum Phase {
        /** Computing a result. */
        FORWARD,
        /** Computing the gradients of the operands. */
        BACKWARD,
        /** {@link #mark}. */
        MARK
    }

    /**
     * One operation.
     *
     * @param name PyTorch's name
     * @param phase whether it computed a result or gradients
     * @param operands the shapes of its operands
     * @param result the shape of its result
     * @param dtype the type of its result; null for a mark
     * @param nanos the time it took
     * @param bytes the size of operands and result together
     * @param flops the floating point operations of products, 0 for other operations
     * @param kernel the native kernel that ran last in it; null if none did
     */
    public record Entry(String name, Phase phase, List<Shape> operands, Shape result, DType dtype, long nanos,
            long bytes, double flops, String kernel) {
        /** Floating point operations a nanosecond. */
        public double gflops() {
            return flops / Math.max(1, nanos);
        }

        /** Bytes of operands and result a nanosecond. */
        public double gigabytesPerSecond() {
            return (double) bytes / Math.max(1, nanos);
        }
    }

    /** Entries that are alike, as one. */
    private record Row(Entry sample, int count, long nanos) {
        Row plus(Entry entry) {
            return new Row(sample, count + 1, nanos + entry.nanos);
        }
    }

    private Profile(Engine engine) {
        this.engine = engine;
        last = System.nanoTime();
    }

    /**
     * Measures the operations of this thread until it is closed.
     *
     * @throws IllegalStateException if a profile is open on this thread
     */
    public static Profile start() {
        var engine = Engine.mine();
        if (engine.watch != null && engine.watch.profile != null) {
            throw new IllegalStateException("profile: one is open on this thread already; close it first");
        }
        KernelLog.start();
        KernelLog.take();
        var profile = new Profile(engine);
        engine.watch().profile = profile;
        return profile;
    }

    /** Ends the measurement; entries stay. A second call does nothing. Must be called on the thread that began it. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (Engine.mine() != engine) {
            throw new IllegalStateException("profile: must be closed on the thread that opened it");
        }
        closed = true;
        KernelLog.stop();
        engine.watch.profile = null;
        engine.stopIdleWatch();
    }

    /** Gives the time since the last operation a name, such as that of an optimizer's step. */
    public void mark(String name) {
        add(name, Phase.MARK, List.of(), Shape.of(), null, since(last), 0, 0);
    }

    /** What was measured so far, in order. */
    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** All of the time that was measured, in nanoseconds. */
    public long nanos() {
        return entries.stream().mapToLong(Entry::nanos).sum();
    }

    void computed(Op op, Tensor output, Tensor... inputs) {
        add(op.name(), Phase.FORWARD, shapes(inputs), output.shape(), output.dtype(), since(last),
                bytes(output, inputs), op.flops(output, inputs));
    }

    void beforeBackward() {
        KernelLog.take();
        began = System.nanoTime();
    }

    void afterBackward(Node node) {
        var inputs = node.operands();
        int wanted = 0;
        for (int i = 0; i < inputs.length; i++) {
            wanted += node.wanted(i) ? 1 : 0;
        }
        add(node.name(), Phase.BACKWARD, shapes(inputs), node.output().shape(), node.output().dtype(), since(began),
                bytes(node.output(), inputs), wanted * node.op.flops(node.output(), inputs));
    }

    private static long since(long start) {
        return System.nanoTime() - start;
    }

    private void add(String name, Phase phase, List<Shape> operands, Shape result, DType dtype, long nanos, long bytes,
            double flops) {
        entries.add(new Entry(name, phase, operands, result, dtype, nanos, bytes, flops, KernelLog.take()));
        last = System.nanoTime();
    }

    private static List<Shape> shapes(Tensor[] tensors) {
        return Arrays.stream(tensors).map(Tensor::shape).toList();
    }

    private static long bytes(Tensor output, Tensor[] inputs) {
        long bytes = output.shape().bytes(output.dtype());
        for (var input : inputs) {
            bytes += input.shape().bytes(input.dtype());
        }
        return bytes;
    }

    /** A table of operations, those of one name, phase and shapes as one row; what took longest first. */
    @Override
    public String toString() {
        var rows = new LinkedHashMap<Object, Row>();
        for (var entry : entries) {
            var key = List.of(entry.name, entry.phase, entry.operands, entry.result, String.valueOf(entry.dtype));
            rows.merge(key, new Row(entry, 1, entry.nanos), (row, _) -> row.plus(entry));
        }
        long all = Math.max(1, nanos());
        var text = new StringBuilder(String.format(Locale.ROOT, "%-22s %-8s %6s %12s %6s %9s %9s  %s%n", "operation",
                "phase", "calls", "us", "%", "GFLOP/s", "GB/s", "shapes, kernel"));
        rows.values().stream().sorted(Comparator.comparingLong(Row::nanos).reversed())
                .forEach(row -> text.append(line(row, all)));
        return text.toString();
    }

    private static String line(Row row, long all) {
        var entry = row.sample;
        return String.format(Locale.ROOT, "%-22s %-8s %6d %12.1f %6.1f %9s %9s  %s%n", entry.name,
                entry.phase.name().toLowerCase(Locale.ROOT), row.count, row.nanos / 1e3, 100.0 * row.nanos / all,
                rate(row, Entry::flops), rate(row, e -> (double) e.bytes),
                entry.phase == Phase.MARK
                        ? ""
                        : entry.operands + " -> " + entry.result + (entry.kernel == null ? "" : ", " + entry.kernel));
    }

    private static String rate(Row row, Function<Entry, Double> amount) {
        double value = amount.apply(row.sample) * row.count / Math.max(1, row.nanos);
        return value == 0 ? "-" : String.format(Locale.ROOT, "%.1f", value);
    }
}
