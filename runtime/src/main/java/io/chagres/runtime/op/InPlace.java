package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Node;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Changes of tensors in place, and what they mean for gradients. A recorded change is computed as a result of its own, which
 * then takes the place of the old elements: the tensor's history goes on with it. A change through a view changes what it is a
 * view of, and every other view of that follows.
 */
public final class InPlace {
    private InPlace() {
    }

    /**
     * Replaces the elements by what a function of them gives; see {@link io.chagres.runtime.tensor.InPlaceMethods}.
     *
     * @throws IllegalArgumentException if the result does not fit
     */
    public static Tensor update(Tensor target, UnaryOperator<Tensor> function) {
        Check.notNull("updateInPlace", "the function", function);
        return replace("updateInPlace", target, function);
    }

    /** Adds another tensor, or one that broadcasts to it, in place. */
    public static Tensor add(Tensor target, Tensor other) {
        Check.alive("addInPlace", "the tensor", target);
        Check.alive("addInPlace", "the other operand", other);
        return change("addInPlace", target, Arithmetic.ADD, x -> Arithmetic.add(x, other), Input.of(other));
    }

    /** {@link #add(Tensor, Tensor)} with a number. */
    public static Tensor add(Tensor target, double other) {
        return change("addInPlace", target, Arithmetic.ADD, x -> x.add(other), Input.of(other));
    }

    /** {@link #add(Tensor, Tensor)} with a whole number, which integers take too. */
    public static Tensor add(Tensor target, long other) {
        return change("addInPlace", target, Arithmetic.ADD, x -> x.add(other), Input.of(other));
    }

    /** Adds alpha times another tensor, in place and in one pass. */
    public static Tensor add(Tensor target, Tensor other, double alpha) {
        Check.alive("addInPlace", "the tensor", target);
        Check.alive("addInPlace", "the other operand", other);
        return change("addInPlace", target, Blend.scaled("addInPlace"), x -> Arithmetic.add(x, other, alpha),
                Input.of(other), Input.of(alpha));
    }

    /** Subtracts another tensor, or one that broadcasts to it, in place. */
    public static Tensor sub(Tensor target, Tensor other) {
        Check.alive("subInPlace", "the tensor", target);
        Check.alive("subInPlace", "the other operand", other);
        if (target.dtype() == DType.BOOL && other.dtype() == DType.BOOL) {
            throw new IllegalArgumentException("subInPlace: truth values " + target.shape() + " and " + other.shape()
                    + " have no difference; logicalXor tells where they differ");
        }
        return change("subInPlace", target, Arithmetic.SUB, x -> Arithmetic.sub(x, other), Input.of(other));
    }

    /** {@link #sub(Tensor, Tensor)} with a number. */
    public static Tensor sub(Tensor target, double other) {
        return change("subInPlace", target, Arithmetic.SUB, x -> x.sub(other), Input.of(other));
    }

    /** {@link #sub(Tensor, Tensor)} with a whole number, which integers take too. */
    public static Tensor sub(Tensor target, long other) {
        return change("subInPlace", target, Arithmetic.SUB, x -> x.sub(other), Input.of(other));
    }

    /** Multiplies by another tensor, or one that broadcasts to it, in place. */
    public static Tensor mul(Tensor target, Tensor other) {
        Check.alive("mulInPlace", "the tensor", target);
        Check.alive("mulInPlace", "the other operand", other);
        return change("mulInPlace", target, Arithmetic.MUL, x -> Arithmetic.mul(x, other), Input.of(other));
    }

    /** {@link #mul(Tensor, Tensor)} with a number. */
    public static Tensor mul(Tensor target, double other) {
        return change("mulInPlace", target, Arithmetic.MUL, x -> x.mul(other), Input.of(other));
    }

    /** {@link #mul(Tensor, Tensor)} with a whole number, which integers take too. */
    public static Tensor mul(Tensor target, long other) {
        return change("mulInPlace", target, Arithmetic.MUL, x -> x.mul(other), Input.of(other));
    }

    /** Divides by another tensor, or one that broadcasts to it, in place. */
    public static Tensor div(Tensor target, Tensor other) {
        Check.alive("divInPlace", "the tensor", target);
        Check.alive("divInPlace", "the other operand", other);
        return change("divInPlace", target, Arithmetic.DIV, x -> Arithmetic.div(x, other), Input.of(other));
    }

    /** {@link #div(Tensor, Tensor)} with a number. */
    public static Tensor div(Tensor target, double other) {
        return change("divInPlace", target, Arithmetic.DIV, x -> x.div(other), Input.of(other));
    }

    /** Sets all elements to one value, in place. What they were computed from gets no gradient through them. */
    public static Tensor fill(Tensor target, double value) {
        if (!Autograd.isRecording() || !Check.present("fill", "the tensor", target).requiresGrad()) {
            return Convert.fill(target, value);
        }
        Convert.changeable("fill", target);
        checkLeaf("fill", target);
        record("fill", target, Tensor.full(target.dtype(), value, target.shape().toArray()));
        return target;
    }

    /** Copies elements, in place; the source gets the gradient of the target from then on. */
    public static Tensor copyFrom(Tensor target, Tensor source) {
        boolean needed = Check.present("copyFrom", "the source", source).requiresGrad()
                || Check.present("copyFrom", "the target", target).requiresGrad();
        if (!needed || !Autograd.isRecording()) {
            return Convert.copy(source, target);
        }
        Check.sameShape("copyFrom", source, target);
        Convert.changeable("copyFrom", target);
        checkLeaf("copyFrom", target);
        record("copyFrom", target, Convert.to(source, target.dtype()));
        return target;
    }

    // ---- Changes that write what they compute straight into the tensor

    /**
     * target = f(target, others). Where nothing is recorded, the results are written where they belong as they are computed.
     *
     * @param recorded the same as an operation with a new result
     * @throws IllegalArgumentException if an operand does not broadcast to the target, the result's type does not fit, elements
     *         of the target share memory, or an operand shares a part of it
     */
    static Tensor change(String name, Tensor target, Formula f, UnaryOperator<Tensor> recorded, Input... others) {
        Convert.changeable(name, Check.alive(name, "the tensor", target));
        var in = new Input[1 + others.length];
        in[0] = Input.of(target);
        System.arraycopy(others, 0, in, 1, others.length);
        boolean needed = target.requiresGrad();
        boolean direct = true;
        for (var other : others) {
            if (other.isTensor()) {
                checkFits(name, Arithmetic.broadcast(name, target.shape(), other.tensor().shape()), target);
                checkApart(name, target, other.tensor());
                needed |= other.tensor().requiresGrad();
                direct &= isApart(target, other.tensor());
            }
        }
        var computed = Elementwise.computed(f, Elementwise.promote(in));
        checkCategory(name, computed, target);
        if (needed && Autograd.isRecording() || !direct || overlaps(target)) {
            return replace(name, target, recorded);
        }
        Elementwise.compute(f, computed, target, in);
        return seen(name, target, in);
    }

    private static Tensor seen(String name, Tensor target, Input... in) {
        if (Autograd.isWatched()) {
            Autograd.computed(name, target,
                    Arrays.stream(in).filter(Input::isTensor).map(Input::tensor).toArray(Tensor[]::new));
        }
        return target;
    }

    /** Whether a tensor can be written to while operands are read: each is apart from it, or the very same elements. */
    static boolean writes(Tensor target, Tensor operand) {
        return isApart(target, operand) && (target.isContiguous() || !overlaps(target));
    }

    private static boolean isApart(Tensor target, Tensor operand) {
        return !Convert.shareMemory(target, operand) || same(target, operand);
    }

    private static boolean same(Tensor a, Tensor b) {
        if (a.storage().base().address() + a.position() != b.storage().base().address() + b.position()
                || a.dtype() != b.dtype() || !a.shape().equals(b.shape())) {
            return false;
        }
        for (int d = 0; d < a.rank(); d++) {
            if (a.size(d) > 1 && a.stride(d) != b.stride(d)) {
                return false;
            }
        }
        return true;
    }

    /** Fails as PyTorch does if an operand shares a part of the memory that is written to. */
    private static void checkApart(String name, Tensor target, Tensor operand) {
        if (!isApart(target, operand) && isPacked(target) && isPacked(operand)) {
            throw new IllegalArgumentException(name + ": some elements of the operand " + operand.shape()
                    + " and of " + target.shape() + ", which is written to, are in one place; clone() the operand");
        }
    }

    /** Whether elements lie without gaps, in whatever order of the dimensions. */
    private static boolean isPacked(Tensor x) {
        long last = 0;
        for (int d = 0; d < x.rank(); d++) {
            last += (x.size(d) - 1) * x.stride(d);
        }
        return x.isContiguous() || last + 1 == x.numel() && !overlaps(x);
    }

    /**
     * Writes elements that do not depend on the old ones; what these were computed from gets no gradient through them.
     *
     * @param write fills a dense tensor of the target's shape and type
     */
    static Tensor overwrite(String name, Tensor target, Consumer<Tensor> write) {
        Convert.changeable(name, Check.alive(name, "the tensor", target));
        boolean needed = Autograd.isRecording() && target.requiresGrad();
        if (needed) {
            checkLeaf(name, target);
        }
        if (!needed && target.isContiguous()) {
            write.accept(target.detach());
            return Autograd.computed(name, target);
        }
        var fresh = Tensor.empty(target.dtype(), target.shape(), name);
        write.accept(fresh);
        if (needed) {
            record(name, target, fresh);
        } else {
            Convert.copy(fresh, target.detach());
        }
        return target;
    }

    /**
     * A change by an operation that knows how to write into a tensor, at some of its elements.
     *
     * @param recorded the same as an operation with a new result
     * @param direct writes into a tensor; not recorded
     * @param operands what else is read
     */
    static Tensor write(String name, Tensor target, UnaryOperator<Tensor> recorded, Consumer<Tensor> direct,
            Tensor... operands) {
        Convert.changeable(name, Check.alive(name, "the tensor", target));
        boolean needed = target.requiresGrad();
        boolean apart = !overlaps(target);
        for (var operand : operands) {
            needed |= operand.requiresGrad();
            apart &= !Convert.shareMemory(target, operand);
        }
        if (needed && Autograd.isRecording() || !apart) {
            return replace(name, target, recorded);
        }
        direct.accept(target.detach());
        return Autograd.isWatched() ? Autograd.computed(name, target, operands) : target;
    }

    /**
     * Replaces the elements of a tensor by what a function of them gives.
     *
     * @param name the operation, for messages
     * @param compute an operation on the old elements; its result has the target's shape
     * @return the target
     * @throws IllegalStateException if the target is a leaf that requires a gradient, or a view of one, and this is recorded
     * @throws IllegalArgumentException if the result does not fit, or elements of the target share memory
     */
    static Tensor replace(String name, Tensor target, UnaryOperator<Tensor> compute) {
        Convert.changeable(name, Check.alive(name, "the tensor", target));
        if (Autograd.isRecording() && target.requiresGrad()) {
            checkLeaf(name, target);
        }
        var fresh = compute.apply(target.alias());
        checkFits(name, fresh.shape(), target);
        checkCategory(name, fresh.dtype(), target);
        if (!fresh.requiresGrad() && !(Autograd.isRecording() && target.requiresGrad())) {
            Convert.copy(fresh, target);
            return target;
        }
        checkLeaf(name, target);
        var node = fresh.node();
        if (node != null && (node.operation().keeps() & 1) != 0) {
            // its backward reads the old elements, which are about to go
            fresh = compute.apply(Convert.clone(target.alias()));
        }
        record(name, target, Convert.to(fresh, target.dtype()));
        return target;
    }

    private static void checkFits(String name, Shape fresh, Tensor target) {
        if (!fresh.equals(target.shape())) {
            throw new IllegalArgumentException(name + ": the result " + fresh + " does not fit into " + target.shape()
                    + ", which a change in place cannot make larger");
        }
    }

    private static void checkCategory(String name, DType fresh, Tensor target) {
        if (fresh.category().compareTo(target.dtype().category()) > 0) {
            throw new IllegalArgumentException(name + ": the result is " + fresh + " and cannot be kept in "
                    + target.dtype() + " " + target.shape() + "; convert the tensor with to(...) first");
        }
    }

    /** Fails if a change would be recorded in a leaf, whose gradient would then be that of elements it no longer has. */
    static void checkLeaf(String name, Tensor target) {
        var root = target.base() == null ? target : target.base();
        if (root.isLeaf() && root.requiresGrad() || target.isLeaf() && target.requiresGrad()) {
            throw new IllegalStateException(name + ": " + (target.base() == null ? "a leaf " : "a view of a leaf ")
                    + target.shape() + " that requires a gradient cannot be changed in place while operations are"
                    + " recorded; change it under noGrad(), or change a result computed from it");
        }
    }

    /** Writes elements into a tensor and makes the tape say so. */
    static void record(String name, Tensor target, Tensor fresh) {
        var base = target.base();
        if (base == null) {
            write(fresh, target);
            target.changedBy(Autograd.entry(IDENTITY, target, fresh));
            return;
        }
        var place = Place.of(name, base, target);
        var old = base.alias();
        write(fresh, target);
        base.changedBy(Autograd.entry(patching(place), base, old, fresh));
    }

    private static void write(Tensor fresh, Tensor target) {
        try (var _ = Autograd.noGrad()) {
            Convert.copy(fresh.detach(), target);
        }
    }

    // ---- What the tape says of it

    private static final Op IDENTITY = Op.composed("changed in place", Op.NOTHING,
            flow -> flow.give(0, flow.gradOutput()));

    /** For tensors: an entry that says that one has the elements of another. */
    public static Node identity(Tensor output, Tensor input) {
        return Autograd.entry(IDENTITY, output, input);
    }

    /** For tensors: an entry that says that one is a view of another, wherever in it. */
    public static Node viewOf(Tensor base, Tensor view) {
        return Autograd.entry(viewing(Place.of("view", base, view)), view, base);
    }

    /** Where a view lies in a dense tensor. */
    private record Place(Shape whole, Shape part, Layout layout, long offset) {
        static Place of(String name, Tensor base, Tensor view) {
            if (!base.isContiguous()) {
                throw new UnsupportedOperationException(name + ": " + view.shape() + " is a view of a detached view "
                        + base.shape() + " with strides; changes through it cannot be recorded, contiguous() helps");
            }
            return new Place(base.shape(), view.shape(), view.layout(),
                    (view.position() - base.position()) / base.dtype().bytes());
        }

        Tensor in(Tensor dense) {
            return dense.viewAs(part, layout, offset);
        }
    }

    /** The part of a tensor at a place. */
    private static Tensor view(Tensor whole, Place place) {
        var dense = whole.contiguous();
        return Autograd.record(viewing(place), place.in(dense), dense);
    }

    private static Op viewing(Place place) {
        return Op.composed("view", Op.NOTHING, flow -> flow.give(0, embed(flow.gradOutput(), place)));
    }

    /** Zeros, with a part added at a place. */
    private static Tensor embed(Tensor part, Place place) {
        var whole = Tensor.empty(part.dtype(), place.whole, "view").fill(0);
        addAt(part, place.in(whole));
        return Autograd.record(embedding(place), whole, part);
    }

    private static void addAt(Tensor part, Tensor target) {
        try (var _ = Autograd.noGrad()) {
            if (!overlaps(target)) {
                Arithmetic.addInto(part.detach(), target.detach());
                return;
            }
            long size = target.size(0);
            for (long i = 0; i < size; i++) {
                addAt(part.detach().select(0, i), target.detach().select(0, i));
            }
        }
    }

    /** Whether elements may share memory; says so too often rather than too seldom. */
    static boolean overlaps(Tensor x) {
        long reach = 1;
        var strides = x.shape().toArray();
        for (int d = 0; d < strides.length; d++) {
            strides[d] = x.stride(d);
        }
        for (int done = 0; done < strides.length; done++) {
            int least = -1;
            for (int d = 0; d < strides.length; d++) {
                if (strides[d] >= 0 && (least < 0 || strides[d] < strides[least])) {
                    least = d;
                }
            }
            if (x.size(least) > 1 && strides[least] < reach) {
                return true;
            }
            reach += x.size(least) > 1 ? (x.size(least) - 1) * strides[least] : 0;
            strides[least] = -1;
        }
        return false;
    }

    private static Op embedding(Place place) {
        return Op.composed("view", Op.NOTHING, flow -> flow.give(0, view(flow.gradOutput(), place)));
    }

    /** A copy with zeros at a place. */
    private static Tensor clear(Tensor whole, Place place) {
        var cleared = Convert.clone(whole.detach());
        place.in(cleared).fill(0);
        return Autograd.record(clearing(place), cleared, whole);
    }

    private static Op clearing(Place place) {
        return Op.composed("view", Op.NOTHING, flow -> flow.give(0, clear(flow.gradOutput(), place)));
    }

    /** The whole, of which a part was replaced. */
    private static Op patching(Place place) {
        return Op.composed("changed in place", Op.NOTHING, flow -> {
            if (flow.wants(0)) {
                flow.give(0, clear(flow.gradOutput(), place));
            }
            if (flow.wants(1)) {
                flow.give(1, view(flow.gradOutput(), place));
            }
        });
    }
}
