package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/** y = x · Wᵀ + b, as {@code torch.nn.functional.linear}, with or without relu in the same native call. */
public final class Affine extends Op {
    private static final int X = 0;
    private static final int W = 1;
    private static final int B = 2;
    private static final Affine LINEAR = new Affine("linear", false, true);
    private static final Affine LINEAR_NO_BIAS = new Affine("linear", false, false);
    private static final Affine LINEAR_RELU = new Affine("linearRelu", true, true);
    private static final Affine LINEAR_RELU_NO_BIAS = new Affine("linearRelu", true, false);

    private final boolean relu;
    private final boolean biased;

    private Affine(String name, boolean relu, boolean biased) {
        super(name);
        this.relu = relu;
        this.biased = biased;
    }

    /**
     * y = x · Wᵀ + b.
     *
     * @param x [..., in]
     * @param w [out, in]
     * @param b [out], or null for none
     * @return y [..., out]
     * @throws IllegalArgumentException if shapes or types do not fit
     */
    public static Tensor linear(Tensor x, Tensor w, Tensor b) {
        return (b == null ? LINEAR_NO_BIAS : LINEAR).apply(x, w, b);
    }

    /** y = relu(x · Wᵀ + b); one native call, and the sum itself is not kept. Operands as for {@link #linear}. */
    public static Tensor linearRelu(Tensor x, Tensor w, Tensor b) {
        return (b == null ? LINEAR_RELU_NO_BIAS : LINEAR_RELU).apply(x, w, b);
    }

    /**
     * y_o = aᵀ · W_o · b + bias_o, as {@code torch.nn.functional.bilinear}.
     *
     * @param a [..., in1]
     * @param b [..., in2], with the same dimensions in front
     * @param w [out, in1, in2]
     * @param bias [out], or null for none
     * @return y [..., out]
     * @throws IllegalArgumentException if shapes or types do not fit
     */
    public static Tensor bilinear(Tensor a, Tensor b, Tensor w, Tensor bias) {
        var name = "bilinear";
        Check.floating(name, "the first input", a);
        Check.sameType(name, a, Check.floating(name, "the second input", b));
        Check.sameType(name, a, Check.floating(name, "the weight", w));
        Check.rank(name, "the weight", w, 3);
        boolean fits = a.rank() > 0 && a.rank() == b.rank() && a.size(-1) == w.size(1) && b.size(-1) == w.size(2);
        for (int d = 0; fits && d < a.rank() - 1; d++) {
            fits = a.size(d) == b.size(d);
        }
        if (!fits) {
            throw new IllegalArgumentException(name + ": inputs " + a.shape() + " and " + b.shape() + ", weight "
                    + w.shape() + "; [..., " + w.size(1) + "] and [..., " + w.size(2) + "] are needed");
        }
        if (bias != null) {
            Check.sameType(name, a, Check.alive(name, "the bias", bias));
            if (bias.rank() != 1 || bias.size(0) != w.size(0)) {
                throw new IllegalArgumentException(name + ": bias " + bias.shape() + " for a weight " + w.shape()
                        + "; [" + w.size(0) + "] is needed");
            }
        }
        long rows = rows(a);
        long out = w.size(0);
        var columns = w.permute(1, 0, 2).reshape(w.size(1), Check.product(name, w.shape(), out, w.size(2)));
        var halves = a.reshape(rows, w.size(1)).matmul(columns).reshape(rows, out, w.size(2));
        var y = halves.matmul(b.reshape(rows, w.size(2), 1)).reshape(a.shape().with(a.rank() - 1, out).toArray());
        return bias == null ? y : y.add(bias);
    }

    private Tensor apply(Tensor x, Tensor w, Tensor b) {
        var y = Tensor.empty(check(x, w, b).dtype(), x.shape().with(x.rank() - 1, w.size(0)), name());
        Gemm.run(name(), rows(x), w.size(0), w.size(1), Gemm.fit(x), false, Gemm.fit(w), true,
                b == null ? null : b.contiguous(), y, false, relu);
        return b == null ? Autograd.record(this, y, x, w) : Autograd.record(this, y, x, w, b);
    }

    private Tensor check(Tensor x, Tensor w, Tensor b) {
        Check.real(name(), "the input", x);
        Check.rank(name(), "the weight", Check.real(name(), "the weight", w), 2);
        Check.sameType(name(), x, w);
        if (x.rank() == 0 || x.size(-1) != w.size(1)) {
            String hint = x.rank() > 0 && x.size(-1) == w.size(0)
                    ? "; is the weight transposed? It is [out, in]"
                    : x.numel() % Math.max(1, w.size(1)) == 0 ? "; did you mean view(-1, " + w.size(1) + ")?" : "";
            throw new IllegalArgumentException(name() + ": inner dimensions differ: input " + x.shape() + ", weight "
                    + w.shape() + " takes " + w.size(1) + " features" + hint);
        }
        if (b != null) {
            Check.sameType(name(), x, Check.alive(name(), "the bias", b));
            if (b.rank() != 1 || b.size(0) != w.size(0)) {
                throw new IllegalArgumentException(name() + ": bias " + b.shape() + " for a weight " + w.shape() + "; ["
                        + w.size(0) + "] is needed");
            }
        }
        return x;
    }

    /** All dimensions but the last as one. */
    private static long rows(Tensor x) {
        long rows = 1;
        for (int d = 0; d < x.rank() - 1; d++) {
            rows *= x.shape().dim(d);
        }
        return rows;
    }

    @Override
    public int keeps() {
        return 1 << X | 1 << W | (relu ? OUTPUT : NOTHING);
    }

    @Override
    public void backward(Gradients flow) {
        boolean wantsBias = biased && flow.wants(B);
        boolean addBias = wantsBias && flow.accumulates(B);
        var dBias = wantsBias ? flow.into(B) : null;
        var x = flow.input(X);
        var w = flow.input(W);
        var dy = flow.gradOutput().contiguous();
        // forward: y = relu(sum), whose slope can be read off y
        var dSum = relu ? Tensor.empty(dy.dtype(), dy.shape(), name()) : dy;
        sumRows(dy, relu ? flow.output() : null, dSum, dBias, addBias);
        // forward: sum = x · Wᵀ + b
        if (flow.wants(W)) {
            boolean add = flow.accumulates(W);
            Gemm.run(name(), w.size(0), w.size(1), rows(x), dSum, true, Gemm.fit(x), false, null, flow.into(W), add,
                    false);
        }
        if (flow.wants(X)) {
            boolean add = flow.accumulates(X);
            Gemm.run(name(), rows(x), w.size(1), w.size(0), dSum, false, Gemm.fit(w), false, null, flow.into(X), add,
                    false);
        }
    }

    @Override
    public void recordedBackward(Gradients flow) {
        var x = flow.input(X);
        var w = flow.input(W);
        var dy = flow.gradOutput();
        var dSum = relu ? Pointwise.reluGradient(dy, flow.output().detach()) : dy;
        if (flow.wants(X)) {
            flow.give(X, Matmul.matmul(dSum, w));
        }
        var rows = dSum.reshape(rows(x), w.size(0));
        if (flow.wants(W)) {
            flow.give(W, Matmul.matmul(rows.t(), x.reshape(rows(x), w.size(1))));
        }
        if (biased && flow.wants(B)) {
            flow.give(B, Reduce.sum(rows, 0, false));
        }
    }

    @Override
    public double flops(Tensor output, Tensor... inputs) {
        return 2.0 * output.numel() * inputs[W].size(1);
    }

    /** dSum = dy where y is positive (everywhere if y is null), and dBias = its column sums (not if null), in one pass. */
    private void sumRows(Tensor dy, Tensor y, Tensor dSum, Tensor dBias, boolean add) {
        if (y == null && dBias == null) {
            return;
        }
        if (dy.dtype() != DType.FLOAT32) {
            if (y != null) {
                Pointwise.reluBackward(dy, y, dSum);
            }
            if (dBias != null) {
                var sums = Reduce.sumTo(dSum, dBias.shape());
                Convert.copy(add ? Arithmetic.add(dBias, sums) : sums, dBias);
            }
            return;
        }
        int rows = Check.int32(name(), dy.shape(), rows(dy));
        int cols = Check.int32(name(), dy.shape(), dy.size(-1));
        var dyStorage = dy.storage();
        var yStorage = y == null ? null : y.storage();
        var biasStorage = dBias == null ? null : dBias.storage();
        Storage.acquire(name(), dyStorage, yStorage, dSum.storage(), biasStorage);
        try {
            Team.parallel(Cutoffs.parts(dy.numel()), (part, parts) -> {
                int from = (int) Part.start(part, parts, cols, Cutoffs.GRAIN);
                int to = (int) Part.start(part + 1, parts, cols, Cutoffs.GRAIN);
                if (y == null) {
                    Kernels.best().columnSum(dyStorage.base(), dy.position(), rows, cols, from, to, biasStorage.base(),
                            dBias.position(), add);
                } else {
                    Kernels.best().reluBackwardColumnSum(dyStorage.base(), dy.position(), yStorage.base(), y.position(),
                            dSum.storage().base(), dSum.position(), rows, cols, from, to,
                            biasStorage == null ? null : biasStorage.base(), dBias == null ? 0 : dBias.position(), add);
                }
            });
        } finally {
            Storage.release(dyStorage, yStorage, dSum.storage(), biasStorage);
        }
    }
}
