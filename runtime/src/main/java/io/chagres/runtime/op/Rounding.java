package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.tensor.Tensor;

/** Whole numbers near an element, and what is left. Integers stay as they are; gradients of steps are 0. */
public final class Rounding {
    private static final int MOST_DECIMALS = 300;

    private Rounding() {
    }

    static final Formula FLOOR = Formula.of("floor", 1).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = (float) Math.floor(a[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.floor(a[i]);
        }
    }).oneWhole(v -> v).flat();

    /** The next whole number below. */
    public static Tensor floor(Tensor x) {
        return Elementwise.apply(FLOOR, x);
    }

    static final Formula CEIL = Formula.of("ceil", 1).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = (float) Math.ceil(a[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.ceil(a[i]);
        }
    }).oneWhole(v -> v).flat();

    /** The next whole number above. */
    public static Tensor ceil(Tensor x) {
        return Elementwise.apply(CEIL, x);
    }

    static final Formula ROUND = Formula.of("round", 1).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = (float) Math.rint(a[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.rint(a[i]);
        }
    }).oneWhole(v -> v).flat();

    /** The nearest whole number; of two the even one. */
    public static Tensor round(Tensor x) {
        return Elementwise.apply(ROUND, x);
    }

    /**
     * The nearest multiple of 10^-decimals; of two the even one. Negative decimals round to tens, hundreds and so on.
     *
     * @throws IllegalArgumentException if the elements are integers and decimals is not 0, or beyond 300 either way
     */
    public static Tensor round(Tensor x, int decimals) {
        Check.alive("round", "the operand", x);
        if (decimals == 0) {
            return round(x);
        }
        if (!x.dtype().isFloatingPoint() || Math.abs((long) decimals) > MOST_DECIMALS) {
            throw new IllegalArgumentException("round: " + decimals + " decimals of " + x.shape() + " of " + x.dtype()
                    + "; floating point elements and at most " + MOST_DECIMALS + " are needed");
        }
        double ten = Math.pow(10, Math.abs(decimals));
        return Elementwise.apply(decimals > 0 ? DECIMALS : TENS, DECIMALS.op, x, Input.of(ten));
    }

    private static final Formula DECIMALS = Formula.of("round", 2).two((a, ten) -> Math.rint(a * ten) / ten)
            .gradient(Op.NOTHING, flow -> flow.give(0, Elementwise.zerosLike(flow.input(0))));
    private static final Formula TENS = Formula.of("round", 2).two((a, ten) -> Math.rint(a / ten) * ten);

    static final Formula TRUNC = Formula.of("trunc", 1).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.copySign((float) Math.floor(Math.abs(a[i])), a[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.copySign(Math.floor(Math.abs(a[i])), a[i]);
        }
    }).oneWhole(v -> v).flat();

    /** The next whole number towards 0. */
    public static Tensor trunc(Tensor x) {
        return Elementwise.apply(TRUNC, x);
    }

    private static final Formula FRAC = Formula.of("frac", 1).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] - Math.copySign((float) Math.floor(Math.abs(a[i])), a[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] - Math.copySign(Math.floor(Math.abs(a[i])), a[i]);
        }
    }).slope(Op.NOTHING, Gradients::gradOutput);

    /** x - trunc(x), with the sign of x. */
    public static Tensor frac(Tensor x) {
        return Elementwise.apply(FRAC, x);
    }
}
