package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.plan.NormalizationPlan;
import io.chagres.runtime.plan.Place;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.function.LongToDoubleFunction;

/**
 * What {@link LayerNorm}, {@link BatchNorm}, {@link GroupNorm} and {@link RmsNorm} share: y = (x - mean) / √(variance + ε) · weight + bias, in which weight and
 * bias may each be absent. Mean and variance are kept for backward, in a tensor [2, groups] that nobody
 * else sees; of {@link RmsNorm} the scales alone.
 */
abstract class Normalization extends Op {
    private static final int X = 0;

    private final boolean weighted;
    private final boolean biased;
    private final boolean relu;
    private final boolean shortcut;
    final double epsilon;
    final Tensor stats;

    Normalization(String name, double epsilon, Tensor stats, boolean weighted, boolean biased) {
        this(name, epsilon, stats, weighted, biased, false, false);
    }

    /** One that relu follows in the same pass, after a further tensor was added if {@code shortcut} says so. */
    Normalization(String name, double epsilon, Tensor stats, boolean weighted, boolean biased, boolean relu,
            boolean shortcut) {
        super(name);
        this.relu = relu;
        this.shortcut = shortcut;
        this.epsilon = epsilon;
        this.stats = stats;
        this.weighted = weighted;
        this.biased = biased;
    }

    /** How oneDNN computes it in float32, if it does. The input has elements. */
    NormalizationPlan plan(Tensor x) {
        throw new AssertionError(name() + " is computed by kernels");
    }

    /** Computes y in float32. */
    void forward32(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        plan(x).forward(place(x), place(weight), place(bias), place(stats), place(y));
    }

    /** Computes gradients in float32; those of weight and bias are null if there is no weight or bias. */
    void backward32(Tensor x, Tensor dy, Tensor weight, Tensor dx, Tensor dWeight, Tensor dBias) {
        plan(x).backward(place(x), place(dy), place(stats), place(weight), place(dx), place(dWeight), place(dBias));
    }

    /** Computes relu(y + shortcut) in float32; the shortcut may be null. */
    void forwardRelu(Tensor x, Tensor weight, Tensor bias, Tensor added, Tensor y) {
        throw new AssertionError(name() + " has no relu");
    }

    /** {@link #backward32} of {@link #forwardRelu}: g, which may be dx, becomes the gradient of the shortcut, dy where y is positive. */
    void backwardRelu(Tensor x, Tensor dy, Tensor y, Tensor g, Tensor weight, Tensor dx, Tensor dWeight,
            Tensor dBias) {
        throw new AssertionError(name() + " has no relu");
    }

    /** Computes y in float64. */
    abstract void forward64(Tensor x, Tensor weight, Tensor bias, Tensor y);

    /** Computes gradients in float64; those of weight and bias are null if there is no weight or bias. */
    abstract void backward64(Tensor x, Tensor dy, Tensor weight, Tensor dx, Tensor dWeight, Tensor dBias);

    /** The groups whose mean and variance are taken, one a row. */
    abstract Tensor grouped(Tensor x);

    /** Undoes {@link #grouped}. */
    abstract Tensor ungrouped(Tensor rows, Shape shape);

    /** A parameter as it is multiplied with groups or added to them. */
    abstract Tensor spread(Tensor parameter);

    /** The sums over all elements of groups that share an element of a parameter of that shape. */
    abstract Tensor gathered(Tensor groups, Shape shape);

    /** Whether the mean is subtracted; else it is 0, and so what the variance is about. */
    boolean isCentred() {
        return true;
    }

    /** Whether mean and variance were given: they then depend on nothing. */
    boolean isGiven() {
        return false;
    }

    /** Fails if a parameter is gone or of another type than the input; shapes may be wrong yet. */
    static void checkParameterType(String op, String role, Tensor x, Tensor parameter) {
        if (parameter != null) {
            Check.sameType(op, x, Check.alive(op, role, parameter));
        }
    }

    static void checkParameter(String op, String role, Tensor x, Tensor parameter, long... dims) {
        checkParameterType(op, role, x, parameter);
        if (parameter != null && !parameter.shape().equals(Shape.of(dims))) {
            throw new IllegalArgumentException(op + ": " + role + " " + parameter.shape() + " for an input "
                    + x.shape() + "; " + Arrays.toString(dims) + " is needed");
        }
    }

    /** The sizes of the last dimensions that are normalized together. */
    static Shape checkLast(String op, Tensor x, long[] normalizedShape) {
        var last = Shape.of(Check.notNull(op, "the normalized shape", normalizedShape));
        int first = x.rank() - last.rank();
        if (last.rank() == 0 || first < 0 || !Arrays.equals(x.shape().toArray(), Math.max(0, first), x.rank(),
                last.toArray(), 0, last.rank())) {
            throw new IllegalArgumentException(op + ": input " + x.shape() + " for the normalized shape " + last
                    + "; the last sizes of the input are the normalized shape, which has at least one");
        }
        return last;
    }

    static void checkEpsilon(String op, Tensor x, double epsilon) {
        if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    op + ": epsilon " + epsilon + " for an input " + x.shape() + "; a positive number is needed");
        }
    }

    /**
     * The result, recorded. Operands are dense and have been checked; the input may have its channels innermost, and then the
     * result and gradients have too.
     */
    final Tensor apply(Tensor x, Tensor weight, Tensor bias) {
        return apply(x, weight, bias, null);
    }

    /** {@link #apply(Tensor, Tensor, Tensor)} with a shortcut in the order of the input, or null. */
    final Tensor apply(Tensor x, Tensor weight, Tensor bias, Tensor added) {
        var y = Convert.emptyAs(x, x.dtype(), name());
        if (x.numel() > 0) {
            acquire(x, stats, y, weight, bias, added, null, null);
            try {
                if (relu) {
                    forwardRelu(x, weight, bias, added, y);
                } else if (x.dtype() == DType.FLOAT32) {
                    forward32(x, weight, bias, y);
                } else {
                    forward64(x, weight, bias, y);
                }
            } finally {
                release(x, stats, y, weight, bias, added, null, null);
            }
        }
        if (shortcut) {
            return Autograd.record(this, y, weighted && biased
                    ? new Tensor[]{x, weight, bias, added}
                    : weighted || biased ? new Tensor[]{x, weighted ? weight : bias, added} : new Tensor[]{x, added});
        }
        if (weighted && biased) {
            return Autograd.record(this, y, x, weight, bias);
        }
        return weighted || biased ? Autograd.record(this, y, x, weighted ? weight : bias) : Autograd.record(this, y, x);
    }

    @Override
    public final int keeps() {
        return (weighted ? 1 << X | 1 << 1 : 1 << X) | (relu ? OUTPUT : NOTHING);
    }

    @Override
    public final void backward(Gradients flow) {
        var x = flow.input(X);
        var dy = Convert.denseAs(x, flow.gradOutput().detach());
        var weight = weighted ? flow.input(1) : null;
        int w = 1;
        int b = weighted ? 2 : 1;
        int s = biased ? b + 1 : b;
        boolean addX = adds(flow, X) || flow.wants(X) && !x.isContiguous();
        var dx = room(flow, X, addX);
        boolean addW = weighted && adds(flow, w);
        var dWeight = weighted ? room(flow, w, addW) : null;
        boolean addB = biased && adds(flow, b);
        var dBias = biased ? room(flow, b, addB) : null;
        var g = shortcut ? Convert.emptyAs(x, x.dtype(), name()) : dx;
        if (x.numel() > 0) {
            compute(x, dy, relu ? flow.output() : null, g, weight, dx, dWeight, dBias);
        } else {
            zero(dWeight);
            zero(dBias);
        }
        if (shortcut && flow.wants(s)) {
            flow.giveFresh(s, g);
        }
        if (addX) {
            flow.giveFresh(X, dx);
        }
        give(flow, w, addW, dWeight);
        give(flow, b, addB, dBias);
        flow.spent();
    }

    @Override
    public final void recordedBackward(Gradients flow) {
        var shape = flow.input(X).shape();
        var x = grouped(flow.input(X));
        var sum = relu ? Pointwise.reluGradient(flow.gradOutput(), flow.output().detach()) : flow.gradOutput();
        var dy = grouped(sum);
        var scale = scale(x);
        var normalized = Arithmetic.mul(distances(x), scale);
        int b = weighted ? 2 : 1;
        if (flow.wants(X)) {
            // with g = dy · weight and x̂ the normalized x: dx = (g - mean(g) - x̂ mean(g x̂)) / √(variance + ε)
            var g = weighted ? Arithmetic.mul(dy, spread(flow.input(1))) : dy;
            var rest = g;
            if (!isGiven() && x.numel() > 0) {
                var product = Reduce.mean(Arithmetic.mul(g, normalized), 1, true);
                rest = isCentred() ? Arithmetic.sub(g, Reduce.mean(g, 1, true)) : g;
                rest = Arithmetic.sub(rest, Arithmetic.mul(normalized, product));
            }
            flow.give(X, ungrouped(Arithmetic.mul(rest, scale), shape));
        }
        if (weighted && flow.wants(1)) {
            flow.give(1, gathered(Arithmetic.mul(dy, normalized), flow.input(1).shape()));
        }
        if (biased && flow.wants(b)) {
            flow.give(b, gathered(dy, flow.input(b).shape()));
        }
        if (shortcut && flow.wants(biased ? b + 1 : b)) {
            flow.give(biased ? b + 1 : b, sum);
        }
    }

    private Tensor distances(Tensor x) {
        if (!isCentred()) {
            return x;
        }
        return Arithmetic.sub(x, isGiven() ? column(0) : Reduce.mean(x, 1, true));
    }

    private Tensor scale(Tensor x) {
        var variance = isGiven() ? column(1) : Reduce.mean(distances(x).square(), 1, true);
        return variance.add(epsilon).sqrt().reciprocal();
    }

    private Tensor column(int which) {
        return stats.select(0, which).unsqueeze(1);
    }

    private void compute(Tensor x, Tensor dy, Tensor y, Tensor g, Tensor weight, Tensor dx, Tensor dWeight,
            Tensor dBias) {
        acquire(x, stats, dy, weight, dx, dWeight, dBias, y);
        try {
            if (relu) {
                backwardRelu(x, dy, y, g, weight, dx, dWeight, dBias);
            } else if (x.dtype() == DType.FLOAT32) {
                backward32(x, dy, weight, dx, dWeight, dBias);
            } else {
                backward64(x, dy, weight, dx, dWeight, dBias);
            }
            changed(dx);
            changed(dWeight);
            changed(dBias);
        } finally {
            release(x, stats, dy, weight, dx, dWeight, dBias, y);
        }
    }

    private static boolean adds(Gradients flow, int operand) {
        return flow.wants(operand) && flow.accumulates(operand);
    }

    /** Where a gradient is written: in its place, or in passing if it is to be added, or if nobody wants it. */
    private Tensor room(Gradients flow, int operand, boolean adds) {
        var of = flow.input(operand);
        return flow.wants(operand) && !adds ? flow.into(operand) : Convert.emptyAs(of, of.dtype(), name());
    }

    private static void give(Gradients flow, int operand, boolean adds, Tensor gradient) {
        if (adds) {
            flow.give(operand, gradient);
        }
    }

    private static void zero(Tensor gradient) {
        if (gradient != null) {
            gradient.fill(0);
        }
    }

    private static void changed(Tensor written) {
        if (written != null) {
            written.storage().changed();
        }
    }

    private static Place place(Tensor tensor) {
        return tensor == null ? null : new Place(tensor.storage().base(), tensor.position());
    }

    private static Storage storage(Tensor tensor) {
        return tensor == null ? null : tensor.storage();
    }

    private void acquire(Tensor a, Tensor b, Tensor c, Tensor d, Tensor e, Tensor f, Tensor g,
            Tensor h) {
        Storage.acquire(name(), storage(a), storage(b), storage(c), storage(d));
        try {
            Storage.acquire(name(), storage(e), storage(f), storage(g), storage(h));
        } catch (RuntimeException gone) {
            Storage.release(storage(a), storage(b), storage(c), storage(d));
            throw gone;
        }
    }

    private static void release(Tensor a, Tensor b, Tensor c, Tensor d, Tensor e, Tensor f, Tensor g,
            Tensor h) {
        Storage.release(storage(a), storage(b), storage(c), storage(d));
        Storage.release(storage(e), storage(f), storage(g), storage(h));
    }

    /** Running statistics become (1 - momentum) · running + momentum · those of the batch. */
    static void follow(String name, Tensor running, double momentum, LongToDoubleFunction batch) {
        var dtype = running.dtype();
        Storage.acquire(name, running.storage(), null, null, null);
        try {
            for (long c = 0; c < running.numel(); c++) {
                long at = running.position() + c * running.stride(0) * dtype.bytes();
                double old = Elements.getDouble(dtype, running.storage().base(), at);
                Elements.putDouble(dtype, running.storage().base(), at,
                        (1 - momentum) * old + momentum * batch.applyAsDouble(c));
            }
            running.storage().changed();
        } finally {
            Storage.release(running.storage(), null, null, null);
        }
    }

    // ---- Elements

    static double get(Tensor x, long index) {
        return Elements.getDouble(x.dtype(), x.storage().base(), x.position() + x.dtype().bytes() * index);
    }

    /** An element of a parameter, or what stands for it if there is none. */
    static double get(Tensor x, long index, double otherwise) {
        return x == null ? otherwise : get(x, index);
    }

    static void put(Tensor x, long index, double value) {
        Elements.putDouble(x.dtype(), x.storage().base(), x.position() + x.dtype().bytes() * index, value);
    }
}
