package io.chagres.runtime.op;

import static io.chagres.runtime.op.Elementwise.give;

import io.chagres.runtime.kernel.Kernels.Binary;
import io.chagres.runtime.tensor.Tensor;

/** The greater and the lesser of elements, and elements kept within bounds. Integers stay as they are. */
public final class Bounds {
    private Bounds() {
    }

    // ---- Of two

    private static final Formula MAXIMUM = Formula.of("maximum", 2).kernel(Binary.MAX).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.max(a[i], b[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.max(a[i], b[i]);
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.max(a[i], b[i]);
        }
    }).gradient(0b11, flow -> {
        var a = flow.input(0);
        var b = flow.input(1);
        give(flow, 0, () -> share(flow.gradOutput(), a, b, Compare.lt(a, b)));
        give(flow, 1, () -> share(flow.gradOutput(), a, b, Compare.gt(a, b)));
    });

    /** The greater one; NaN if one is. Of equal ones each gets half the gradient. */
    public static Tensor maximum(Tensor a, Tensor b) {
        return Elementwise.apply(MAXIMUM, a, b);
    }

    private static final Formula MINIMUM = Formula.of("minimum", 2).kernel(Binary.MIN).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.min(a[i], b[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.min(a[i], b[i]);
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.min(a[i], b[i]);
        }
    }).gradient(0b11, flow -> {
        var a = flow.input(0);
        var b = flow.input(1);
        give(flow, 0, () -> share(flow.gradOutput(), a, b, Compare.gt(a, b)));
        give(flow, 1, () -> share(flow.gradOutput(), a, b, Compare.lt(a, b)));
    });

    /** The lesser one; NaN if one is. Of equal ones each gets half the gradient. */
    public static Tensor minimum(Tensor a, Tensor b) {
        return Elementwise.apply(MINIMUM, a, b);
    }

    /** Half of the gradient where both are equal, none where this one lost. */
    private static Tensor share(Tensor dy, Tensor a, Tensor b, Tensor lost) {
        return Where.maskedFill(Where.where(Compare.eq(a, b), Arithmetic.mul(dy, 0.5), dy), lost, 0);
    }

    private static final Formula FMAX = Formula.of("fmax", 2)
            .two((a, b) -> Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.max(a, b)).twoWhole(Math::max)
            .gradient(0b11, flow -> {
                var a = flow.input(0);
                var b = flow.input(1);
                first(flow, Logic.logicalOr(Compare.ge(a, b), Logic.isnan(b)));
            });

    /** The greater one; the other one if one is NaN. */
    public static Tensor fmax(Tensor a, Tensor b) {
        return Elementwise.apply(FMAX, a, b);
    }

    private static final Formula FMIN = Formula.of("fmin", 2)
            .two((a, b) -> Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.min(a, b)).twoWhole(Math::min)
            .gradient(0b11, flow -> {
                var a = flow.input(0);
                var b = flow.input(1);
                first(flow, Logic.logicalOr(Compare.le(a, b), Logic.isnan(b)));
            });

    /** The lesser one; the other one if one is NaN. */
    public static Tensor fmin(Tensor a, Tensor b) {
        return Elementwise.apply(FMIN, a, b);
    }

    /** The gradient goes to the first where a mask says so, to the second elsewhere. */
    private static void first(io.chagres.runtime.autograd.Gradients flow, Tensor mask) {
        give(flow, 0, () -> Where.maskedFill(flow.gradOutput(), Logic.logicalNot(mask), 0));
        give(flow, 1, () -> Where.maskedFill(flow.gradOutput(), mask, 0));
    }

    // ---- Within bounds

    /** With numbers as bounds; the unused one is infinite. */
    static final Formula CLAMP = Formula.of("clamp", 3).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.min(Math.max(a[i], b[i]), c[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.min(Math.max(a[i], b[i]), c[i]);
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Math.min(Math.max(a[i], b[i]), c[i]);
        }
    });

    /**
     * x, but not below min nor above max; max if min is above max. The gradient passes where x is within, the bounds included.
     */
    public static Tensor clamp(Tensor x, double min, double max) {
        Check.alive("clamp", "the operand", x);
        return Elementwise.apply(CLAMP, within(min, max), Input.of(x), Input.of(min), Input.of(max));
    }

    /** {@link #clamp(Tensor, double, double)}, which leaves integers as they are. */
    public static Tensor clamp(Tensor x, long min, long max) {
        Check.alive("clamp", "the operand", x);
        return Elementwise.apply(CLAMP, within(min, max), Input.of(x), Input.of(min), Input.of(max));
    }

    private static Op within(double min, double max) {
        return Op.composed("clamp", 0b1, flow -> give(flow, 0, () -> {
            var x = flow.input(0);
            var inside = Logic.logicalAnd(Compare.ge(x, min), Compare.le(x, max));
            return Where.maskedFill(flow.gradOutput(), Logic.logicalNot(inside), 0);
        }));
    }

    static final Formula CLAMP_TENSORS = Formula.of("clamp", 3).floats(CLAMP.floats).doubles(CLAMP.doubles)
            .longs(CLAMP.longs).gradient(0b111, flow -> {
                var x = flow.input(0);
                var min = flow.input(1);
                var max = flow.input(2);
                give(flow, 0, () -> pass(flow.gradOutput(),
                        Logic.logicalAnd(Compare.ge(x, min), Compare.le(x, max))));
                give(flow, 1, () -> pass(flow.gradOutput(),
                        Logic.logicalAnd(Compare.lt(min, max), Compare.lt(x, min))));
                give(flow, 2, () -> pass(flow.gradOutput(),
                        Logic.logicalOr(Compare.gt(x, max), Compare.lt(max, min))));
            });

    private static Tensor pass(Tensor dy, Tensor where) {
        return Where.maskedFill(dy, Logic.logicalNot(where), 0);
    }

    /**
     * x, but not below min nor above max, which are broadcast; max if min is above max.
     *
     * @param min null for no lower bound
     * @param max null for no upper bound
     * @throws IllegalArgumentException if both are null
     */
    public static Tensor clamp(Tensor x, Tensor min, Tensor max) {
        Check.alive("clamp", "the operand", x);
        if (min == null && max == null) {
            throw new IllegalArgumentException("clamp: neither bound is given");
        }
        if (min == null) {
            return clampMax(x, max);
        }
        if (max == null) {
            return clampMin(x, min);
        }
        Check.alive("clamp", "the lower bound", min);
        Check.alive("clamp", "the upper bound", max);
        return Elementwise.apply(CLAMP_TENSORS, CLAMP_TENSORS.op, Input.of(x), Input.of(min), Input.of(max));
    }

    static final Formula CLAMP_MIN = Formula.of("clampMin", 2).kernel(Binary.MAX).floats(MAXIMUM.floats)
            .doubles(MAXIMUM.doubles).longs(MAXIMUM.longs).gradient(0b11, flow -> {
                var x = flow.input(0);
                var min = flow.input(1);
                give(flow, 0, () -> pass(flow.gradOutput(), Compare.ge(x, min)));
                give(flow, 1, () -> pass(flow.gradOutput(), Compare.lt(x, min)));
            });
    static final Formula CLAMP_MAX = Formula.of("clampMax", 2).kernel(Binary.MIN).floats(MINIMUM.floats)
            .doubles(MINIMUM.doubles).longs(MINIMUM.longs).gradient(0b11, flow -> {
                var x = flow.input(0);
                var max = flow.input(1);
                give(flow, 0, () -> pass(flow.gradOutput(), Compare.le(x, max)));
                give(flow, 1, () -> pass(flow.gradOutput(), Compare.gt(x, max)));
            });

    /** x, but not below a bound; the gradient goes to x where both are equal. */
    public static Tensor clampMin(Tensor x, Tensor min) {
        return Elementwise.apply(CLAMP_MIN, x, min);
    }

    /** x, but not below a bound. */
    public static Tensor clampMin(Tensor x, double min) {
        var op = Op.composed("clampMin", 0b1, flow -> give(flow, 0,
                () -> pass(flow.gradOutput(), Compare.ge(flow.input(0), min))));
        return Elementwise.apply(CLAMP_MIN, op, x, Input.of(min));
    }

    /** x, but not above a bound; the gradient goes to x where both are equal. */
    public static Tensor clampMax(Tensor x, Tensor max) {
        return Elementwise.apply(CLAMP_MAX, x, max);
    }

    /** x, but not above a bound. */
    public static Tensor clampMax(Tensor x, double max) {
        var op = Op.composed("clampMax", 0b1, flow -> give(flow, 0,
                () -> pass(flow.gradOutput(), Compare.le(flow.input(0), max))));
        return Elementwise.apply(CLAMP_MAX, op, x, Input.of(max));
    }

    // ---- What is not finite, and signs

    /** {@link #nanToNum(Tensor, double, double, double)} with 0 and the type's greatest and least numbers. */
    public static Tensor nanToNum(Tensor x) {
        double most = switch (Check.alive("nanToNum", "the operand", x).dtype()) {
            case FLOAT64 -> Double.MAX_VALUE;
            case FLOAT16 -> 65504;
            case BFLOAT16 -> 0x1.FEp127;
            default -> Float.MAX_VALUE;
        };
        return nanToNum(x, 0, most, -most);
    }

    /** x with other numbers for NaN, positive and negative infinity, at which the gradient is 0. Integers stay as they are. */
    public static Tensor nanToNum(Tensor x, double nan, double posinf, double neginf) {
        if (!Check.alive("nanToNum", "the operand", x).dtype().isFloatingPoint()) {
            return Convert.clone(x);
        }
        var formula = Formula.of("nanToNum", 1)
                .one(v -> Double.isNaN(v) ? nan : Double.isInfinite(v) ? v > 0 ? posinf : neginf : v)
                .slope(0b1, flow -> Where.maskedFill(flow.gradOutput(),
                        Logic.logicalNot(Logic.isfinite(flow.input(0))), 0));
        return Elementwise.apply(formula, x);
    }

    private static final Formula COPYSIGN = Formula.of("copysign", 2).two(Math::copySign).gradient(0b11, flow -> {
        give(flow, 0, () -> Arithmetic.mul(flow.gradOutput(), Arithmetic.mul(Pointwise.sign(flow.input(0)),
                copysign(Elementwise.onesLike(flow.input(0)), flow.input(1)))));
        give(flow, 1, () -> Elementwise.zerosLike(flow.gradOutput()));
    });

    /** |a| with the sign of b, -0 and NaN included. The derivative by a is 0 at 0. */
    public static Tensor copysign(Tensor a, Tensor b) {
        return Elementwise.apply(COPYSIGN, a, b);
    }

    private static final Formula HEAVISIDE = Formula.of("heaviside", 2)
            .two((x, at) -> Double.isNaN(x) ? x : x == 0 ? at : x < 0 ? 0 : 1)
            .twoWhole((x, at) -> x == 0 ? at : x < 0 ? 0 : 1)
            .flat();

    /** 0 below 0, 1 above, and there what the second operand says. Its gradient is 0. */
    public static Tensor heaviside(Tensor x, Tensor atZero) {
        return Elementwise.apply(HEAVISIDE, x, atZero);
    }
}
