package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/**
 * Element-wise functions in place, PyTorch's names with an underscore: the elements become what the function of the same name
 * gives, in their own type. Where nothing is recorded no other memory is used. See {@link InPlace} for what all of them have in
 * common.
 */
public final class ElementwiseInPlace {
    private ElementwiseInPlace() {
    }

    // ---- Of one element

    /** |x|; see {@link Pointwise#abs}. */
    public static Tensor abs(Tensor target) {
        return InPlace.change("absInPlace", target, Pointwise.ABS, Pointwise::abs);
    }

    /** -x. */
    public static Tensor neg(Tensor target) {
        if (Check.alive("negInPlace", "the tensor", target).dtype() == DType.BOOL) {
            throw new IllegalArgumentException("negInPlace: " + target.shape()
                    + " is BOOL, which has no sign; logicalNot turns truth values round");
        }
        return InPlace.change("negInPlace", target, Pointwise.NEG, Pointwise::neg);
    }

    /** x². */
    public static Tensor square(Tensor target) {
        return InPlace.change("squareInPlace", target, Pointwise.SQUARE, Pointwise::square);
    }

    /** The square root. */
    public static Tensor sqrt(Tensor target) {
        return InPlace.change("sqrtInPlace", target, Pointwise.SQRT, Pointwise::sqrt);
    }

    /** 1 / √x. */
    public static Tensor rsqrt(Tensor target) {
        return InPlace.change("rsqrtInPlace", target, Pointwise.RSQRT, Pointwise::rsqrt);
    }

    /** 1 / x. */
    public static Tensor reciprocal(Tensor target) {
        return InPlace.change("reciprocalInPlace", target, Pointwise.RECIPROCAL, Pointwise::reciprocal);
    }

    /** max(x, 0). */
    public static Tensor relu(Tensor target) {
        return InPlace.change("reluInPlace", target, Pointwise.RELU, Pointwise::relu);
    }

    /** e to the x. */
    public static Tensor exp(Tensor target) {
        return InPlace.change("expInPlace", target, Exponential.EXP, Exponential::exp);
    }

    /** The natural logarithm. */
    public static Tensor log(Tensor target) {
        return InPlace.change("logInPlace", target, Exponential.LOG, Exponential::log);
    }

    /** 1 / (1 + e^-x). */
    public static Tensor sigmoid(Tensor target) {
        return InPlace.change("sigmoidInPlace", target, Exponential.SIGMOID, Exponential::sigmoid);
    }

    /** The hyperbolic tangent. */
    public static Tensor tanh(Tensor target) {
        return InPlace.change("tanhInPlace", target, Trigonometry.TANH, Trigonometry::tanh);
    }

    /** The next whole number below. */
    public static Tensor floor(Tensor target) {
        return InPlace.change("floorInPlace", target, Rounding.FLOOR, Rounding::floor);
    }

    /** The next whole number above. */
    public static Tensor ceil(Tensor target) {
        return InPlace.change("ceilInPlace", target, Rounding.CEIL, Rounding::ceil);
    }

    /** The nearest whole number; of two the even one. */
    public static Tensor round(Tensor target) {
        return InPlace.change("roundInPlace", target, Rounding.ROUND, Rounding::round);
    }

    /** The next whole number towards 0. */
    public static Tensor trunc(Tensor target) {
        return InPlace.change("truncInPlace", target, Rounding.TRUNC, Rounding::trunc);
    }

    // ---- Powers

    /** The elements to the powers p, which broadcast. */
    public static Tensor pow(Tensor target, Tensor p) {
        Check.alive("powInPlace", "the exponent", p);
        return InPlace.change("powInPlace", target, Exponential.POW, x -> Exponential.pow(x, p), Input.of(p));
    }

    /** The elements to the p. */
    public static Tensor pow(Tensor target, double p) {
        var own = Exponential.powerFormula(Check.alive("powInPlace", "the tensor", target), p);
        return own != null
                ? InPlace.change("powInPlace", target, own, x -> Exponential.pow(x, p))
                : InPlace.change("powInPlace", target, Exponential.POW, x -> Exponential.pow(x, p), Input.of(p));
    }

    /** {@link #pow(Tensor, double)} with a whole number, which integers take too if it is not negative. */
    public static Tensor pow(Tensor target, long p) {
        if (Check.alive("powInPlace", "the tensor", target).dtype().isFloatingPoint()) {
            return pow(target, (double) p);
        }
        if (p < 0) {
            throw new IllegalArgumentException("powInPlace: " + target.shape() + " of " + target.dtype() + " to the "
                    + p + " has fractions; to(DType.FLOAT32) first");
        }
        return InPlace.change("powInPlace", target, Exponential.POW, x -> Exponential.pow(x, p), Input.of(p));
    }

    // ---- Bounds

    /** Keeps the elements within bounds; see {@link Bounds#clamp(Tensor, double, double)}. */
    public static Tensor clamp(Tensor target, double min, double max) {
        return InPlace.change("clampInPlace", target, Bounds.CLAMP, x -> Bounds.clamp(x, min, max), Input.of(min),
                Input.of(max));
    }

    /** {@link #clamp(Tensor, double, double)} with whole numbers, which integers take too. */
    public static Tensor clamp(Tensor target, long min, long max) {
        return InPlace.change("clampInPlace", target, Bounds.CLAMP, x -> Bounds.clamp(x, min, max), Input.of(min),
                Input.of(max));
    }

    /**
     * {@link #clamp(Tensor, double, double)} with bounds that broadcast.
     *
     * @param min null for no lower bound
     * @param max null for no upper bound
     * @throws IllegalArgumentException if both are null
     */
    public static Tensor clamp(Tensor target, Tensor min, Tensor max) {
        Check.alive("clampInPlace", "the tensor", target);
        if (min == null && max == null) {
            throw new IllegalArgumentException("clampInPlace: neither bound is given");
        }
        if (min != null) {
            Check.alive("clampInPlace", "the lower bound", min);
        }
        if (max != null) {
            Check.alive("clampInPlace", "the upper bound", max);
        }
        if (min == null) {
            return InPlace.change("clampInPlace", target, Bounds.CLAMP_MAX, x -> Bounds.clampMax(x, max),
                    Input.of(max));
        }
        if (max == null) {
            return InPlace.change("clampInPlace", target, Bounds.CLAMP_MIN, x -> Bounds.clampMin(x, min),
                    Input.of(min));
        }
        return InPlace.change("clampInPlace", target, Bounds.CLAMP_TENSORS, x -> Bounds.clamp(x, min, max),
                Input.of(min), Input.of(max));
    }

    /** The elements, but none below a bound. */
    public static Tensor clampMin(Tensor target, double min) {
        return InPlace.change("clampMinInPlace", target, Bounds.CLAMP_MIN, x -> Bounds.clampMin(x, min),
                Input.of(min));
    }

    /** The elements, but none above a bound. */
    public static Tensor clampMax(Tensor target, double max) {
        return InPlace.change("clampMaxInPlace", target, Bounds.CLAMP_MAX, x -> Bounds.clampMax(x, max),
                Input.of(max));
    }

    // ---- Of three elements

    /** x + weight · (end - x). */
    public static Tensor lerp(Tensor target, Tensor end, double weight) {
        Check.alive("lerpInPlace", "the tensor", target);
        Check.alive("lerpInPlace", "the end", end);
        return InPlace.change("lerpInPlace", target, Blend.LERP, x -> Blend.lerp(x, end, weight), Input.of(end),
                Input.of(weight));
    }

    /** {@link #lerp(Tensor, Tensor, double)} with weights that broadcast. */
    public static Tensor lerp(Tensor target, Tensor end, Tensor weight) {
        Check.alive("lerpInPlace", "the tensor", target);
        Check.alive("lerpInPlace", "the end", end);
        Check.alive("lerpInPlace", "the weight", weight);
        return InPlace.change("lerpInPlace", target, Blend.LERP, x -> Blend.lerp(x, end, weight), Input.of(end),
                Input.of(weight));
    }

    /** x + value · a · b. */
    public static Tensor addcmul(Tensor target, Tensor a, Tensor b, double value) {
        Check.alive("addcmulInPlace", "the tensor", target);
        Check.alive("addcmulInPlace", "the first factor", a);
        Check.alive("addcmulInPlace", "the second factor", b);
        return InPlace.change("addcmulInPlace", target, Blend.addcmulFormula(value),
                x -> Blend.addcmul(x, a, b, value), Input.of(a), Input.of(b));
    }

    /** x + value · a / b. */
    public static Tensor addcdiv(Tensor target, Tensor a, Tensor b, double value) {
        Check.alive("addcdivInPlace", "the tensor", target);
        Check.alive("addcdivInPlace", "the dividend", a);
        Check.alive("addcdivInPlace", "the divisor", b);
        return InPlace.change("addcdivInPlace", target, Blend.addcdivFormula(value),
                x -> Blend.addcdiv(x, a, b, value), Input.of(a), Input.of(b));
    }
}
