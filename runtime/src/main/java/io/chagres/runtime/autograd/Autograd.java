package io.chagres.runtime.autograd;

import io.chagres.runtime.op.Op;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Records operations and walks back along what was recorded. What is switched here, recording and inference mode, concerns the
 * thread that does so; a graph may be walked back on another thread than the one that recorded it, by one thread at a time.
 */
public final class Autograd {
    /** How many threads have a {@link Watch}; others need not ask. */
    private static volatile int watched;

    private Autograd() {
    }

    // ---- Whether operations are recorded

    /** Whether operations on this thread are being recorded. */
    public static boolean isRecording() {
        return Engine.mine().pauses == 0;
    }

    /** Records nothing on this thread until closed, as {@code torch.no_grad()}; may be nested. */
    public static NoGrad noGrad() {
        return new NoGrad(Engine.mine(), false);
    }

    /**
     * {@link #noGrad()} whose results say so: using one of them later where a gradient is recorded is an error, as under
     * {@code torch.inference_mode()}. So a result computed for serving cannot slip into training as a constant.
     */
    public static NoGrad inferenceMode() {
        return new NoGrad(Engine.mine(), true);
    }

    /** A stretch of code that is not recorded. */
    public static final class NoGrad implements AutoCloseable {
        private final Engine engine;
        private final boolean inference;
        private boolean closed;

        private NoGrad(Engine engine, boolean inference) {
            this.engine = engine;
            this.inference = inference;
            engine.pauses++;
            engine.inferences += inference ? 1 : 0;
        }

        /** Ends it; a second call does nothing. Must be called on the thread that began it. */
        @Override
        public void close() {
            if (closed) {
                return;
            }
            if (Engine.mine() != engine) {
                throw new IllegalStateException("noGrad: must be closed on the thread that opened it");
            }
            closed = true;
            engine.pauses--;
            engine.inferences -= inference ? 1 : 0;
        }
    }

    // ---- Recording

    /** For operations: records a result of one operand, if recording and if the operand requires a gradient. */
    public static Tensor record(Op op, Tensor output, Tensor a) {
        if (a.requiresGrad()) {
            if (enter(output)) {
                output.recordedBy(new Node(op, output, a));
            }
        }
        return watched == 0 ? output : seen(op, output, a);
    }

    /** For operations: records a result of two operands. */
    public static Tensor record(Op op, Tensor output, Tensor a, Tensor b) {
        if (a.requiresGrad() || b.requiresGrad()) {
            if (enter(output)) {
                refuseInference(op, a, b);
                output.recordedBy(new Node(op, output, a, b));
            }
        }
        return watched == 0 ? output : seen(op, output, a, b);
    }

    /** For operations: records a result of three operands. */
    public static Tensor record(Op op, Tensor output, Tensor a, Tensor b, Tensor c) {
        if (a.requiresGrad() || b.requiresGrad() || c.requiresGrad()) {
            if (enter(output)) {
                refuseInference(op, a, b, c);
                output.recordedBy(new Node(op, output, a, b, c));
            }
        }
        return watched == 0 ? output : seen(op, output, a, b, c);
    }

    /** For operations: records a result of any number of operands. */
    public static Tensor record(Op op, Tensor output, Tensor... inputs) {
        boolean wanted = false;
        for (var input : inputs) {
            wanted |= input.requiresGrad();
        }
        if (wanted && enter(output)) {
            refuseInference(op, inputs);
            output.recordedBy(new Node(op, output, inputs.clone()));
        }
        return watched == 0 ? output : seen(op, output, inputs);
    }

    /** For operations: records a result even if no operand requires a gradient, since what it depends on is not all there. */
    static Tensor recordAlways(Op op, Tensor output, Tensor... inputs) {
        if (enter(output)) {
            refuseInference(op, inputs);
            output.recordedBy(new Node(op, output, inputs.clone()));
        }
        return watched == 0 ? output : seen(op, output, inputs);
    }

    /**
     * For operations: an entry of the tape that is not, or not yet, its result's history. The result must not be changed by
     * that: it is for results that get a history after the fact, by changes in place.
     */
    public static Node entry(Op op, Tensor output, Tensor... inputs) {
        return new Node(op, output, inputs);
    }

    /** Whether to record; if not, a result of inference mode is marked. */
    private static boolean enter(Tensor output) {
        var engine = Engine.mine();
        if (engine.pauses == 0) {
            return true;
        }
        if (engine.inferences > 0) {
            output.markInference();
        }
        return false;
    }

    private static void refuseInference(Op op, Tensor... inputs) {
        for (var input : inputs) {
            if (input.isInference()) {
                throw new IllegalStateException(op.name() + ": operand " + input.shape() + " of "
                        + input.storage().origin() + " was computed in inference mode and cannot be used where a"
                        + " gradient is recorded; compute it under noGrad() instead, or copy it");
            }
        }
    }

    /** Whether some thread looks at its operations, so that {@link #computed} is worth a call. */
    public static boolean isWatched() {
        return watched != 0;
    }

    /**
     * For operations whose results have no gradient, such as truth values and indices, and for changes in place: shows a result
     * to who watches; nothing is recorded. Returns the result.
     */
    public static Tensor computed(String name, Tensor output, Tensor... inputs) {
        var watch = watched == 0 ? null : Engine.mine().watch;
        if (watch != null) {
            watch.computed(Op.composed(name, Op.NOTHING, _ -> {
            }), null, output, inputs);
        }
        return output;
    }

    private static Tensor seen(Op op, Tensor output, Tensor... inputs) {
        var watch = Engine.mine().watch;
        if (watch != null) {
            watch.computed(op, output.node(), output, inputs);
        }
        return output;
    }

    // ---- Walking back

    /** See {@link Tensor#backward()}. */
    public static void backward(Tensor root, Tensor gradient) {
        backward(root, gradient, false, false);
    }

    /** See {@link Tensor#backward(Tensor, boolean, boolean)}. */
    public static void backward(Tensor root, Tensor gradient, boolean retainGraph, boolean createGraph) {
        backward(new Tensor[]{root}, new Tensor[]{gradient}, retainGraph, createGraph);
    }

    /**
     * {@link Tensor#backward(Tensor, boolean, boolean)} of several results in one walk, as {@code torch.autograd.backward}.
     *
     * @param gradients one for each root; null, as a whole or one of them, stands for 1 where the root is a single number
     */
    public static void backward(List<Tensor> roots, List<Tensor> gradients, boolean retainGraph, boolean createGraph) {
        backward(roots.toArray(Tensor[]::new),
                gradients == null ? new Tensor[roots.size()] : gradients.toArray(Tensor[]::new), retainGraph,
                createGraph);
    }

    private static void backward(Tensor[] roots, Tensor[] gradients, boolean retainGraph, boolean createGraph) {
        check("backward", roots, gradients);
        walk(createGraph, walk -> {
            walk.toLeaves(roots, seeds(roots, gradients), retainGraph || createGraph, createGraph);
            return null;
        });
    }

    /**
     * The gradients of results in certain tensors, leaves or not, as {@code torch.autograd.grad}. What leaves hold is not
     * touched.
     *
     * @param gradients one for each output; null, as a whole or one of them, stands for 1 where the output is a single number
     * @param retainGraph whether the graph can be walked again
     * @param createGraph whether the gradients are recorded, so that they have gradients themselves; the graph is retained
     * @param allowUnused whether an input that the outputs do not depend on gets null; else it is an error
     * @return one gradient for each input
     * @throws IllegalArgumentException if an input requires no gradient or a gradient does not fit its output
     * @throws IllegalStateException if nothing was recorded, if it was used up, or if an input is not used
     */
    public static List<Tensor> grad(List<Tensor> outputs, List<Tensor> inputs, List<Tensor> gradients,
            boolean retainGraph, boolean createGraph, boolean allowUnused) {
        var roots = outputs.toArray(Tensor[]::new);
        var targets = inputs.toArray(Tensor[]::new);
        var given = gradients == null ? new Tensor[roots.length] : gradients.toArray(Tensor[]::new);
        check("grad", roots, given);
        for (int i = 0; i < targets.length; i++) {
            if (!targets[i].requiresGrad()) {
                throw new IllegalArgumentException("grad: input " + i + " " + targets[i].shape()
                        + " requires no gradient; call requiresGrad(true) before the outputs are computed");
            }
        }
        var found = walk(createGraph, walk -> walk.toTensors(roots, seeds(roots, given), targets,
                retainGraph || createGraph, createGraph));
        for (int i = 0; i < found.length && !allowUnused; i++) {
            if (found[i] == null) {
                throw new IllegalStateException("grad: the outputs do not depend on input " + i + " "
                        + targets[i].shape() + "; pass allowUnused to get null for it");
            }
        }
        return Arrays.asList(found);
    }

    /** {@link #grad(List, List, List, boolean, boolean, boolean)} of one number, walked once and not recorded. */
    public static List<Tensor> grad(Tensor output, Tensor... inputs) {
        return grad(List.of(output), List.of(inputs), null, false, false, false);
    }

    private static void check(String operation, Tensor[] roots, Tensor[] gradients) {
        if (roots.length != gradients.length) {
            throw new IllegalArgumentException(
                    operation + ": " + gradients.length + " gradients for " + roots.length + " results");
        }
        for (int i = 0; i < roots.length; i++) {
            check(operation, roots[i], gradients[i]);
        }
    }

    private static void check(String operation, Tensor root, Tensor gradient) {
        if (!root.requiresGrad()) {
            throw new IllegalStateException(
                    operation + ": " + root.shape() + " of " + root.storage().origin()
                            + " depends on nothing that requires a gradient; was it computed under noGrad, or from detached tensors?");
        }
        if (gradient == null && root.numel() != 1) {
            throw new IllegalArgumentException(operation + ": " + root.shape()
                    + " is not a single number; reduce it with sum() or mean(), or pass the gradient to start from");
        }
        if (gradient != null && !(gradient.shape().equals(root.shape()) && gradient.dtype() == root.dtype())) {
            throw new IllegalArgumentException(operation + ": gradient " + gradient.dtype() + " " + gradient.shape()
                    + " for a tensor " + root.dtype() + " " + root.shape() + "; shapes and types must be equal");
        }
    }

    private static Tensor[] seeds(Tensor[] roots, Tensor[] gradients) {
        var seeds = new Tensor[roots.length];
        for (int i = 0; i < roots.length; i++) {
            seeds[i] = gradients[i] != null
                    ? gradients[i]
                    : Tensor.empty(roots[i].dtype(), roots[i].shape(), "backward").fill(1);
        }
        return seeds;
    }

    private interface Walking {
        Tensor[] run(Walk walk);
    }

    private static Tensor[] walk(boolean recorded, Walking walking) {
        var engine = Engine.mine();
        int pauses = engine.pauses;
        engine.pauses = recorded ? 0 : pauses + 1;
        var walk = engine.enter();
        try {
            return walking.run(walk);
        } finally {
            engine.leave();
            engine.pauses = pauses;
        }
    }

    /** Counts the threads that watch. */
    static synchronized void watchedThreads(int more) {
        watched += more;
    }
}
