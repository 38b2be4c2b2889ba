package io.chagres.runtime.op;

import static io.chagres.runtime.op.Arithmetic.mul;
import static io.chagres.runtime.op.Exponential.exp;
import static io.chagres.runtime.op.Pointwise.neg;
import static io.chagres.runtime.op.Pointwise.square;

import io.chagres.runtime.tensor.Tensor;

/** The error function and its relatives, as {@code torch.special}. Integers are taken as float32. */
public final class Special {
    private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

    private Special() {
    }

    private static final Formula ERF = Formula.of("erf", 1).one(Erf::erf).slope(0b1,
            flow -> mul(mul(flow.gradOutput(), exp(neg(square(flow.input(0))))), TWO_OVER_ROOT_PI));

    /** The error function, 2/√π times the integral of e^(-t²) from 0 to x. */
    public static Tensor erf(Tensor x) {
        return Elementwise.apply(ERF, x);
    }

    private static final Formula ERFC = Formula.of("erfc", 1).one(Erf::erfc).slope(0b1,
            flow -> mul(mul(flow.gradOutput(), exp(neg(square(flow.input(0))))), -TWO_OVER_ROOT_PI));

    /** 1 - erf x, without loss of accuracy where that is small. */
    public static Tensor erfc(Tensor x) {
        return Elementwise.apply(ERFC, x);
    }

    private static final Formula ERFINV = Formula.of("erfinv", 1).one(Special::erfinv).slope(Op.OUTPUT,
            flow -> mul(mul(flow.gradOutput(), exp(square(flow.output()))), 1 / TWO_OVER_ROOT_PI));

    /** The inverse of erf; infinite at -1 and 1, NaN beyond. */
    public static Tensor erfinv(Tensor x) {
        return Elementwise.apply(ERFINV, x);
    }

    /** A first guess (Winitzki, 2008), made exact by Newton's method on erfc, which is accurate in the tails. */
    private static double erfinv(double x) {
        double size = Math.abs(x);
        if (!(size < 1)) {
            return size == 1 ? Math.copySign(Double.POSITIVE_INFINITY, x) : Double.NaN;
        }
        if (size < 1e-8) {
            return x / TWO_OVER_ROOT_PI;
        }
        double log = Math.log1p(-size * size);
        double half = 2 / (Math.PI * 0.147) + log / 2;
        double y = Math.sqrt(Math.sqrt(half * half - log / 0.147) - half);
        for (int i = 0; i < 4; i++) {
            double off = size < 0.5 ? size - Erf.erf(y) : Erf.erfc(y) - (1 - size);
            double step = off / (TWO_OVER_ROOT_PI * Math.exp(-y * y));
            y += step / (1 + y * step);
        }
        return Math.copySign(y, x);
    }

    private static final Formula SINC = Formula.of("sinc", 1)
            .one(v -> v == 0 ? 1 : Math.sin(Math.PI * v) / (Math.PI * v)).slope(0b1, flow -> {
                // (cos πx - sinc x) / x, and 0 at 0
                var x = flow.input(0);
                var zero = Compare.eq(x, 0);
                var safe = Where.maskedFill(x, zero, 1);
                var slope = Arithmetic.div(Arithmetic.sub(Trigonometry.cos(mul(x, Math.PI)), sinc(x)), safe);
                return Where.maskedFill(mul(flow.gradOutput(), slope), zero, 0);
            });

    /** sin(πx) / (πx), and 1 at 0. */
    public static Tensor sinc(Tensor x) {
        return Elementwise.apply(SINC, x);
    }
}
