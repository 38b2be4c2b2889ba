package io.chagres.runtime.autograd;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Arithmetic;
import io.chagres.runtime.op.Convert;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** One walk back along the tape, from results to the leaves, or to certain tensors only. */
final class Walk {
    private static final AtomicLong NUMBER = new AtomicLong();
    private static final Comparator<Node> LATEST_FIRST = (a, b) -> Long.compare(b.sequence, a.sequence);

    private final Gradients flow = new Gradients();
    private Node[] nodes = new Node[64];
    private int count;

    private boolean retain;
    private boolean create;
    private boolean selective;
    /** Leaves whose gradients are added up here first: those that were asked for, those with hooks, all that are recorded. */
    private Map<Tensor, Slot> leaves = new IdentityHashMap<>(4);
    private Walk outer;

    // ---- Whole walks

    /** Adds the gradients of all leaves to what they hold. */
    void toLeaves(Tensor[] roots, Tensor[] seeds, boolean retainGraph, boolean createGraph) {
        begin(retainGraph, createGraph, false, null);
        try {
            walk(roots, seeds);
            for (var entry : leaves.entrySet()) {
                finishLeaf(entry.getKey(), entry.getValue());
            }
        } finally {
            end();
        }
    }

    /** The gradients of certain tensors; null for those that the roots do not depend on. */
    Tensor[] toTensors(Tensor[] roots, Tensor[] seeds, Tensor[] targets, boolean retainGraph, boolean createGraph) {
        begin(retainGraph, createGraph, true, null);
        var sources = new Node[targets.length];
        try {
            for (int i = 0; i < targets.length; i++) {
                sources[i] = targets[i].node();
                if (sources[i] == null) {
                    leaves.putIfAbsent(targets[i], new Slot());
                } else {
                    sources[i].captured = true;
                }
            }
            walk(roots, seeds);
            var found = new Tensor[targets.length];
            for (int i = 0; i < targets.length; i++) {
                found[i] = sources[i] == null ? hooked(targets[i]) : sources[i].gradient;
            }
            return found;
        } finally {
            for (var source : sources) {
                if (source != null) {
                    source.captured = false;
                    source.clear();
                }
            }
            end();
        }
    }

    private Tensor hooked(Tensor leaf) {
        var gradient = leaves.get(leaf).gradient;
        return gradient == null ? null : leaf.hooked(gradient);
    }

    /** A walk within one, from what an operation has computed anew; see {@link Gradients#continueFrom}. */
    Tensor[] within(Walk around, Tensor root, Tensor seed, Tensor[] boundary) {
        begin(false, false, around.selective, around);
        var before = new IdentityHashMap<Slot, Tensor>();
        leaves.values().forEach(slot -> before.put(slot, slot.gradient));
        try {
            for (var leaf : boundary) {
                if (leaf.requiresGrad()) {
                    leaves.put(leaf, new Slot());
                }
            }
            walk(new Tensor[]{root}, new Tensor[]{seed});
            var found = new Tensor[boundary.length];
            for (int i = 0; i < found.length; i++) {
                var slot = leaves.get(boundary[i]);
                found[i] = slot == null || slot.gradient == null ? null : slot.gradient.clone();
            }
            return found;
        } finally {
            for (var leaf : boundary) {
                leaves.remove(leaf);
            }
            leaves.values().forEach(slot -> moveOut(slot, before.get(slot)));
            end();
        }
    }

    /** What was added up for a leaf while an inner scope is open goes to the scope around it. */
    private static void moveOut(Slot slot, Tensor before) {
        var scope = Scope.current();
        if (slot.gradient != null && slot.gradient != before && scope != null && scope.outer() != null) {
            slot.gradient = slot.gradient.clone().moveTo(scope.outer());
            slot.ownsGradient = true;
        }
    }

    private void begin(boolean retainGraph, boolean createGraph, boolean towardsSome, Walk around) {
        retain = retainGraph;
        create = createGraph;
        selective = towardsSome;
        outer = around;
        if (around != null) {
            leaves = around.leaves;
        }
    }

    private void end() {
        for (int i = 0; i < count; i++) {
            nodes[i].clear();
            nodes[i] = null;
        }
        count = 0;
        if (outer != null) {
            leaves = new IdentityHashMap<>(4);
            outer = null;
        } else if (!leaves.isEmpty()) {
            leaves.clear();
        }
    }

    // ---- The walk

    private void walk(Tensor[] roots, Tensor[] seeds) {
        collect(roots);
        // An operation is recorded after those that it depends on, so this order has all users of a result before it.
        Arrays.sort(nodes, 0, count, LATEST_FIRST);
        if (selective) {
            findNeeded();
        }
        for (int i = 0; i < roots.length; i++) {
            var node = roots[i].node();
            if (node != null) {
                node.give(seeds[i]);
            } else if (!selective || leaves.containsKey(roots[i])) {
                giveLeaf(roots[i], seeds[i]);
            }
        }
        for (int i = 0; i < count; i++) {
            var node = nodes[i];
            if (node.gradient != null) {
                step(node);
            }
        }
    }

    private void step(Node node) {
        node.checkUsable(create);
        node.complete();
        if (node.keeper() != null) {
            keepGradient(node.keeper(), node.gradient);
        }
        if (!selective || node.needed) {
            var watch = Engine.mine().watch;
            if (watch == null) {
                flow.walk(this, node);
            } else {
                watched(watch, node);
            }
        }
        if (!retain) {
            node.use();
        }
        if (!node.captured) {
            node.clear();
        }
    }

    private void watched(Watch watch, Node node) {
        boolean done = false;
        watch.beforeBackward();
        try {
            flow.walk(this, node);
            done = true;
        } finally {
            watch.afterBackward(node, flow, done);
        }
    }

    /** Finds all nodes that the roots depend on, without recursion. The array doubles as the queue of those to expand. */
    private void collect(Tensor[] roots) {
        long number = NUMBER.incrementAndGet();
        for (var root : roots) {
            add(root.node(), number);
        }
        for (int next = 0; next < count; next++) {
            var node = nodes[next];
            node.checkUsable(create);
            for (int i = 0; i < node.inputCount(); i++) {
                add(node.source(i), number);
            }
        }
    }

    private void add(Node node, long number) {
        if (node == null || node.seenBy == number) {
            return;
        }
        node.seenBy = number;
        if (count == nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * count);
        }
        nodes[count++] = node;
    }

    /** Finds which nodes lead to tensors that were asked for, earliest first. */
    private void findNeeded() {
        for (int n = count - 1; n >= 0; n--) {
            var node = nodes[n];
            node.needed = node.op.reachesLeavesUnseen();
            for (int i = 0; i < node.inputCount() && !node.needed; i++) {
                node.needed = wants(node, i);
            }
        }
    }

    // ---- What operations ask

    boolean isRecorded() {
        return create;
    }

    boolean wants(Node node, int index) {
        if (!node.wanted(index)) {
            return false;
        }
        var source = node.source(index);
        if (source != null) {
            return !selective || source.needed || source.captured;
        }
        return selective ? leaves.containsKey(node.input(index)) : node.input(index).requiresGrad();
    }

    /** Where the gradient of an operand is added up; null for a leaf that does so itself. */
    Slot slot(Node node, int index) {
        var source = node.source(index);
        return source != null ? source : slot(node.input(index));
    }

    private Slot slot(Tensor leaf) {
        if (!create && !selective && leaves.isEmpty() && !leaf.hasHooks()) {
            return null;
        }
        var known = leaves.get(leaf);
        if (known == null && (create || leaf.hasHooks())) {
            known = new Slot();
            leaves.put(leaf, known);
        }
        return known;
    }

    private void giveLeaf(Tensor leaf, Tensor gradient) {
        var slot = slot(leaf);
        if (slot != null) {
            slot.give(gradient);
        } else {
            addTo(leaf, gradient);
        }
    }

    private void finishLeaf(Tensor leaf, Slot slot) {
        if (slot.gradient != null) {
            keepGradient(leaf, leaf.hooked(slot.gradient));
        }
    }

    private void keepGradient(Tensor tensor, Tensor gradient) {
        if (create) {
            tensor.recordedGradient(tensor.grad() == null ? gradient : Arithmetic.add(tensor.grad(), gradient));
        } else {
            addTo(tensor, gradient);
        }
    }

    /** Adds a gradient to what a tensor holds, in the tensor's own memory. */
    static void addTo(Tensor tensor, Tensor gradient) {
        if (tensor.grad() == null) {
            Convert.copy(gradient, tensor.gradientBuffer());
            tensor.gradientWritten();
        } else {
            Arithmetic.addInto(gradient, tensor.gradientBuffer());
        }
    }
}
