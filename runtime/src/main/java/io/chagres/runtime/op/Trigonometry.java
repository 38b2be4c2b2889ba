package io.chagres.runtime.op;

import static io.chagres.runtime.op.Arithmetic.add;
import static io.chagres.runtime.op.Arithmetic.div;
import static io.chagres.runtime.op.Arithmetic.mul;
import static io.chagres.runtime.op.Arithmetic.rsub;
import static io.chagres.runtime.op.Arithmetic.sub;
import static io.chagres.runtime.op.Elementwise.give;
import static io.chagres.runtime.op.Pointwise.neg;
import static io.chagres.runtime.op.Pointwise.rsqrt;
import static io.chagres.runtime.op.Pointwise.square;

import io.chagres.runtime.kernel.Kernels.Unary;
import io.chagres.runtime.tensor.Tensor;

/** Functions of angles, circular and hyperbolic, and their inverses. Integers are taken as float32. */
public final class Trigonometry {
    private Trigonometry() {
    }

    // ---- Circular

    private static final Formula SIN = Formula.of("sin", 1).one(Math::sin).slope(0b1,
            flow -> mul(flow.gradOutput(), cos(flow.input(0))));

    /** The sine. */
    public static Tensor sin(Tensor x) {
        return Elementwise.apply(SIN, x);
    }

    private static final Formula COS = Formula.of("cos", 1).one(Math::cos).slope(0b1,
            flow -> mul(flow.gradOutput(), neg(sin(flow.input(0)))));

    /** The cosine. */
    public static Tensor cos(Tensor x) {
        return Elementwise.apply(COS, x);
    }

    private static final Formula TAN = Formula.of("tan", 1).one(Math::tan).slope(Op.OUTPUT,
            flow -> mul(flow.gradOutput(), add(square(flow.output()), 1)));

    /** The tangent. */
    public static Tensor tan(Tensor x) {
        return Elementwise.apply(TAN, x);
    }

    private static final Formula ASIN = Formula.of("asin", 1).one(Math::asin).slope(0b1,
            flow -> mul(flow.gradOutput(), rsqrt(rsub(square(flow.input(0)), 1))));

    /** The angle in [-π/2, π/2] whose sine is x. */
    public static Tensor asin(Tensor x) {
        return Elementwise.apply(ASIN, x);
    }

    private static final Formula ACOS = Formula.of("acos", 1).one(Math::acos).slope(0b1,
            flow -> neg(mul(flow.gradOutput(), rsqrt(rsub(square(flow.input(0)), 1)))));

    /** The angle in [0, π] whose cosine is x. */
    public static Tensor acos(Tensor x) {
        return Elementwise.apply(ACOS, x);
    }

    private static final Formula ATAN = Formula.of("atan", 1).one(Math::atan).slope(0b1,
            flow -> div(flow.gradOutput(), add(square(flow.input(0)), 1)));

    /** The angle in [-π/2, π/2] whose tangent is x. */
    public static Tensor atan(Tensor x) {
        return Elementwise.apply(ATAN, x);
    }

    private static final Formula ATAN2 = Formula.of("atan2", 2).two(Math::atan2).gradient(0b11, flow -> {
        var a = flow.input(0);
        var b = flow.input(1);
        var over = div(flow.gradOutput(), add(square(a), square(b)));
        give(flow, 0, () -> mul(over, b));
        give(flow, 1, () -> neg(mul(over, a)));
    });

    /** The angle in [-π, π] of the point with the ordinate a and the abscissa b. */
    public static Tensor atan2(Tensor a, Tensor b) {
        return Elementwise.apply(ATAN2, a, b);
    }

    private static final Formula HYPOT = Formula.of("hypot", 2).two(Math::hypot).gradient(0b11 | Op.OUTPUT, flow -> {
        var over = div(flow.gradOutput(), flow.output());
        give(flow, 0, () -> mul(over, flow.input(0)));
        give(flow, 1, () -> mul(over, flow.input(1)));
    });

    /** √(a² + b²), where the squares may be beyond the type. */
    public static Tensor hypot(Tensor a, Tensor b) {
        return Elementwise.apply(HYPOT, a, b);
    }

    // ---- Hyperbolic

    private static final Formula SINH = Formula.of("sinh", 1).one(Math::sinh).slope(0b1,
            flow -> mul(flow.gradOutput(), cosh(flow.input(0))));

    /** The hyperbolic sine. */
    public static Tensor sinh(Tensor x) {
        return Elementwise.apply(SINH, x);
    }

    private static final Formula COSH = Formula.of("cosh", 1).one(Math::cosh).slope(0b1,
            flow -> mul(flow.gradOutput(), sinh(flow.input(0))));

    /** The hyperbolic cosine. */
    public static Tensor cosh(Tensor x) {
        return Elementwise.apply(COSH, x);
    }

    static final Formula TANH = Formula.of("tanh", 1).kernel(Unary.TANH).one(Math::tanh).slope(Op.OUTPUT,
            flow -> {
                var dy = flow.gradOutput();
                return sub(dy, mul(dy, square(flow.output())));
            });

    /** The hyperbolic tangent. */
    public static Tensor tanh(Tensor x) {
        return Elementwise.apply(TANH, x);
    }

    private static final Formula ASINH = Formula.of("asinh", 1).one(Trigonometry::asinh).slope(0b1,
            flow -> mul(flow.gradOutput(), rsqrt(add(square(flow.input(0)), 1))));

    private static double asinh(double x) {
        double size = Math.abs(x);
        if (size > 0x1p28) {
            return Math.copySign(Math.log(size) + Math.log(2), x);
        }
        double square = size * size;
        return Math.copySign(Math.log1p(size + square / (1 + Math.sqrt(1 + square))), x);
    }

    /** The inverse of sinh. */
    public static Tensor asinh(Tensor x) {
        return Elementwise.apply(ASINH, x);
    }

    private static final Formula ACOSH = Formula.of("acosh", 1).one(Trigonometry::acosh).slope(0b1,
            flow -> mul(flow.gradOutput(), rsqrt(sub(square(flow.input(0)), 1))));

    private static double acosh(double x) {
        if (x > 0x1p28) {
            return Math.log(x) + Math.log(2);
        }
        double above = x - 1;
        return Math.log1p(above + Math.sqrt(above * (x + 1)));
    }

    /** The inverse of cosh, not negative; NaN below 1. */
    public static Tensor acosh(Tensor x) {
        return Elementwise.apply(ACOSH, x);
    }

    private static final Formula ATANH = Formula.of("atanh", 1).one(Trigonometry::atanh).slope(0b1,
            flow -> div(flow.gradOutput(), rsub(square(flow.input(0)), 1)));

    private static double atanh(double x) {
        double size = Math.abs(x);
        return Math.copySign(0.5 * Math.log1p(2 * size / (1 - size)), x);
    }

    /** The inverse of tanh; NaN outside [-1, 1]. */
    public static Tensor atanh(Tensor x) {
        return Elementwise.apply(ATANH, x);
    }

    // ---- Degrees

    /** Degrees in radians. */
    public static Tensor deg2rad(Tensor x) {
        return scaled("deg2rad", x, Math.PI / 180);
    }

    /** Radians in degrees. */
    public static Tensor rad2deg(Tensor x) {
        return scaled("rad2deg", x, 180 / Math.PI);
    }

    private static Tensor scaled(String name, Tensor x, double factor) {
        var formula = Formula.of(name, 1).one(v -> v * factor).slope(Op.NOTHING,
                flow -> mul(flow.gradOutput(), factor));
        return Elementwise.apply(formula, x);
    }
}
