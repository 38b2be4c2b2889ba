package io.chagres.runtime.autograd;

import io.chagres.runtime.op.Op;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;

/** Records operations and walks back along what was recorded. */
public final class Autograd {
    private static final AtomicLong SEQUENCE = new AtomicLong();
    private static final AtomicLong RUN = new AtomicLong();
    private static final ThreadLocal<Engine> ENGINE = ThreadLocal.withInitial(Engine::new);

    private Autograd() {
    }

    /** Whether operations on this thread are being recorded. */
    public static boolean isRecording() {
        return ENGINE.get().pauses == 0;
    }

    /** Records nothing on this thread until closed, as {@code torch.no_grad()}; may be nested. */
    public static NoGrad noGrad() {
        return new NoGrad(ENGINE.get());
    }

    /** A stretch of code that is not recorded. */
    public static final class NoGrad implements AutoCloseable {
        private final Engine engine;
        private boolean closed;

        private NoGrad(Engine engine) {
            this.engine = engine;
            engine.pauses++;
        }

        /** Ends it; a second call does nothing. Must be called on the thread that began it. */
        @Override
        public void close() {
            if (closed) {
                return;
            }
            if (ENGINE.get() != engine) {
                throw new IllegalStateException("noGrad: must be closed on the thread that opened it");
            }
            closed = true;
            engine.pauses--;
        }
    }

    /** For operations: records a result of one operand, if recording and if the operand requires a gradient. */
    public static Tensor record(Op op, Tensor output, Tensor a) {
        if (a.requiresGrad() && isRecording()) {
            output.recordedBy(new Node(SEQUENCE.incrementAndGet(), op, output, a));
        }
        return output;
    }

    /** For operations: records a result of two operands. */
    public static Tensor record(Op op, Tensor output, Tensor a, Tensor b) {
        if ((a.requiresGrad() || b.requiresGrad()) && isRecording()) {
            output.recordedBy(new Node(SEQUENCE.incrementAndGet(), op, output, a, b));
        }
        return output;
    }

    /** For operations: records a result of three operands. */
    public static Tensor record(Op op, Tensor output, Tensor a, Tensor b, Tensor c) {
        if ((a.requiresGrad() || b.requiresGrad() || c.requiresGrad()) && isRecording()) {
            output.recordedBy(new Node(SEQUENCE.incrementAndGet(), op, output, a, b, c));
        }
        return output;
    }

    /** See {@link Tensor#backward()}. */
    public static void backward(Tensor root, Tensor gradient) {
        if (!root.requiresGrad()) {
            throw new IllegalStateException("backward: " + root.shape() + " of " + root.storage().origin()
                    + " depends on nothing that requires a gradient; was it computed under noGrad, or from detached tensors?");
        }
        if (gradient == null && root.numel() != 1) {
            throw new IllegalArgumentException("backward: " + root.shape()
                    + " is not a single number; reduce it with sum() or mean(), or pass the gradient to start from");
        }
        if (gradient != null && !(gradient.shape().equals(root.shape()) && gradient.dtype() == root.dtype())) {
            throw new IllegalArgumentException("backward: gradient " + gradient.dtype() + " " + gradient.shape()
                    + " for a tensor " + root.dtype() + " " + root.shape() + "; shapes and types must be equal");
        }
        var engine = ENGINE.get();
        engine.pauses++;
        try {
            var seed = gradient != null ? gradient : Tensor.empty(root.dtype(), root.shape(), "backward").fill(1);
            engine.run(root, seed);
        } finally {
            engine.pauses--;
        }
    }

    /** What a thread needs to walk back; used again each time, so that a steady step allocates nothing here. */
    private static final class Engine {
        private static final Comparator<Node> LATEST_FIRST = (a, b) -> Long.compare(b.sequence, a.sequence);

        private final Gradients gradients = new Gradients();
        private Node[] nodes = new Node[64];
        private int count;
        private int pauses;

        void run(Tensor root, Tensor seed) {
            if (root.isLeaf()) {
                Gradients.give(root, seed);
                return;
            }
            try {
                collect(root.node());
                // An operation is recorded after those that it depends on, so this order has all users of a result before it.
                Arrays.sort(nodes, 0, count, LATEST_FIRST);
                Gradients.give(root, seed);
                for (int i = 0; i < count; i++) {
                    var node = nodes[i];
                    if (node.gradient != null) {
                        node.checkUsable();
                        gradients.walk(node);
                        node.use();
                    }
                }
            } finally {
                for (int i = 0; i < count; i++) {
                    nodes[i].gradient = null;
                    nodes[i] = null;
                }
                count = 0;
            }
        }

        /** Finds all nodes that the root depends on, without recursion. The array doubles as the queue of those to expand. */
        private void collect(Node root) {
            long run = RUN.incrementAndGet();
            add(root, run);
            for (int next = 0; next < count; next++) {
                var node = nodes[next];
                node.checkUsable();
                for (int i = 0; i < node.inputCount(); i++) {
                    var input = node.input(i).node();
                    if (input != null && input.seenBy != run) {
                        add(input, run);
                    }
                }
            }
        }

        private void add(Node node, long run) {
            node.seenBy = run;
            if (count == nodes.length) {
                nodes = Arrays.copyOf(nodes, 2 * count);
            }
            nodes[count++] = node;
        }
    }
}
