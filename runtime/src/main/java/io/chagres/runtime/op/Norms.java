package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;

/**
 * p-norms, (Σ |x|^p)^(1/p), as {@code torch.linalg.vector_norm}, and logarithms of sums of powers of e. For p = 0 the number of
 * elements other than 0, for infinity the greatest size, for minus infinity the least. Gradients are 0 where the norm is.
 */
public final class Norms {
    private Norms() {
    }

    /** The Euclidean norm of all elements, without dimensions. */
    public static Tensor norm(Tensor x) {
        return norm("norm", x, 2, Axes.all(Check.floating("norm", "the operand", x)), false);
    }

    /**
     * The p-norm of all elements, without dimensions.
     *
     * @throws IllegalArgumentException if the elements are no floating point numbers, p is NaN, or there are no elements and p
     *         is negative
     */
    public static Tensor norm(Tensor x, double p) {
        return norm("norm", x, p, Axes.all(Check.floating("norm", "the operand", x)), false);
    }

    /** The p-norms along one dimension, which goes, or stays with size 1. */
    public static Tensor norm(Tensor x, double p, int dim, boolean keepDim) {
        return norm("norm", x, p, Axes.one("norm", Check.floating("norm", "the operand", x), dim), keepDim);
    }

    /** The p-norms over some dimensions; if none is named, over all. */
    public static Tensor norm(Tensor x, double p, int[] dims, boolean keepDim) {
        return norm("norm", x, p, Axes.of("norm", Check.floating("norm", "the operand", x), dims), keepDim);
    }

    /** {@link #norm(Tensor, double, int[], boolean)} under its name in {@code torch.linalg}. */
    public static Tensor vectorNorm(Tensor x, double p, int[] dims, boolean keepDim) {
        return norm("vectorNorm", x, p, Axes.of("vectorNorm", Check.floating("vectorNorm", "the operand", x), dims),
                keepDim);
    }

    static Tensor norm(String name, Tensor x, double p, Axes axes, boolean keepDim) {
        if (Double.isNaN(p)) {
            throw new IllegalArgumentException(name + ": p is NaN, for " + x.shape());
        }
        if (p < 0) {
            axes.refuseEmpty(name);
        }
        var dtype = x.dtype();
        if (p == 0) {
            var y = Fold.fold(name, x, axes, dtype, FoldKind.SUM, (t, n) -> {
                for (int i = 0; i < n; i++) {
                    t[i] = t[i] != 0 ? 1 : 0;
                }
            }, null);
            return axes.finish(Autograd.record(COUNT, y, x), keepDim);
        }
        if (Double.isInfinite(p)) {
            var y = Fold.fold(name, x, axes, dtype, p > 0 ? FoldKind.MAX : FoldKind.MIN, Norms::sizes, null);
            return axes.finish(Autograd.record(EXTREME, y, x), keepDim);
        }
        var y = Fold.fold(name, x, axes, dtype, FoldKind.SUM, before(p), after(p));
        return axes.finish(Autograd.record(power(name, p), y, x), keepDim);
    }

    private static Accumulator.Before before(double p) {
        if (p == 1) {
            return Norms::sizes;
        }
        if (p == 2) {
            return (t, n) -> {
                for (int i = 0; i < n; i++) {
                    t[i] *= t[i];
                }
            };
        }
        return (t, n) -> {
            for (int i = 0; i < n; i++) {
                t[i] = Math.pow(Math.abs(t[i]), p);
            }
        };
    }

    private static DoubleUnaryOperator after(double p) {
        return p == 1 ? null : p == 2 ? Math::sqrt : v -> Math.pow(v, 1 / p);
    }

    private static void sizes(double[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = Math.abs(t[i]);
        }
    }

    private static final Op COUNT = Op.composed("norm", Op.NOTHING, flow -> flow.give(0,
            Arithmetic.mul(flow.gradOutput(), Tensor.full(flow.gradOutput().dtype(), 0,
                    flow.input(0).shape().toArray()))));

    /** Shared evenly among the elements of that size. */
    private static final Op EXTREME = Op.composed("norm", 0b1 | Op.OUTPUT, flow -> {
        Tensor shares;
        try (var _ = Autograd.noGrad()) {
            var x = flow.input(0).detach();
            var ties = Extremes.ties("norm", Maps.map("norm", x, x.dtype(), Math::abs), flow.output().detach());
            var even = Arithmetic.div(ties, Reduce.sumTo(ties, flow.output().shape()));
            shares = Arithmetic.mul(even, Maps.map("norm", x, x.dtype(), Math::signum));
        }
        flow.give(0, Arithmetic.mul(flow.gradOutput(), shares));
    });

    private static Op power(String name, double p) {
        return Op.composed(name, 0b1 | Op.OUTPUT, flow -> {
            // dx = dy sign(x) |x|^(p-1) norm^(1-p), where powers of 0 are 0 but for exponents that are 0 themselves
            var scaled = Arithmetic.mul(flow.gradOutput(), sizePower(name, flow.output(), 1 - p));
            flow.give(0, Arithmetic.mul(signedPower(name, flow.input(0), p - 1), scaled));
        });
    }

    /** |x|^p; 0 for 0, 1 if p is 0. */
    private static Tensor sizePower(String name, Tensor x, double p) {
        var y = Maps.map(name, x, x.dtype(), v -> p == 0 ? 1 : v == 0 ? 0 : Math.pow(Math.abs(v), p));
        return Autograd.record(Op.composed(name, 0b1, flow -> {
            var dy = times(flow.gradOutput(), p);
            flow.give(0, p == 0 ? dy : Arithmetic.mul(dy, signedPower(name, flow.input(0), p - 1)));
        }), y, x);
    }

    /** sign(x) |x|^p; 0 for 0. */
    private static Tensor signedPower(String name, Tensor x, double p) {
        if (p == 1) {
            return x;
        }
        var y = Maps.map(name, x, x.dtype(), v -> v == 0 ? 0 : Math.signum(v) * Math.pow(Math.abs(v), p));
        return Autograd.record(Op.composed(name, 0b1, flow -> {
            var dy = times(flow.gradOutput(), p);
            flow.give(0, p == 0 ? dy : Arithmetic.mul(dy, sizePower(name, flow.input(0), p - 1)));
        }), y, x);
    }

    private static Tensor times(Tensor x, double factor) {
        return Arithmetic.mul(x, Tensor.full(x.dtype(), factor));
    }

    // ---- Logarithms of sums

    /** log Σ e^x of all elements, without dimensions and without overflow; minus infinity for no elements. */
    public static Tensor logsumexp(Tensor x) {
        return logsumexp(x, Axes.all(Check.floating("logsumexp", "the operand", x)), false);
    }

    /** log Σ e^x along one dimension, which goes, or stays with size 1; as {@code torch.logsumexp}. */
    public static Tensor logsumexp(Tensor x, int dim, boolean keepDim) {
        return logsumexp(x, Axes.one("logsumexp", Check.floating("logsumexp", "the operand", x), dim), keepDim);
    }

    /** log Σ e^x over some dimensions; if none is named, over all. */
    public static Tensor logsumexp(Tensor x, int[] dims, boolean keepDim) {
        return logsumexp(x, Axes.of("logsumexp", Check.floating("logsumexp", "the operand", x), dims), keepDim);
    }

    private static Tensor logsumexp(Tensor x, Axes axes, boolean keepDim) {
        Tensor y;
        try (var _ = Autograd.noGrad()) {
            if (axes.count() == 0) {
                y = Tensor.empty(x.dtype(), axes.broadcast(), "logsumexp").fill(Double.NEGATIVE_INFINITY);
            } else {
                var most = Fold.fold("logsumexp", x, axes, x.dtype(), FoldKind.MAX);
                var shift = Maps.map("logsumexp", most, x.dtype(), v -> Double.isInfinite(v) ? 0 : v);
                var powers = Exponential.exp(Arithmetic.sub(x.detach(), shift));
                var sums = Fold.fold("logsumexp", powers, axes, x.dtype(), FoldKind.SUM, null, Math::log);
                y = Arithmetic.add(sums, shift);
            }
        }
        return axes.finish(Autograd.record(LOGSUMEXP, y, x), keepDim);
    }

    private static final Op LOGSUMEXP = Op.composed("logsumexp", 0b1 | Op.OUTPUT, flow -> flow.give(0,
            Arithmetic.mul(flow.gradOutput(), Exponential.exp(Arithmetic.sub(flow.input(0), flow.output())))));
}
