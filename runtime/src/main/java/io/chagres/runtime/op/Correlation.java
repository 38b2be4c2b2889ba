package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.plan.ConvolutionPlan;
import io.chagres.runtime.plan.ConvolutionPlan.Part;
import io.chagres.runtime.plan.ConvolutionPlan.Sizes;
import io.chagres.runtime.plan.KeptWeights;
import io.chagres.runtime.plan.Place;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * Data, weight and result of a convolution, one computed from the other two: the result of a convolution, the data as in its
 * gradient and in a transposed convolution, the weight as in its gradient. Each is linear in its two operands, and their
 * gradients are again these three, so that there are derivatives of any order. Data and results have their channels innermost.
 */
final class Correlation extends Op {
    private static final int BIAS = 2;

    /** What the user called, and which part that computes. */
    private final String called;
    private final Part own;
    private final Part part;
    private final Sizes sizes;
    private final boolean biased;
    /** Whether relu follows, after a further operand, the last one, was added to a result. */
    private final boolean relu;
    private final boolean shortcut;
    /** Whether the weight is not being trained. */
    private boolean fixed;
    /** The first operand with its channels innermost, if that took a copy; else null. */
    private Tensor copy;

    private Correlation(String called, Part own, Part part, Sizes sizes, boolean biased) {
        this(called, own, part, sizes, biased, false, false);
    }

    private Correlation(String called, Part own, Part part, Sizes sizes, boolean biased, boolean shortcut,
            boolean relu) {
        super(part == own ? called : called + (part == Part.WEIGHT ? "WeightGradient" : "InputGradient"));
        this.called = called;
        this.own = own;
        this.part = part;
        this.sizes = sizes;
        this.biased = biased;
        this.relu = relu;
        this.shortcut = shortcut;
    }

    /** relu(result + shortcut), or without relu, where the shortcut may be null. */
    static Tensor result(String called, Sizes sizes, Tensor data, Tensor weight, Tensor bias, Tensor shortcut,
            boolean relu) {
        return new Correlation(called, Part.RESULT, Part.RESULT, sizes, bias != null, shortcut != null, relu)
                .apply(data, weight, bias, shortcut == null ? null : Convert.channelsLast(shortcut));
    }

    /** relu(scale · result + shift + shortcut), or without relu, where the shortcut may be null; not recorded. */
    static Tensor scaled(String called, Sizes sizes, Tensor data, Tensor weight, Tensor scale, Tensor shift,
            Tensor shortcut, boolean relu) {
        var op = new Correlation(called, Part.RESULT, Part.RESULT, sizes, false, shortcut != null, relu);
        op.fixed = true;
        var y = op.empty(Part.RESULT, data.dtype());
        op.computeResult(data.detach().channelsLast(), weight.detach(), null,
                new Tail(scale.contiguous(), shift.contiguous(), shortcut == null ? null : shortcut.channelsLast(),
                        relu),
                y);
        return Autograd.record(op, y, data, weight);
    }

    /** What is done to a result at once; tensors may be null. */
    private record Tail(Tensor scale, Tensor shift, Tensor added, boolean relu) {
        static final Tail NONE = new Tail(null, null, null, false);

        ConvolutionPlan.Tail places() {
            return this == NONE
                    ? ConvolutionPlan.Tail.NONE
                    : new ConvolutionPlan.Tail(at(scale), at(shift), at(added), relu);
        }

        private static Place at(Tensor tensor) {
            return tensor == null ? null : place(tensor);
        }

        private static Storage storage(Tensor tensor) {
            return tensor == null ? null : tensor.storage();
        }

        void acquire(String name) {
            Storage.acquire(name, storage(scale), storage(shift), storage(added), null);
        }

        void release() {
            Storage.release(storage(scale), storage(shift), storage(added), null);
        }

        /** After the fact. */
        void apply(Tensor y) {
            if (scale != null) {
                var rows = Views.movedim(y, 1, -1);
                Convert.copy(Arithmetic.add(Arithmetic.mul(rows, scale), shift), rows);
            }
            if (added != null) {
                Arithmetic.addInto(added, y);
            }
            if (relu) {
                Elementwise.compute(Pointwise.RELU, y.dtype(), y, Input.of(y));
            }
        }
    }

    /** The data, from result, weight, and bias or null. */
    static Tensor data(String called, Sizes sizes, Tensor result, Tensor weight, Tensor bias) {
        return new Correlation(called, Part.DATA, Part.DATA, sizes, bias != null).apply(result, weight, bias);
    }

    private Tensor other(Part wanted, Tensor a, Tensor b) {
        return new Correlation(called, own, wanted, sizes, false).apply(a, b, null);
    }

    private Tensor apply(Tensor a, Tensor b, Tensor bias) {
        return apply(a, b, bias, null);
    }

    private Tensor apply(Tensor a, Tensor b, Tensor bias, Tensor added) {
        fixed = part == own && !(Autograd.isRecording() && b.requiresGrad());
        var first = a.detach().channelsLast();
        var y = empty(part, a.dtype());
        switch (part) {
            case RESULT -> computeResult(first, b.detach(), bias == null ? null : bias.detach(),
                    added == null && !relu
                            ? Tail.NONE
                            : new Tail(null, null, added == null ? null : added.detach(), relu),
                    y);
            case DATA -> computeData(first, b.detach(), bias == null ? null : bias.detach(), y);
            case WEIGHT -> computeWeight(first, b.detach().channelsLast(), y, null);
        }
        copy = first.storage() == a.storage() ? null : first;
        if (added != null) {
            return bias == null ? Autograd.record(this, y, a, b, added) : Autograd.record(this, y, a, b, bias, added);
        }
        return bias == null ? Autograd.record(this, y, a, b) : Autograd.record(this, y, a, b, bias);
    }

    /** Where the operand is that is added. */
    private int added() {
        return biased ? BIAS + 1 : BIAS;
    }

    private Tensor empty(Part of, DType dtype) {
        long[] dims = switch (of) {
            case RESULT -> sizes.result();
            case DATA -> sizes.data();
            case WEIGHT -> sizes.weight();
        };
        return of == Part.WEIGHT
                ? Tensor.empty(dtype, Shape.of(dims), name())
                : Tensor.empty(dtype, Shape.of(dims), Layout.channelsLast(dims), name());
    }

    // ---- Gradients

    @Override
    public int keeps() {
        return 0b11 | (relu ? OUTPUT : 0);
    }

    @Override
    public double flops(Tensor output, Tensor... inputs) {
        double each = 2.0 * sizes.batch() * sizes.out() * sizes.in() / sizes.groups();
        for (int d = 0; d < sizes.to().length; d++) {
            each *= (double) sizes.to()[d] * sizes.kernel()[d];
        }
        return each;
    }

    @Override
    public void backward(Gradients flow) {
        var a = flow.input(0).detach();
        var b = flow.input(1).detach();
        if (part == Part.WEIGHT) {
            // forward: w = the sum of x · y over all windows, linear in both
            var g = flow.gradOutput().detach();
            if (flow.wants(0)) {
                var dx = empty(Part.DATA, g.dtype());
                computeData(b.channelsLast(), g, null, dx);
                flow.give(0, dx);
            }
            if (flow.wants(1)) {
                var dy = empty(Part.RESULT, g.dtype());
                computeResult(first(a), g, null, Tail.NONE, dy);
                flow.give(1, dy);
            }
            return;
        }
        boolean forward = part == Part.RESULT;
        var g = flow.gradOutput().detach().channelsLast();
        if (relu) {
            var y = flow.output();
            g = Pointwise.reluBackward(g, y, empty(Part.RESULT, g.dtype()));
        }
        if (shortcut && flow.wants(added())) {
            flow.give(added(), g);
        }
        if (flow.wants(0)) {
            var da = empty(forward ? Part.DATA : Part.RESULT, g.dtype());
            if (forward) {
                computeData(g, b, null, da);
            } else {
                computeResult(g, b, null, Tail.NONE, da);
            }
            flow.giveFresh(0, da);
        }
        boolean wantsBias = biased && flow.wants(BIAS);
        if (flow.wants(1)) {
            // forward: oneDNN sums up the bias' gradient on the way
            boolean sumsBias = forward && wantsBias;
            boolean add = flow.accumulates(1);
            boolean addBias = sumsBias && flow.accumulates(BIAS);
            var dw = add ? empty(Part.WEIGHT, g.dtype()) : flow.into(1);
            var db = !sumsBias
                    ? null
                    : addBias ? Tensor.empty(g.dtype(), Shape.of(sizes.out()), name()) : flow.into(BIAS);
            computeWeight(forward ? first(a) : g, forward ? g : first(a), dw, db);
            if (add) {
                flow.give(1, dw);
            }
            if (addBias) {
                flow.give(BIAS, db);
            }
            wantsBias &= !forward;
        }
        if (wantsBias) {
            flow.give(BIAS, channelSums(g));
        }
        if (relu) {
            if (!shortcut) {
                g.storage().giveBack();
            }
            flow.spent();
        } else if (!shortcut) {
            flow.spent();
        }
    }

    /** The first operand with its channels innermost. */
    private Tensor first(Tensor a) {
        return copy != null && copy.isOpen() ? copy : a.channelsLast();
    }

    @Override
    public void recordedBackward(Gradients flow) {
        var a = flow.input(0);
        var b = flow.input(1);
        var g = relu ? Pointwise.reluGradient(flow.gradOutput(), flow.output().detach()) : flow.gradOutput();
        if (shortcut && flow.wants(added())) {
            flow.give(added(), g);
        }
        if (flow.wants(0)) {
            flow.give(0, switch (part) {
                case RESULT -> other(Part.DATA, g, b);
                case DATA -> other(Part.RESULT, g, b);
                case WEIGHT -> other(Part.DATA, b, g);
            });
        }
        if (flow.wants(1)) {
            flow.give(1, switch (part) {
                case RESULT -> other(Part.WEIGHT, a, g);
                case DATA -> other(Part.WEIGHT, g, a);
                case WEIGHT -> other(Part.RESULT, a, g);
            });
        }
        if (biased && flow.wants(BIAS)) {
            flow.give(BIAS, channelSums(g));
        }
    }

    private static Tensor channelSums(Tensor g) {
        var rows = Views.movedim(g, 1, -1);
        return Reduce.sum(rows.reshape(rows.numel() / Math.max(1, g.size(1)), g.size(1)), 0, false);
    }

    // ---- Computing; data and result have their channels innermost

    private void computeResult(Tensor x, Tensor w, Tensor bias, Tail tail, Tensor y) {
        if (y.numel() == 0) {
            return;
        }
        boolean done = false;
        if (x.numel() == 0 || w.numel() == 0) {
            y.fill(0);
        } else if (isNative(y)) {
            var weight = w.contiguous();
            var channels = bias == null ? null : bias.contiguous();
            done = tail.scale == null && tail.added == null
                    && SmallConvolution.result(sizes, x, weight, channels, tail.relu, y, name())
                    || run(Part.RESULT, x, weight, channels, y, tail);
            y.storage().changed();
        }
        if (done) {
            return;
        }
        if (x.numel() > 0 && w.numel() > 0) {
            PlainConvolution.result(sizes, x, w.contiguous(), y);
        }
        if (bias != null) {
            addChannels(bias, y);
        }
        tail.apply(y);
    }

    private void computeData(Tensor y, Tensor w, Tensor bias, Tensor x) {
        if (x.numel() == 0) {
            return;
        }
        if (y.numel() == 0 || w.numel() == 0) {
            x.fill(0);
        } else if (!isNative(x) || !SmallConvolution.data(sizes, y, w.contiguous(), x, name())
                && !run(Part.DATA, x, w.contiguous(), null, y, Tail.NONE)) {
            PlainConvolution.data(sizes, y, w.contiguous(), x);
        }
        x.storage().changed();
        if (bias != null) {
            addChannels(bias, x);
        }
    }

    /** Weight and bias are dense; the bias may be null. */
    private void computeWeight(Tensor x, Tensor y, Tensor w, Tensor bias) {
        boolean none = x.numel() == 0 || y.numel() == 0 || w.numel() == 0;
        boolean done = !none && isNative(w) && run(Part.WEIGHT, x, w, bias, y, Tail.NONE);
        if (none) {
            w.fill(0);
        } else if (!done) {
            PlainConvolution.weight(sizes, x, y, w);
        }
        w.storage().changed();
        if (bias != null && !done) {
            Convert.copy(channelSums(y), bias);
        }
        if (bias != null) {
            bias.storage().changed();
        }
    }

    private static boolean isNative(Tensor output) {
        return output.dtype() == DType.FLOAT32;
    }

    private boolean run(Part computed, Tensor x, Tensor w, Tensor bias, Tensor y, Tail tail) {
        var biasStorage = bias == null ? null : bias.storage();
        Storage.acquire(name(), x.storage(), w.storage(), biasStorage, y.storage());
        try {
            tail.acquire(name());
            try {
                return ConvolutionPlan.run(computed, sizes, place(x), place(w), bias == null ? null : place(bias),
                        place(y), tail.places(), computed == Part.WEIGHT ? null : kept(w));
            } finally {
                tail.release();
            }
        } finally {
            Storage.release(x.storage(), w.storage(), biasStorage, y.storage());
        }
    }

    /** A weight that is not being trained may be kept in the kernel's layout. */
    private KeptWeights.Source kept(Tensor w) {
        if (!fixed) {
            return null;
        }
        var storage = w.storage();
        int version = storage.version();
        var kept = (KeptWeights) storage.companion(KeptWeights::new);
        return kept == null ? null : new KeptWeights.Source(kept, version);
    }

    private static Place place(Tensor tensor) {
        return new Place(tensor.storage().base(), tensor.position());
    }

    /** Adds a number to each channel of what has its channels innermost. */
    private static void addChannels(Tensor bias, Tensor y) {
        var rows = Views.movedim(y.detach(), 1, -1);
        Arithmetic.addInto(bias.expand(rows.shape().toArray()), rows);
    }
}
