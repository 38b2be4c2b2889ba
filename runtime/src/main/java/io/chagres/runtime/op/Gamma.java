package io.chagres.runtime.op;

import static io.chagres.runtime.op.Arithmetic.mul;

import io.chagres.runtime.tensor.Tensor;

/**
 * The logarithm of the gamma function and its derivatives, as {@code torch.lgamma}, {@code digamma} and {@code polygamma}.
 * Integers are taken as float32.
 */
public final class Gamma {
    private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
    /** From here on the asymptotic series are exact to the last digits. */
    private static final double FAR = 12;
    /** The Bernoulli numbers B2, B4, ... */
    private static final double[] BERNOULLI = {1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730,
            7.0 / 6, -3617.0 / 510, 43867.0 / 798, -174611.0 / 330};
    private static final double EULER = 0.57721566490153286061;
    /** ζ(k) / k with alternating signs, for the series of log Γ around 1. */
    private static final double[] AROUND_ONE = new double[64];

    static {
        for (int k = 2; k < AROUND_ONE.length; k++) {
            AROUND_ONE[k] = zeta(k, 1) / k * (k % 2 == 0 ? 1 : -1);
        }
    }

    private Gamma() {
    }

    private static final Formula LGAMMA = Formula.of("lgamma", 1).one(Gamma::lgamma).slope(0b1,
            flow -> mul(flow.gradOutput(), digamma(flow.input(0))));

    /** log |Γ(x)|; infinite at 0, -1, -2 and so on. */
    public static Tensor lgamma(Tensor x) {
        return Elementwise.apply(LGAMMA, x);
    }

    private static final Formula DIGAMMA = Formula.of("digamma", 1).one(Gamma::digamma).slope(0b1,
            flow -> mul(flow.gradOutput(), polygamma(1, flow.input(0))));

    /** The derivative of log Γ(x); infinite at 0, NaN at -1, -2 and so on, as in PyTorch. */
    public static Tensor digamma(Tensor x) {
        return Elementwise.apply(DIGAMMA, x);
    }

    /**
     * The n-th derivative of {@link #digamma}; n = 0 is digamma itself.
     *
     * @throws IllegalArgumentException if n is negative
     */
    public static Tensor polygamma(int n, Tensor x) {
        Check.alive("polygamma", "the operand", x);
        if (n < 0) {
            throw new IllegalArgumentException("polygamma: derivative " + n + " of digamma; 0 or more are possible");
        }
        var formula = Formula.of("polygamma", 1).one(n == 0 ? Gamma::digamma : v -> polygamma(n, v)).slope(0b1,
                flow -> mul(flow.gradOutput(), polygamma(n + 1, flow.input(0))));
        return Elementwise.apply(formula, x);
    }

    // ---- One number

    static double lgamma(double x) {
        if (Double.isNaN(x)) {
            return x;
        }
        if (Double.isInfinite(x) || x <= 0 && x == Math.rint(x)) {
            return Double.POSITIVE_INFINITY;
        }
        if (x < 0.5) {
            double sine = Math.abs(Math.sin(Math.PI * (x - Math.rint(x))));
            return Math.log(Math.PI / sine) - lgamma(1 - x);
        }
        if (x < 2.5) {
            // near the zeros at 1 and 2, where other ways lose digits: Γ(x) = (x - 1) Γ(x - 1)
            return x < 1.5 ? aroundOne(x - 1) : Math.log1p(x - 2) + aroundOne(x - 2);
        }
        double product = 1;
        double far = x;
        while (far < FAR) {
            product *= far++;
        }
        double square = 1 / (far * far);
        double sum = 0;
        for (int i = BERNOULLI.length - 1; i >= 0; i--) {
            sum = sum * square + BERNOULLI[i] / ((2.0 * i + 2) * (2 * i + 1));
        }
        return (far - 0.5) * Math.log(far) - far + HALF_LOG_TWO_PI + sum / far - Math.log(product);
    }

    /** log Γ(1 + z) for |z| up to a half. */
    private static double aroundOne(double z) {
        double sum = 0;
        for (int k = AROUND_ONE.length - 1; k >= 2; k--) {
            sum = sum * z + AROUND_ONE[k];
        }
        return z * (sum * z - EULER);
    }

    static double digamma(double x) {
        if (x == 0) {
            return Math.copySign(Double.POSITIVE_INFINITY, -x);
        }
        if (x < 0) {
            double part = x - Math.rint(x);
            return part == 0 || Double.isInfinite(x) ? Double.NaN : digamma(1 - x) - Math.PI / Math.tan(Math.PI * part);
        }
        if (Double.isInfinite(x)) {
            return x;
        }
        double before = 0;
        double far = x;
        while (far < FAR) {
            before += 1 / far++;
        }
        double square = 1 / (far * far);
        double sum = 0;
        for (int i = BERNOULLI.length - 1; i >= 0; i--) {
            sum = (sum + BERNOULLI[i] / (2.0 * i + 2)) * square;
        }
        return Math.log(far) - 0.5 / far - sum - before;
    }

    /** (-1)^(n + 1) n! ζ(n + 1, x). */
    static double polygamma(int n, double x) {
        double factorial = Math.exp(lgamma(n + 1.0));
        double sum = factorial * zeta(n + 1, x);
        return n % 2 == 0 ? -sum : sum;
    }

    /** Hurwitz' ζ(s, q), the sum of (q + k)^-s over all k from 0 on, for whole s from 2 on. */
    static double zeta(int s, double q) {
        if (Double.isNaN(q) || q == Double.NEGATIVE_INFINITY) {
            return Double.NaN;
        }
        if (q == Double.POSITIVE_INFINITY) {
            return 0;
        }
        if (q <= 0) {
            double part = Math.ceil(q) - q;
            if (part == 0) {
                return Double.POSITIVE_INFINITY;
            }
            // the terms below 0, from the greatest on, and those above
            double below = zeta(s, part) - zeta(s, 1 - q);
            return (s % 2 == 0 ? below : -below) + zeta(s, 1 - part);
        }
        double sum = 0;
        double far = q;
        while (far < FAR + s / 2.0) {
            sum += Math.pow(far++, -s);
        }
        double power = Math.pow(far, -s);
        sum += far * power / (s - 1) + power / 2;
        double factor = s * power / far;
        for (int i = 0; i < BERNOULLI.length; i++) {
            double term = BERNOULLI[i] / factorial(2 * i + 2) * factor;
            sum += term;
            factor *= (s + 2.0 * i + 1) * (s + 2.0 * i + 2) / (far * far);
        }
        return sum;
    }

    private static double factorial(int n) {
        double product = 1;
        for (int i = 2; i <= n; i++) {
            product *= i;
        }
        return product;
    }
}
