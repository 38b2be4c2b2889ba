package io.chagres.runtime.op;

import static io.chagres.runtime.op.Arithmetic.add;
import static io.chagres.runtime.op.Arithmetic.div;
import static io.chagres.runtime.op.Arithmetic.mul;
import static io.chagres.runtime.op.Arithmetic.sub;
import static io.chagres.runtime.op.Elementwise.give;

import io.chagres.runtime.kernel.Kernels.Unary;
import io.chagres.runtime.tensor.Tensor;

/** Exponential functions, logarithms, and what is made of them. Integers are taken as float32. */
public final class Exponential {
    private static final double LN_2 = Math.log(2);
    private static final double LN_10 = Math.log(10);

    private Exponential() {
    }

    // ---- Exponential functions

    static final Formula EXP = Formula.of("exp", 1).kernel(Unary.EXP).one(Math::exp).slope(Op.OUTPUT,
            flow -> mul(flow.gradOutput(), flow.output()));

    /** e to the x. */
    public static Tensor exp(Tensor x) {
        return Elementwise.apply(EXP, x);
    }

    private static final Formula EXP2 = Formula.of("exp2", 1).one(v -> Math.pow(2, v)).slope(Op.OUTPUT,
            flow -> mul(mul(flow.gradOutput(), flow.output()), LN_2));

    /** 2 to the x. */
    public static Tensor exp2(Tensor x) {
        return Elementwise.apply(EXP2, x);
    }

    private static final Formula EXPM1 = Formula.of("expm1", 1).one(Math::expm1).slope(Op.OUTPUT,
            flow -> mul(flow.gradOutput(), add(flow.output(), 1)));

    /** e to the x, less 1, without loss of accuracy near 0. */
    public static Tensor expm1(Tensor x) {
        return Elementwise.apply(EXPM1, x);
    }

    static final Formula SIGMOID = Formula.of("sigmoid", 1).kernel(Unary.SIGMOID)
            .one(v -> 1 / (1 + Math.exp(-v))).slope(Op.OUTPUT, flow -> {
                var y = flow.output();
                return mul(flow.gradOutput(), sub(y, Pointwise.square(y)));
            });

    /** 1 / (1 + e^-x). */
    public static Tensor sigmoid(Tensor x) {
        return Elementwise.apply(SIGMOID, x);
    }

    // ---- Logarithms

    static final Formula LOG = Formula.of("log", 1).kernel(Unary.LOG).one(Math::log).slope(0b1,
            flow -> div(flow.gradOutput(), flow.input(0)));

    /** The natural logarithm. */
    public static Tensor log(Tensor x) {
        return Elementwise.apply(LOG, x);
    }

    private static final Formula LOG1P = Formula.of("log1p", 1).one(Math::log1p).slope(0b1,
            flow -> div(flow.gradOutput(), add(flow.input(0), 1)));

    /** The natural logarithm of 1 + x, without loss of accuracy near 0. */
    public static Tensor log1p(Tensor x) {
        return Elementwise.apply(LOG1P, x);
    }

    private static final Formula LOG2 = Formula.of("log2", 1).one(Exponential::log2).slope(0b1,
            flow -> div(flow.gradOutput(), mul(flow.input(0), LN_2)));

    /** The logarithm to base 2; exact for powers of 2. */
    public static Tensor log2(Tensor x) {
        return Elementwise.apply(LOG2, x);
    }

    static double log2(double x) {
        if (!(x > 0) || x == Double.POSITIVE_INFINITY) {
            return Math.log(x);
        }
        double normal = x < Double.MIN_NORMAL ? x * 0x1p54 : x;
        int exponent = Math.getExponent(normal);
        double mantissa = Math.scalb(normal, -exponent);
        if (mantissa > Math.sqrt(2)) {
            mantissa /= 2;
            exponent++;
        }
        return Math.log(mantissa) / LN_2 + exponent - (x < Double.MIN_NORMAL ? 54 : 0);
    }

    private static final Formula LOG10 = Formula.of("log10", 1).one(Math::log10).slope(0b1,
            flow -> div(flow.gradOutput(), mul(flow.input(0), LN_10)));

    /** The logarithm to base 10. */
    public static Tensor log10(Tensor x) {
        return Elementwise.apply(LOG10, x);
    }

    private static final Formula LOGIT = Formula.of("logit", 1).one(v -> Math.log(v / (1 - v))).slope(0b1, flow -> {
        var x = flow.input(0);
        return div(flow.gradOutput(), sub(x, Pointwise.square(x)));
    });

    /** log(x / (1 - x)), the inverse of sigmoid; NaN outside [0, 1]. */
    public static Tensor logit(Tensor x) {
        return Elementwise.apply(LOGIT, x);
    }

    /** {@link #logit(Tensor)} of x clamped to [eps, 1 - eps]. */
    public static Tensor logit(Tensor x, double eps) {
        Check.alive("logit", "the operand", x);
        return logit(Bounds.clamp(x, eps, 1 - eps));
    }

    private static final Formula LOGADDEXP = Formula.of("logaddexp", 2).two(Exponential::logaddexp).gradient(0b11,
            flow -> {
                // the slope of the first is the sigmoid of the difference, and so on
                give(flow, 0, () -> mul(flow.gradOutput(), sigmoid(sub(flow.input(0), flow.input(1)))));
                give(flow, 1, () -> mul(flow.gradOutput(), sigmoid(sub(flow.input(1), flow.input(0)))));
            });

    private static double logaddexp(double a, double b) {
        if (Double.isInfinite(a) && a == b) {
            return a;
        }
        return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
    }

    /** log(e^a + e^b), where the exponential functions may be beyond the type. */
    public static Tensor logaddexp(Tensor a, Tensor b) {
        return Elementwise.apply(LOGADDEXP, a, b);
    }

    private static final Formula XLOGY = Formula.of("xlogy", 2).two(Exponential::xlogy).gradient(0b11, flow -> {
        var dy = flow.gradOutput();
        var x = flow.input(0);
        var y = flow.input(1);
        give(flow, 0, () -> Where.maskedFill(xlogy(dy, y), Logic.logicalAnd(Compare.eq(x, 0), Compare.le(y, 0)), 0));
        give(flow, 1, () -> div(mul(dy, x), y));
    });

    private static double xlogy(double x, double y) {
        return Double.isNaN(y) ? Double.NaN : x == 0 ? 0 : x * Math.log(y);
    }

    /** x log y; 0 where x is 0, unless y is NaN. */
    public static Tensor xlogy(Tensor x, Tensor y) {
        return Elementwise.apply(XLOGY, x, y);
    }

    // ---- Powers

    static final Formula POW = Formula.of("pow", 2).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = power(a[i], b[i]);
        }
    }).twoWhole(Exponential::power).gradient(0b11 | Op.OUTPUT, flow -> {
        var dy = flow.gradOutput();
        var x = flow.input(0);
        var p = flow.input(1);
        give(flow, 0, () -> Where.maskedFill(mul(dy, mul(p, pow(x, sub(p, 1)))),
                Compare.eq(p, 0).expand(dy.shape().toArray()), 0));
        give(flow, 1, () -> {
            var zero = Logic.logicalAnd(Compare.eq(x, 0), Compare.ge(p, 0));
            return mul(dy, Where.maskedFill(mul(flow.output(), log(x)), zero, 0));
        });
    });

    /** As C's pow and PyTorch's: 1 to any power is 1, and -1 to an infinite one. */
    private static double power(double a, double b) {
        return a == 1 || a == -1 && Double.isInfinite(b) ? 1 : Math.pow(a, b);
    }

    private static long power(long a, long b) {
        if (b < 0) {
            return a == 1 ? 1 : a == -1 ? (b & 1) == 0 ? 1 : -1 : 0;
        }
        long result = 1;
        long square = a;
        for (long rest = b; rest != 0; rest >>= 1) {
            result *= (rest & 1) != 0 ? square : 1;
            square *= square;
        }
        return result;
    }

    /** x to the p. The derivative by x is 0 where p is 0, that by p is 0 where x is 0 and p is not negative. */
    public static Tensor pow(Tensor x, Tensor p) {
        return Elementwise.apply(POW, x, p);
    }

    /** x to the p. The derivative is 0 if p is. */
    public static Tensor pow(Tensor x, double p) {
        Check.alive("pow", "the operand", x);
        var own = powerFormula(x, p);
        return own != null
                ? Elementwise.apply(own, power(p), Input.of(x))
                : Elementwise.apply(POW, power(p), x, Input.of(p));
    }

    /** The formula of one operand for an exponent that has one of its own; else null. */
    static Formula powerFormula(Tensor x, double p) {
        if (!x.dtype().isFloatingPoint()) {
            return null;
        }
        return p == 2 ? SQUARED : p == 1 ? SAME : p == -1 ? INVERSE : p == 0.5 ? ROOT : null;
    }

    /**
     * x to the p, which leaves integers as they are.
     *
     * @throws IllegalArgumentException if x has integers and p is negative
     */
    public static Tensor pow(Tensor x, long p) {
        if (p < 0 && !Check.alive("pow", "the operand", x).dtype().isFloatingPoint()) {
            throw new IllegalArgumentException(
                    "pow: " + x.shape() + " of " + x.dtype() + " to the " + p
                            + " has fractions; to(DType.FLOAT32) first");
        }
        if (Check.alive("pow", "the operand", x).dtype().isFloatingPoint()) {
            return pow(x, (double) p);
        }
        return Elementwise.apply(POW, null, x, Input.of(p));
    }

    private static Op power(double p) {
        return Op.composed("pow", 0b1, flow -> give(flow, 0, () -> p == 0
                ? Elementwise.zerosLike(flow.input(0))
                : mul(flow.gradOutput(), p == 1 ? pow(flow.input(0), 0.0) : mul(pow(flow.input(0), p - 1), p))));
    }

    // The exponents that are worth a loop of their own; the same numbers as pow's, in float32 within an ulp

    private static final Formula SQUARED = Formula.of("pow", 1).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] * a[i];
        }
    }).one(v -> v * v);
    private static final Formula SAME = Formula.of("pow", 1).one(v -> v);
    private static final Formula INVERSE = Formula.of("pow", 1).kernel(Unary.RECIPROCAL).one(v -> 1 / v);
    private static final Formula ROOT = Formula.of("pow", 1).one(v -> Math.pow(v, 0.5));

    /** x to the p, of one base. The derivative is 0 if x is 0, where p is not negative. */
    public static Tensor pow(double x, Tensor p) {
        Check.alive("pow", "the operand", p);
        var op = Op.composed("pow", 0b1 | Op.OUTPUT, flow -> give(flow, 0, () -> {
            var slope = mul(mul(flow.gradOutput(), flow.output()), Math.log(x));
            return x == 0 ? Where.maskedFill(slope, Compare.ge(flow.input(0), 0), 0) : slope;
        }));
        return Elementwise.apply(POW, op, Input.of(x), Input.of(p));
    }
}
