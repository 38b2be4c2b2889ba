package io.chagres.runtime.autograd;

import io.chagres.runtime.op.Op;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A stretch of code in which the first operation that makes a NaN or an infinity fails, forward or backward, with its name and
 * the place where it was called; as {@code torch.autograd.set_detect_anomaly}. Every result is read once more, so this is for
 * looking, not for training on. It concerns the thread that opened it.
 *
 * <pre>{@code
 * try (var _ = Anomaly.detect()) {
 *     criterion.forward(net.forward(x), y).backward();
 * }
 * }</pre>
 */
public final class Anomaly implements AutoCloseable {
    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private final Engine engine;
    private final Anomaly outer;
    private boolean closed;

    private Anomaly(Engine engine) {
        this.engine = engine;
        this.outer = engine.watch == null ? null : engine.watch.anomaly;
    }

    /** Looks at every operation of this thread until it is closed; may be nested. */
    public static Anomaly detect() {
        var engine = Engine.mine();
        var anomaly = new Anomaly(engine);
        engine.watch().anomaly = anomaly;
        return anomaly;
    }

    /** Ends it; a second call does nothing. Must be called on the thread that began it. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (Engine.mine() != engine) {
            throw new IllegalStateException("anomaly: must be closed on the thread that opened it");
        }
        closed = true;
        engine.watch.anomaly = outer;
        engine.stopIdleWatch();
    }

    void place(Node node) {
        node.place = place();
    }

    void computed(Op op, Tensor output, Tensor... inputs) {
        var found = firstNotFinite(output);
        if (found == null) {
            return;
        }
        for (int i = 0; i < inputs.length; i++) {
            var before = firstNotFinite(inputs[i]);
            if (before != null) {
                throw new NonFiniteException(op.name() + ": operand " + i + " " + inputs[i].shape() + " of "
                        + inputs[i].storage().origin() + " has " + before + ", which came from outside; called at "
                        + place());
            }
        }
        throw new NonFiniteException(op.name() + ": the result " + output.shape() + " has " + found
                + ", though all operands are finite; called at " + place());
    }

    void afterBackward(Node node, Gradients flow) {
        for (int i = 0; i < node.inputCount(); i++) {
            if (flow.wanted(node, i)) {
                var gradient = flow.gradientSoFar(node, i);
                var found = gradient == null ? null : firstNotFinite(gradient);
                if (found != null) {
                    throw new NonFiniteException("backward: " + node.name() + " gave a gradient " + gradient.shape()
                            + " of operand " + i + " that has " + found + "; " + node.name() + " was called at "
                            + (node.place == null ? "a place outside this stretch of code" : node.place));
                }
            }
        }
    }

    /** The first frame that is not ours. */
    private static String place() {
        var ours = Anomaly.class.getProtectionDomain().getCodeSource();
        return STACK.walk(frames -> frames
                .filter(frame -> !frame.getClassName().startsWith("java.")
                        && frame.getDeclaringClass().getProtectionDomain().getCodeSource() != ours)
                .findFirst().map(StackWalker.StackFrame::toStackTraceElement).map(Object::toString)
                .orElse("an unknown place"));
    }

    /** Such as {@code NaN at [1, 2]}; null if all elements are finite. */
    private static String firstNotFinite(Tensor tensor) {
        if (!tensor.dtype().isFloatingPoint() || tensor.numel() == 0 || !tensor.isOpen()) {
            return null;
        }
        try (var _ = Autograd.noGrad()) {
            var x = tensor.detach().contiguous();
            var wide = x.dtype() == DType.FLOAT32 || x.dtype() == DType.FLOAT64 ? x : x.to(DType.FLOAT32);
            var segment = wide.segment();
            boolean single = wide.dtype() == DType.FLOAT32;
            for (long i = 0; i < wide.numel(); i++) {
                double value = single
                        ? segment.getAtIndex(ValueLayout.JAVA_FLOAT, i)
                        : segment.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
                if (!Double.isFinite(value)) {
                    return value + " at " + Arrays.toString(index(tensor, i));
                }
            }
            return null;
        }
    }

    private static long[] index(Tensor tensor, long position) {
        var index = tensor.shape().toArray();
        long rest = position;
        for (int d = index.length - 1; d >= 0; d--) {
            long size = index[d];
            index[d] = rest % size;
            rest /= size;
        }
        return index;
    }
}
