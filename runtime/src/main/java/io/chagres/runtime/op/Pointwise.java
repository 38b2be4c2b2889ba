package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.kernel.Kernels.Unary;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/** Functions of one element. Where the derivative can be read off the result, the operand is not kept. */
public final class Pointwise {
    private Pointwise() {
    }

    /** -x. */
    public static Tensor neg(Tensor x) {
        return apply(NEG, Unary.NEG, x);
    }

    private static final Op NEG = new Derived("neg", Op.NOTHING) {
        @Override
        Tensor slope(Gradients flow) {
            return neg(flow.gradOutput());
        }
    };

    /** |x|; the derivative at 0 is 0. */
    public static Tensor abs(Tensor x) {
        return apply(ABS, Unary.ABS, x);
    }

    private static final Op ABS = new Derived("abs", 0b1) {
        @Override
        Tensor slope(Gradients flow) {
            return Arithmetic.mul(flow.gradOutput(), sign(flow.input(0)));
        }
    };

    private static Tensor sign(Tensor x) {
        var dense = x.contiguous();
        return Convert.fill(Tensor.empty(x.dtype(), x.shape(), "sign"), i -> Math.signum(Convert.element(dense, i)));
    }

    /** e to the x. */
    public static Tensor exp(Tensor x) {
        return apply(EXP, Unary.EXP, x);
    }

    private static final Op EXP = new Derived("exp", Op.OUTPUT) {
        @Override
        Tensor slope(Gradients flow) {
            return Arithmetic.mul(flow.gradOutput(), flow.output());
        }
    };

    /** The natural logarithm. */
    public static Tensor log(Tensor x) {
        return apply(LOG, Unary.LOG, x);
    }

    private static final Op LOG = new Derived("log", 0b1) {
        @Override
        Tensor slope(Gradients flow) {
            return Arithmetic.div(flow.gradOutput(), flow.input(0));
        }
    };

    /** The square root. */
    public static Tensor sqrt(Tensor x) {
        return apply(SQRT, Unary.SQRT, x);
    }

    private static final Op SQRT = new Derived("sqrt", Op.OUTPUT) {
        @Override
        Tensor slope(Gradients flow) {
            return Arithmetic.div(flow.gradOutput(), flow.output()).mul(0.5);
        }
    };

    /** 1 / x. */
    public static Tensor reciprocal(Tensor x) {
        return apply(RECIPROCAL, Unary.RECIPROCAL, x);
    }

    private static final Op RECIPROCAL = new Derived("reciprocal", Op.OUTPUT) {
        @Override
        Tensor slope(Gradients flow) {
            return neg(Arithmetic.mul(flow.gradOutput(), flow.output().square()));
        }
    };

    /** 1 / (1 + e^-x). */
    public static Tensor sigmoid(Tensor x) {
        return apply(SIGMOID, Unary.SIGMOID, x);
    }

    private static final Op SIGMOID = new Derived("sigmoid", Op.OUTPUT) {
        @Override
        Tensor slope(Gradients flow) {
            var y = flow.output();
            return Arithmetic.mul(flow.gradOutput(), Arithmetic.sub(y, y.square()));
        }
    };

    /** The hyperbolic tangent. */
    public static Tensor tanh(Tensor x) {
        return apply(TANH, Unary.TANH, x);
    }

    private static final Op TANH = new Derived("tanh", Op.OUTPUT) {
        @Override
        Tensor slope(Gradients flow) {
            var dy = flow.gradOutput();
            return Arithmetic.sub(dy, Arithmetic.mul(dy, flow.output().square()));
        }
    };

    /** max(x, 0); the derivative at 0 is 0. */
    public static Tensor relu(Tensor x) {
        return apply(RELU, Unary.RELU, x);
    }

    private static final Op RELU = new Op("relu") {
        @Override
        public int keeps() {
            return OUTPUT;
        }

        @Override
        public void backward(Gradients flow) {
            var dy = flow.gradOutput().contiguous();
            if (flow.accumulates(0)) {
                flow.give(0, reluBackward(dy, flow.output(), Tensor.empty(dy.dtype(), dy.shape(), "relu")));
            } else {
                reluBackward(dy, flow.output(), flow.into(0));
            }
        }

        @Override
        public void recordedBackward(Gradients flow) {
            flow.give(0, reluGradient(flow.gradOutput(), flow.output()));
        }
    };

    /** dy where y is positive and 0 elsewhere, recorded as a function of dy alone: its own derivative by y is 0. */
    static Tensor reluGradient(Tensor dy, Tensor y) {
        var given = dy.contiguous();
        var result = y.detach();
        var dx = reluBackward(given, result, Tensor.empty(dy.dtype(), dy.shape(), "relu"));
        return Autograd.record(RELU_GRADIENT, dx, given, result);
    }

    private static final Op RELU_GRADIENT = Op.composed("relu", 0b10, flow -> {
        flow.give(0, reluGradient(flow.gradOutput(), flow.input(1)));
    });

    /** dx = y <= 0 ? 0 : dy for dense tensors of one shape; returns dx. */
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
                for (long i = 0; i < 8 * n; i += 8) {
                    double on = Elements.getDouble(DType.FLOAT64, y.storage().base(), y.position() + i);
                    Elements.putDouble(DType.FLOAT64, dx.storage().base(), dx.position() + i,
                            on <= 0 ? 0 : Elements.getDouble(DType.FLOAT64, dy.storage().base(), dy.position() + i));
                }
            }
            dx.storage().changed();
            return dx;
        } finally {
            Storage.release(dy.storage(), y.storage(), dx.storage(), null);
        }
    }

    /** An operation whose gradient is computed as a whole. */
    private abstract static class Derived extends Op {
        private final int keeps;

        Derived(String name, int keeps) {
            super(name);
            this.keeps = keeps;
        }

        abstract Tensor slope(Gradients flow);

        @Override
        public int keeps() {
            return keeps;
        }

        @Override
        public void backward(Gradients flow) {
            flow.give(0, slope(flow));
        }

        @Override
        public void recordedBackward(Gradients flow) {
            backward(flow);
        }
    }

    private static Tensor apply(Op op, Unary f, Tensor operand) {
        var x = Check.real(op.name(), "the operand", operand).contiguous();
        var y = Tensor.empty(x.dtype(), x.shape(), op.name());
        Storage.acquire(op.name(), x.storage(), y.storage(), null, null);
        try {
            if (x.dtype() == DType.FLOAT32) {
                Cutoffs.inParts(x.numel(), (from, count) -> Kernels.best().unary(f, x.storage().base(),
                        x.position() + 4 * from, y.storage().base(), y.position() + 4 * from, count));
            } else {
                for (long i = 0; i < 8 * x.numel(); i += 8) {
                    double value = Elements.getDouble(DType.FLOAT64, x.storage().base(), x.position() + i);
                    Elements.putDouble(DType.FLOAT64, y.storage().base(), y.position() + i, compute(f, value));
                }
            }
        } finally {
            Storage.release(x.storage(), y.storage(), null, null);
        }
        return Autograd.record(op, y, x);
    }

    private static double compute(Unary f, double x) {
        return switch (f) {
            case NEG -> -x;
            case ABS -> Math.abs(x);
            case RELU -> Math.max(x, 0);
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case SQRT -> Math.sqrt(x);
            case RECIPROCAL -> 1 / x;
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case TANH -> Math.tanh(x);
        };
    }
}
