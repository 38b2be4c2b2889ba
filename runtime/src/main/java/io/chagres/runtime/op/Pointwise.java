package io.chagres.runtime.op;

import static io.chagres.runtime.op.Arithmetic.mul;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.kernel.Kernels.Unary;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/**
 * Signs, sizes and squares of one element. Where the derivative can be read off the result, the operand is not kept. Integers stay
 * integers where the result is one, and are taken as float32 elsewhere.
 */
public final class Pointwise {
    private Pointwise() {
    }

    // ---- Signs

    static final Formula NEG = Formula.of("neg", 1).kernel(Unary.NEG).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = -a[i];
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = -a[i];
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = -a[i];
        }
    }).slope(Op.NOTHING, flow -> neg(flow.gradOutput()));

    /**
     * -x.
     *
     * @throws IllegalArgumentException if the elements are truth values; {@code logicalNot} turns them round
     */
    public static Tensor neg(Tensor x) {
        if (Check.alive("neg", "the operand", x).dtype() == DType.BOOL) {
            throw new IllegalArgumentException(
                    "neg: " + x.shape() + " is BOOL, which has no sign; logicalNot turns truth values round");
        }
        return Elementwise.apply(NEG, x);
    }

    private static final Formula POSITIVE = Formula.of("positive", 1).one(v -> v).oneWhole(v -> v)
            .slope(Op.NOTHING, Gradients::gradOutput);

    /**
     * x itself, in new memory.
     *
     * @throws IllegalArgumentException if the elements are truth values
     */
    public static Tensor positive(Tensor x) {
        if (Check.alive("positive", "the operand", x).dtype() == DType.BOOL) {
            throw new IllegalArgumentException("positive: " + x.shape() + " is BOOL, which has no sign");
        }
        return Elementwise.apply(POSITIVE, x);
    }

    static final Formula ABS = Formula.of("abs", 1).kernel(Unary.ABS).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.abs(a[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.abs(a[i]);
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.abs(a[i]);
        }
    }).slope(0b1, flow -> mul(flow.gradOutput(), sign(flow.input(0))));

    /** |x|; the derivative at 0 is 0. */
    public static Tensor abs(Tensor x) {
        return Elementwise.apply(ABS, x);
    }

    private static final Formula SIGN = Formula.of("sign", 1).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.signum(a[i]);
        }
    }).one(Math::signum).oneWhole(Long::signum).flat();

    /** 1, 0 or -1 as x is positive, 0 or negative; NaN stays. Its gradient is 0. */
    public static Tensor sign(Tensor x) {
        return Elementwise.apply(SIGN, x);
    }

    // ---- Roots, squares, inverses

    static final Formula SQRT = Formula.of("sqrt", 1).kernel(Unary.SQRT).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.sqrt(a[i]);
        }
    }).slope(Op.OUTPUT, flow -> Arithmetic.div(flow.gradOutput(), mul(flow.output(), 2)));

    /** The square root. */
    public static Tensor sqrt(Tensor x) {
        return Elementwise.apply(SQRT, x);
    }

    static final Formula RSQRT = Formula.of("rsqrt", 1).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = (float) (1 / Math.sqrt(a[i]));
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = 1 / Math.sqrt(a[i]);
        }
    }).slope(Op.OUTPUT, flow -> {
        var y = flow.output();
        return mul(mul(flow.gradOutput(), mul(square(y), y)), -0.5);
    });

    /** 1 / √x. */
    public static Tensor rsqrt(Tensor x) {
        return Elementwise.apply(RSQRT, x);
    }

    static final Formula SQUARE = Formula.of("square", 1)
            .kernel((a, ao, as, b, bo, bs, c, co, cs, y, yo, n) -> Kernels.best().binary(Kernels.Binary.MUL, a, ao, as,
                    a, ao, as, y, yo, n))
            .floats((a, b, c, y, n) -> {
                for (int i = 0; i < n; i++) {
                    y[i] = a[i] * a[i];
                }
            }).doubles((a, b, c, y, n) -> {
                for (int i = 0; i < n; i++) {
                    y[i] = a[i] * a[i];
                }
            }).longs((a, b, c, y, n) -> {
                for (int i = 0; i < n; i++) {
                    y[i] = a[i] * a[i];
                }
            }).slope(0b1, flow -> mul(flow.gradOutput(), mul(flow.input(0), 2)));

    /** x². */
    public static Tensor square(Tensor x) {
        return Elementwise.apply(SQUARE, x);
    }

    static final Formula RECIPROCAL = Formula.of("reciprocal", 1).kernel(Unary.RECIPROCAL)
            .doubles((a, b, c, y, n) -> {
                for (int i = 0; i < n; i++) {
                    y[i] = 1 / a[i];
                }
            }).slope(Op.OUTPUT, flow -> neg(mul(flow.gradOutput(), square(flow.output()))));

    /** 1 / x. */
    public static Tensor reciprocal(Tensor x) {
        return Elementwise.apply(RECIPROCAL, x);
    }

    // ---- Relu

    static final Formula RELU = Formula.of("relu", 1).kernel(Unary.RELU).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.max(a[i], 0);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.max(a[i], 0);
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.max(a[i], 0);
        }
    }).op(new Relu());

    /** max(x, 0); the derivative at 0 is 0. */
    public static Tensor relu(Tensor x) {
        return Elementwise.apply(RELU, x);
    }

    private static final class Relu extends Op {
        Relu() {
            super("relu");
        }

        @Override
        public int keeps() {
            return OUTPUT;
        }

        @Override
        public void backward(Gradients flow) {
            var y = flow.output();
            var dy = Convert.denseAs(y, flow.gradOutput());
            if (flow.accumulates(0) || !y.isContiguous()) {
                flow.give(0, reluBackward(dy, y, Convert.emptyAs(y, dy.dtype(), "relu")));
            } else {
                reluBackward(dy, y, flow.into(0));
            }
        }

        @Override
        public void recordedBackward(Gradients flow) {
            flow.give(0, reluGradient(flow.gradOutput(), flow.output()));
        }
    }

    /** dy where y is positive and 0 elsewhere, recorded; its own derivative by y is 0. */
    static Tensor reluGradient(Tensor dy, Tensor y) {
        var given = Convert.denseAs(y, dy);
        var dx = reluBackward(given, y, Convert.emptyAs(y, dy.dtype(), "relu"));
        return Autograd.record(RELU_GRADIENT, dx, given, y);
    }

    private static final Op RELU_GRADIENT = Op.composed("relu", 0b10, flow -> {
        if (flow.wants(0)) {
            flow.give(0, reluGradient(flow.gradOutput(), flow.input(1)));
        }
        if (flow.wants(1)) {
            flow.give(1, Elementwise.zerosLike(flow.input(1)));
        }
    });

    private static final Formula GATE = Formula.of("relu", 2).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = b[i] <= 0 ? 0 : a[i];
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = b[i] <= 0 ? 0 : a[i];
        }
    });

    /** dx = y <= 0 ? 0 : dy for tensors of one shape that are dense in one order; returns dx. */
    static Tensor reluBackward(Tensor dy, Tensor y, Tensor dx) {
        Storage.acquire("relu", dy.storage(), y.storage(), dx.storage(), null);
        try {
            long n = dx.numel();
            if (dx.dtype() == DType.FLOAT32) {
                Cutoffs.inParts(n,
                        (from, count) -> Kernels.best().reluBackward(dy.storage().base(), dy.position() + 4 * from,
                                y.storage().base(), y.position() + 4 * from, dx.storage().base(),
                                dx.position() + 4 * from, count));
            } else {
                Elementwise.compute(GATE, dx.dtype(), dx, Input.of(dy), Input.of(y));
            }
            dx.storage().changed();
            return dx;
        } finally {
            Storage.release(dy.storage(), y.storage(), dx.storage(), null);
        }
    }
}
