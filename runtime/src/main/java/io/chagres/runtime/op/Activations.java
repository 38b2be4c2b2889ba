package io.chagres.runtime.op;

import static io.chagres.runtime.op.Arithmetic.add;
import static io.chagres.runtime.op.Arithmetic.mul;
import static io.chagres.runtime.op.Arithmetic.rsub;
import static io.chagres.runtime.op.Exponential.sigmoid;
import static io.chagres.runtime.op.Trigonometry.tanh;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.kernel.Kernels.Unary;
import io.chagres.runtime.tensor.Tensor;

/**
 * Smooth activations, as in {@code torch.nn.functional}; those of straight lines are in {@link PiecewiseLinear}, others in
 * {@link Gelu}, {@link Softmax}, {@link Exponential} and {@link Trigonometry}. All have derivatives of any order. Far from 0 they keep
 * their digits and do not overflow. Where integers are refused, PyTorch does so too.
 */
public final class Activations {
    private Activations() {
    }

    /** Computes a function of the first n numbers of an array in place, by vectors. */
    private static void all(Unary f, float[] t, int n) {
        Kernels.best().unary(f, t, 0, n);
    }

    // ---- Exponential units

    /** With the arguments that are usual, so that no step makes them anew. */
    private static final Curve ELU = exponential("elu", 1, 1, 1), CELU = exponential("celu", 1, 1, 1);

    /**
     * x above 0, alpha (e^x - 1) elsewhere.
     *
     * @throws IllegalArgumentException if x has integers
     */
    public static Tensor elu(Tensor x, double alpha) {
        Check.floating("elu", "the operand", x);
        return (alpha == 1 ? ELU : exponential("elu", alpha, 1, 1)).apply(x);
    }

    /** As in the paper (Klambauer et al., "Self-normalizing neural networks", 2017), to the digits that PyTorch has. */
    private static final Curve SELU = exponential("selu", 1.6732632423543772848170429916717,
            1.0507009873554804934193349852946, 1);

    /**
     * scale · {@link #elu} with the constants that keep mean 0 and variance 1.
     *
     * @throws IllegalArgumentException if x has integers
     */
    public static Tensor selu(Tensor x) {
        return SELU.apply(Check.floating("selu", "the operand", x));
    }

    /**
     * x above 0, alpha (e^(x / alpha) - 1) elsewhere, which has no kink.
     *
     * @throws IllegalArgumentException if x has integers, or alpha is 0
     */
    public static Tensor celu(Tensor x, double alpha) {
        Check.floating("celu", "the operand", x);
        if (alpha == 0) {
            throw new IllegalArgumentException("celu: alpha is 0, by which x is divided");
        }
        return (alpha == 1 ? CELU : exponential("celu", alpha, 1, 1 / alpha)).apply(x);
    }

    /** scale x above 0, scale alpha (e^(rate x) - 1) elsewhere. */
    private static Curve exponential(String name, double alpha, double scale, double rate) {
        double size = alpha * scale;
        double steepness = size * rate;
        var value = Formula.of(name, 1).one(x -> x > 0 ? scale * x : size * Math.expm1(rate * x));
        var slope = Formula.of(name, 2)
                .two((dy, x) -> x > 0 ? dy * scale : dy * (steepness * Math.exp(rate * x)));
        if (rate > 0) {
            value.floats((x, b, c, y, n) -> {
                for (int i = 0; i < n; i++) {
                    c[i] = (float) (0.5 * rate) * Math.min(x[i], 0);
                }
                all(Unary.TANH, c, n);
                for (int i = 0; i < n; i++) { // e^2z - 1 = 2 tanh z / (1 - tanh z), with all digits for z <= 0
                    y[i] = (float) scale * Math.max(x[i], 0) + (float) size * (2 * c[i] / (1 - c[i]));
                }
            });
            slope.floats((dy, x, c, y, n) -> {
                for (int i = 0; i < n; i++) {
                    c[i] = (float) rate * Math.min(x[i], 0);
                }
                all(Unary.EXP, c, n);
                for (int i = 0; i < n; i++) {
                    float on = PiecewiseLinear.step(x[i]);
                    y[i] = dy[i] * (on * (float) scale + (1 - on) * ((float) steepness * c[i]));
                }
            });
        }
        return new Curve(value, slope, x -> {
            var falling = mul(Exponential.exp(mul(Bounds.clampMax(x, 0.0), rate)), steepness);
            return Where.where(Compare.gt(x, 0), scale, falling);
        });
    }

    // ---- Sigmoid units

    private static final Curve SILU = new Curve(Formula.of("silu", 1).floats((x, b, c, y, n) -> {
        System.arraycopy(x, 0, y, 0, n);
        all(Unary.SIGMOID, y, n);
        for (int i = 0; i < n; i++) {
            y[i] *= x[i];
        }
    }).one(x -> x / (1 + Math.exp(-x))), Formula.of("silu", 2).floats((dy, x, c, y, n) -> {
        System.arraycopy(x, 0, y, 0, n);
        all(Unary.SIGMOID, y, n);
        for (int i = 0; i < n; i++) {
            y[i] = dy[i] * (y[i] * (1 + x[i] * (1 - y[i])));
        }
    }).two((dy, x) -> {
        double s = 1 / (1 + Math.exp(-x));
        return dy * (s * (1 + x * (1 - s)));
    }), x -> {
        var s = sigmoid(x);
        return mul(s, add(mul(x, rsub(s, 1)), 1));
    });

    /**
     * x times its sigmoid, also known as swish.
     *
     * @throws IllegalArgumentException if x has integers
     */
    public static Tensor silu(Tensor x) {
        return SILU.apply(Check.floating("silu", "the operand", x));
    }

    /** Beyond these, the hyperbolic tangent of softplus is 1 to all digits, in float32 and in float64. */
    private static final float FAR = 20;
    private static final double FAR_IN_DOUBLE = 40;

    // with e = e^x and m = e (e + 2): tanh(log(1 + e)) = m / (m + 2), and 1 - its square is 4 (m + 1) / (m + 2)²
    private static final Curve MISH = new Curve(Formula.of("mish", 1).floats((x, b, e, y, n) -> {
        exponentials(x, e, n);
        for (int i = 0; i < n; i++) {
            float m = e[i] * (e[i] + 2);
            y[i] = x[i] * (m / (m + 2));
        }
    }).one(x -> {
        double e = Math.exp(Math.min(x, FAR_IN_DOUBLE));
        double m = e * (e + 2);
        return x * (m / (m + 2));
    }), Formula.of("mish", 2).floats((dy, x, e, y, n) -> {
        exponentials(x, e, n);
        for (int i = 0; i < n; i++) {
            float m = e[i] * (e[i] + 2);
            float inverse = 1 / (m + 2);
            float bend = x[i] * (e[i] / (e[i] + 1)) * (4 * (m + 1) * inverse * inverse);
            y[i] = dy[i] * (m * inverse + bend);
        }
    }).two((dy, x) -> {
        double e = Math.exp(Math.min(x, FAR_IN_DOUBLE));
        double m = e * (e + 2);
        double inverse = 1 / (m + 2);
        return dy * (m * inverse + x * (e / (e + 1)) * (4 * (m + 1) * inverse * inverse));
    }), x -> {
        var t = tanh(softplus(x, 1, FAR_IN_DOUBLE));
        return add(t, mul(mul(x, sigmoid(x)), rsub(Pointwise.square(t), 1)));
    });

    private static void exponentials(float[] x, float[] e, int n) {
        for (int i = 0; i < n; i++) {
            e[i] = Math.min(x[i], FAR);
        }
        all(Unary.EXP, e, n);
    }

    /**
     * x tanh(log(1 + e^x)) (Misra, "Mish: a self regularized non-monotonic activation function", 2019).
     *
     * @throws IllegalArgumentException if x has integers
     */
    public static Tensor mish(Tensor x) {
        return MISH.apply(Check.floating("mish", "the operand", x));
    }

    // ---- Logarithms of exponentials

    /** Up to here, the threshold of softplus is seen in float32. */
    private static final double NO_DIFFERENCE = 18;
    private static final double USUAL_THRESHOLD = 20;
    private static final Curve SOFTPLUS = softplus(1, USUAL_THRESHOLD);

    /**
     * log(1 + e^(beta x)) / beta, a smooth relu; x itself where beta x is above a threshold.
     *
     * @throws IllegalArgumentException if x has integers
     */
    public static Tensor softplus(Tensor x, double beta, double threshold) {
        Check.floating("softplus", "the operand", x);
        return (beta == 1 && threshold == USUAL_THRESHOLD ? SOFTPLUS : softplus(beta, threshold)).apply(x);
    }

    private static Curve softplus(double beta, double threshold) {
        float scale = (float) beta;
        boolean seen = threshold < NO_DIFFERENCE;
        var value = Formula.of("softplus", 1).floats((in, log, e, y, n) -> {
            for (int i = 0; i < n; i++) {
                y[i] = scale * in[i];
            }
            if (seen || scale != 1) {
                softplus(y, log, e, y, n, (float) threshold, in, scale);
            } else {
                logOfOnePlus(y, log, e, n);
                for (int i = 0; i < n; i++) {
                    y[i] = Math.max(y[i], 0) + log[i];
                }
            }
        }).one(v -> beta * v > threshold
                ? v
                : (Math.max(beta * v, 0) + Math.log1p(Math.exp(-Math.abs(beta * v)))) / beta);
        var slope = Formula.of("softplus", 2).floats((dy, in, c, y, n) -> {
            for (int i = 0; i < n; i++) {
                c[i] = scale * in[i];
                y[i] = c[i];
            }
            all(Unary.SIGMOID, y, n);
            for (int i = 0; i < n; i++) {
                y[i] *= dy[i];
            }
            for (int i = 0; i < n && seen; i++) {
                y[i] = c[i] > (float) threshold ? dy[i] : y[i];
            }
        }).two((dy, v) -> beta * v > threshold ? dy : dy / (1 + Math.exp(-beta * v)));
        return new Curve(value, slope, v -> {
            var scaled = mul(v, beta);
            return Where.maskedFill(sigmoid(scaled), Compare.gt(scaled, threshold), 1);
        });
    }

    private static void softplus(float[] z, float[] log, float[] e, float[] y, int n, float threshold, float[] x,
            float beta) {
        logOfOnePlus(z, log, e, n);
        for (int i = 0; i < n; i++) {
            y[i] = z[i] > threshold ? x[i] : (Math.max(z[i], 0) + log[i]) / beta;
        }
    }

    /** log(1 + e^-|z|); the array e is overwritten. */
    private static void logOfOnePlus(float[] z, float[] log, float[] e, int n) {
        for (int i = 0; i < n; i++) {
            e[i] = -Math.abs(z[i]);
        }
        all(Unary.EXP, e, n);
        for (int i = 0; i < n; i++) {
            log[i] = 1 + e[i];
        }
        all(Unary.LOG, log, n);
        for (int i = 0; i < n; i++) { // what 1 + e lost when it was rounded
            float sum = 1 + e[i];
            log[i] += (e[i] - (sum - 1)) / sum;
        }
    }

    private static final Curve LOG_SIGMOID = new Curve(Formula.of("logSigmoid", 1).floats((x, log, e, y, n) -> {
        logOfOnePlus(x, log, e, n);
        for (int i = 0; i < n; i++) {
            y[i] = Math.min(x[i], 0) - log[i];
        }
    }).one(x -> Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)))),
            Formula.of("logSigmoid", 2).floats((dy, x, c, y, n) -> {
                for (int i = 0; i < n; i++) {
                    y[i] = -x[i];
                }
                all(Unary.SIGMOID, y, n);
                for (int i = 0; i < n; i++) {
                    y[i] *= dy[i];
                }
            }).two((dy, x) -> dy / (1 + Math.exp(x))), x -> sigmoid(Pointwise.neg(x)));

    /**
     * The logarithm of the sigmoid.
     *
     * @throws IllegalArgumentException if x has integers
     */
    public static Tensor logSigmoid(Tensor x) {
        return LOG_SIGMOID.apply(Check.floating("logSigmoid", "the operand", x));
    }

    // ---- Others

    private static final Curve SOFTSIGN = new Curve(Formula.of("softsign", 1).floats((x, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = x[i] / (1 + Math.abs(x[i]));
        }
    }).one(x -> x / (1 + Math.abs(x))), Formula.of("softsign", 2).floats((dy, x, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            float size = 1 + Math.abs(x[i]);
            y[i] = dy[i] / (size * size);
        }
    }).two((dy, x) -> dy / ((1 + Math.abs(x)) * (1 + Math.abs(x)))),
            x -> Pointwise.reciprocal(Pointwise.square(add(Pointwise.abs(x), 1))));

    /** x / (1 + |x|); integers are taken as float32. */
    public static Tensor softsign(Tensor x) {
        return SOFTSIGN.apply(Check.alive("softsign", "the operand", x));
    }

    private static final Curve TANHSHRINK = new Curve(Formula.of("tanhshrink", 1).floats((x, b, c, y, n) -> {
        System.arraycopy(x, 0, y, 0, n);
        all(Unary.TANH, y, n);
        for (int i = 0; i < n; i++) {
            y[i] = x[i] - y[i];
        }
    }).one(x -> x - Math.tanh(x)), Formula.of("tanhshrink", 2).floats((dy, x, c, y, n) -> {
        System.arraycopy(x, 0, y, 0, n);
        all(Unary.TANH, y, n);
        for (int i = 0; i < n; i++) {
            y[i] = dy[i] * (y[i] * y[i]);
        }
    }).two((dy, x) -> {
        double t = Math.tanh(x);
        return dy * (t * t);
    }), x -> Pointwise.square(tanh(x)));

    /** x - tanh x; integers are taken as float32. */
    public static Tensor tanhshrink(Tensor x) {
        return TANHSHRINK.apply(Check.alive("tanhshrink", "the operand", x));
    }

    private static final Curve HARDSWISH = new Curve(Formula.of("hardswish", 1).floats((x, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = x[i] * Math.min(Math.max(x[i] + 3, 0), 6) / 6;
        }
    }).one(x -> x * Math.min(Math.max(x + 3, 0), 6) / 6), Formula.of("hardswish", 2).floats((dy, x, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            float near = Math.min(Math.max(x[i], -4), 4);
            float begun = PiecewiseLinear.step(near + 3);
            float open = PiecewiseLinear.step(3 - near);
            y[i] = dy[i] * (begun * open * (near / 3 + 0.5f) + (1 - open));
        }
    }).two((dy, x) -> x <= -3 ? 0 : x < 3 ? dy * (x / 3 + 0.5) : dy), x -> {
        var middle = add(Arithmetic.div(x, 3), 0.5);
        return Where.where(Compare.le(x, -3), 0.0, Where.where(Compare.ge(x, 3), 1.0, middle));
    });

    /**
     * x times {@code hardsigmoid}: 0 up to -3, x from 3 on, x (x + 3) / 6 between. The derivative is 0 at -3 and 1 at 3.
     *
     * @throws IllegalArgumentException if x has integers
     */
    public static Tensor hardswish(Tensor x) {
        return HARDSWISH.apply(Check.floating("hardswish", "the operand", x));
    }

    // ---- Gates

    private static final Formula GATED = Formula.of("glu", 2).floats((a, b, c, y, n) -> {
        System.arraycopy(b, 0, y, 0, n);
        all(Unary.SIGMOID, y, n);
        for (int i = 0; i < n; i++) {
            y[i] *= a[i];
        }
    }).two((a, b) -> a / (1 + Math.exp(-b)));
    private static final Formula GATE = Formula.of("glu", 3).floats((dy, a, b, y, n) -> {
        System.arraycopy(b, 0, y, 0, n);
        all(Unary.SIGMOID, y, n);
        for (int i = 0; i < n; i++) {
            y[i] = dy[i] * a[i] * (y[i] * (1 - y[i]));
        }
    }).doubles((dy, a, b, y, n) -> {
        for (int i = 0; i < n; i++) {
            double s = 1 / (1 + Math.exp(-b[i]));
            y[i] = dy[i] * a[i] * (s * (1 - s));
        }
    });

    /**
     * The first half of a dimension times the sigmoid of the second (Dauphin et al., "Language modeling with gated convolutional
     * networks", 2017); that dimension of the result has half the size.
     *
     * @throws IllegalArgumentException if x has integers, or that dimension has an odd size
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public static Tensor glu(Tensor x, int dim) {
        int axis = Check.floating("glu", "the operand", x).shape().axis("glu", dim);
        if (x.size(axis) % 2 != 0) {
            throw new IllegalArgumentException("glu: dimension " + dim + " of " + x.shape() + " has " + x.size(axis)
                    + " elements, which have no two halves");
        }
        var op = new Gated(axis);
        var y = Elementwise.apply(GATED, null, Input.of(half(x.detach(), axis, 0)),
                Input.of(half(x.detach(), axis, 1)));
        return Autograd.record(op, y, x);
    }

    private static Tensor half(Tensor x, int axis, int which) {
        long size = x.size(axis) / 2;
        return Slices.narrow(x, axis, which * size, size);
    }

    private static final class Gated extends Op {
        private final int axis;

        Gated(int axis) {
            super("glu");
            this.axis = axis;
        }

        @Override
        public int keeps() {
            return 0b1;
        }

        @Override
        public void backward(Gradients flow) {
            var a = half(flow.input(0), axis, 0);
            var b = half(flow.input(0), axis, 1);
            var dy = flow.gradOutput();
            flow.give(0, Joins.cat(axis, Elementwise.apply(GATED, null, Input.of(dy), Input.of(b)),
                    Elementwise.apply(GATE, null, Input.of(dy), Input.of(a), Input.of(b))));
        }

        @Override
        public void recordedBackward(Gradients flow) {
            var a = half(flow.input(0), axis, 0);
            var s = sigmoid(half(flow.input(0), axis, 1));
            var da = mul(flow.gradOutput(), s);
            flow.give(0, Joins.cat(axis, da, mul(mul(da, a), rsub(s, 1))));
        }
    }
}
