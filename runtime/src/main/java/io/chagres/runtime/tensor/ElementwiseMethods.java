package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Arithmetic;
import io.chagres.runtime.op.Blend;
import io.chagres.runtime.op.Bounds;
import io.chagres.runtime.op.Exponential;
import io.chagres.runtime.op.Gamma;
import io.chagres.runtime.op.Gelu;
import io.chagres.runtime.op.Pointwise;
import io.chagres.runtime.op.Rounding;
import io.chagres.runtime.op.Special;
import io.chagres.runtime.op.Trigonometry;

/** What is computed for each element by itself: one-line delegates to {@code runtime.op}, where each says what it does. */
public sealed interface ElementwiseMethods permits Tensor {
    // ---- Arithmetic, with broadcasting; a long leaves integers as they are

    /** this + other. */
    default Tensor add(Tensor other) {
        return Arithmetic.add(self(), other);
    }

    /** this + other. */
    default Tensor add(double other) {
        return Arithmetic.add(self(), other);
    }

    /** this + other. */
    default Tensor add(long other) {
        return Arithmetic.add(self(), other);
    }

    /** this + alpha · other. */
    default Tensor add(Tensor other, double alpha) {
        return Arithmetic.add(self(), other, alpha);
    }

    /** this - other. */
    default Tensor sub(Tensor other) {
        return Arithmetic.sub(self(), other);
    }

    /** this - other. */
    default Tensor sub(double other) {
        return Arithmetic.sub(self(), other);
    }

    /** this - other. */
    default Tensor sub(long other) {
        return Arithmetic.sub(self(), other);
    }

    /** this - alpha · other. */
    default Tensor sub(Tensor other, double alpha) {
        return Arithmetic.sub(self(), other, alpha);
    }

    /** this · other, element by element. */
    default Tensor mul(Tensor other) {
        return Arithmetic.mul(self(), other);
    }

    /** this · other, element by element. */
    default Tensor mul(double other) {
        return Arithmetic.mul(self(), other);
    }

    /** this · other, element by element. */
    default Tensor mul(long other) {
        return Arithmetic.mul(self(), other);
    }

    /** other - this. */
    default Tensor rsub(Tensor other) {
        return Arithmetic.rsub(self(), other);
    }

    /** other - this. */
    default Tensor rsub(double other) {
        return Arithmetic.rsub(self(), other);
    }

    /** this / other, element by element; of integers too, in float32. */
    default Tensor div(Tensor other) {
        return Arithmetic.div(self(), other);
    }

    /** this / other. */
    default Tensor div(double other) {
        return Arithmetic.div(self(), other);
    }

    /** this / other, rounded. */
    default Tensor div(Tensor other, Arithmetic.Rounding rounding) {
        return Arithmetic.div(self(), other, rounding);
    }

    /** The next whole number below this / other. */
    default Tensor floorDivide(Tensor other) {
        return Arithmetic.floorDivide(self(), other);
    }

    /** What is left beyond whole multiples of other, with its sign. */
    default Tensor remainder(Tensor other) {
        return Arithmetic.remainder(self(), other);
    }

    /** What is left beyond whole multiples of other, with its sign. */
    default Tensor remainder(double other) {
        return Arithmetic.remainder(self(), other);
    }

    /** What is left beyond whole multiples of other, with its sign. */
    default Tensor remainder(long other) {
        return Arithmetic.remainder(self(), other);
    }

    /** What is left beyond whole multiples of other, with the sign of this. */
    default Tensor fmod(Tensor other) {
        return Arithmetic.fmod(self(), other);
    }

    /** What is left beyond whole multiples of other, with the sign of this. */
    default Tensor fmod(double other) {
        return Arithmetic.fmod(self(), other);
    }

    /** What is left beyond whole multiples of other, with the sign of this. */
    default Tensor fmod(long other) {
        return Arithmetic.fmod(self(), other);
    }

    /** this to the power. */
    default Tensor pow(Tensor power) {
        return Exponential.pow(self(), power);
    }

    /** this to the power. */
    default Tensor pow(double power) {
        return Exponential.pow(self(), power);
    }

    /** this to the power. */
    default Tensor pow(long power) {
        return Exponential.pow(self(), power);
    }

    /** this + weight · (end - this). */
    default Tensor lerp(Tensor end, Tensor weight) {
        return Blend.lerp(self(), end, weight);
    }

    /** this + weight · (end - this). */
    default Tensor lerp(Tensor end, double weight) {
        return Blend.lerp(self(), end, weight);
    }

    /** this + a · b. */
    default Tensor addcmul(Tensor a, Tensor b) {
        return Blend.addcmul(self(), a, b);
    }

    /** this + value · a · b. */
    default Tensor addcmul(Tensor a, Tensor b, double value) {
        return Blend.addcmul(self(), a, b, value);
    }

    /** this + a / b. */
    default Tensor addcdiv(Tensor a, Tensor b) {
        return Blend.addcdiv(self(), a, b);
    }

    /** this + value · a / b. */
    default Tensor addcdiv(Tensor a, Tensor b, double value) {
        return Blend.addcdiv(self(), a, b, value);
    }

    // ---- Signs, roots and squares

    /** -x. */
    default Tensor neg() {
        return Pointwise.neg(self());
    }

    /** x. */
    default Tensor positive() {
        return Pointwise.positive(self());
    }

    /** |x|. */
    default Tensor abs() {
        return Pointwise.abs(self());
    }

    /** 1, 0 or -1. */
    default Tensor sign() {
        return Pointwise.sign(self());
    }

    /** The square root. */
    default Tensor sqrt() {
        return Pointwise.sqrt(self());
    }

    /** 1 / √x. */
    default Tensor rsqrt() {
        return Pointwise.rsqrt(self());
    }

    /** x². */
    default Tensor square() {
        return Pointwise.square(self());
    }

    /** 1 / x. */
    default Tensor reciprocal() {
        return Pointwise.reciprocal(self());
    }

    /** max(x, 0). */
    default Tensor relu() {
        return Pointwise.relu(self());
    }

    // ---- Exponential functions and logarithms

    /** e to the x. */
    default Tensor exp() {
        return Exponential.exp(self());
    }

    /** 2 to the x. */
    default Tensor exp2() {
        return Exponential.exp2(self());
    }

    /** e to the x, less 1. */
    default Tensor expm1() {
        return Exponential.expm1(self());
    }

    /** 1 / (1 + e^-x). */
    default Tensor sigmoid() {
        return Exponential.sigmoid(self());
    }

    /** The natural logarithm. */
    default Tensor log() {
        return Exponential.log(self());
    }

    /** The natural logarithm of 1 + x. */
    default Tensor log1p() {
        return Exponential.log1p(self());
    }

    /** The logarithm to base 2. */
    default Tensor log2() {
        return Exponential.log2(self());
    }

    /** The logarithm to base 10. */
    default Tensor log10() {
        return Exponential.log10(self());
    }

    /** log(x / (1 - x)). */
    default Tensor logit() {
        return Exponential.logit(self());
    }

    /** log(x / (1 - x)) of x clamped to [eps, 1 - eps]. */
    default Tensor logit(double eps) {
        return Exponential.logit(self(), eps);
    }

    /** log(e^this + e^other). */
    default Tensor logaddexp(Tensor other) {
        return Exponential.logaddexp(self(), other);
    }

    /** this · log(other), 0 where this is 0. */
    default Tensor xlogy(Tensor other) {
        return Exponential.xlogy(self(), other);
    }

    // ---- Angles

    /** The sine. */
    default Tensor sin() {
        return Trigonometry.sin(self());
    }

    /** The cosine. */
    default Tensor cos() {
        return Trigonometry.cos(self());
    }

    /** The tangent. */
    default Tensor tan() {
        return Trigonometry.tan(self());
    }

    /** The inverse of the sine. */
    default Tensor asin() {
        return Trigonometry.asin(self());
    }

    /** The inverse of the cosine. */
    default Tensor acos() {
        return Trigonometry.acos(self());
    }

    /** The inverse of the tangent. */
    default Tensor atan() {
        return Trigonometry.atan(self());
    }

    /** The hyperbolic sine. */
    default Tensor sinh() {
        return Trigonometry.sinh(self());
    }

    /** The hyperbolic cosine. */
    default Tensor cosh() {
        return Trigonometry.cosh(self());
    }

    /** The hyperbolic tangent. */
    default Tensor tanh() {
        return Trigonometry.tanh(self());
    }

    /** The inverse of sinh. */
    default Tensor asinh() {
        return Trigonometry.asinh(self());
    }

    /** The inverse of cosh. */
    default Tensor acosh() {
        return Trigonometry.acosh(self());
    }

    /** The inverse of tanh. */
    default Tensor atanh() {
        return Trigonometry.atanh(self());
    }

    /** The angle of the point (other, this). */
    default Tensor atan2(Tensor other) {
        return Trigonometry.atan2(self(), other);
    }

    /** √(this² + other²). */
    default Tensor hypot(Tensor other) {
        return Trigonometry.hypot(self(), other);
    }

    // ---- Special functions

    /** The error function. */
    default Tensor erf() {
        return Special.erf(self());
    }

    /** 1 - erf x. */
    default Tensor erfc() {
        return Special.erfc(self());
    }

    /** The inverse of erf. */
    default Tensor erfinv() {
        return Special.erfinv(self());
    }

    /** sin(πx) / (πx). */
    default Tensor sinc() {
        return Special.sinc(self());
    }

    /** x Φ(x), the Gaussian error linear unit, as {@code torch.nn.functional.gelu}. */
    default Tensor gelu() {
        return Gelu.gelu(self());
    }

    /** {@link #gelu} with the tanh approximation, {@code approximate="tanh"} in PyTorch. */
    default Tensor geluTanh() {
        return Gelu.geluTanh(self());
    }

    // ---- Whole numbers

    /** The next whole number below. */
    default Tensor floor() {
        return Rounding.floor(self());
    }

    /** The next whole number above. */
    default Tensor ceil() {
        return Rounding.ceil(self());
    }

    /** The nearest whole number, of two the even one. */
    default Tensor round() {
        return Rounding.round(self());
    }

    /** The next whole number towards 0. */
    default Tensor trunc() {
        return Rounding.trunc(self());
    }

    /** x - trunc(x). */
    default Tensor frac() {
        return Rounding.frac(self());
    }

    /** The nearest multiple of 10^-decimals. */
    default Tensor round(int decimals) {
        return Rounding.round(self(), decimals);
    }

    // ---- Bounds

    /** The greater one; NaN if one is. */
    default Tensor maximum(Tensor other) {
        return Bounds.maximum(self(), other);
    }

    /** The lesser one; NaN if one is. */
    default Tensor minimum(Tensor other) {
        return Bounds.minimum(self(), other);
    }

    /** The greater one; the other one if one is NaN. */
    default Tensor fmax(Tensor other) {
        return Bounds.fmax(self(), other);
    }

    /** The lesser one; the other one if one is NaN. */
    default Tensor fmin(Tensor other) {
        return Bounds.fmin(self(), other);
    }

    /** x, but not below min nor above max. */
    default Tensor clamp(double min, double max) {
        return Bounds.clamp(self(), min, max);
    }

    /** x, but not below min nor above max. */
    default Tensor clamp(long min, long max) {
        return Bounds.clamp(self(), min, max);
    }

    /** x, but not below min nor above max, one of which may be null. */
    default Tensor clamp(Tensor min, Tensor max) {
        return Bounds.clamp(self(), min, max);
    }

    /** x, but not below min. */
    default Tensor clampMin(Tensor min) {
        return Bounds.clampMin(self(), min);
    }

    /** x, but not below min. */
    default Tensor clampMin(double min) {
        return Bounds.clampMin(self(), min);
    }

    /** x, but not above max. */
    default Tensor clampMax(Tensor max) {
        return Bounds.clampMax(self(), max);
    }

    /** x, but not above max. */
    default Tensor clampMax(double max) {
        return Bounds.clampMax(self(), max);
    }

    /** 0 for NaN, the greatest and least finite numbers for infinities. */
    default Tensor nanToNum() {
        return Bounds.nanToNum(self());
    }

    /** Other numbers for NaN and infinities. */
    default Tensor nanToNum(double nan, double posinf, double neginf) {
        return Bounds.nanToNum(self(), nan, posinf, neginf);
    }

    /** |this| with the sign of other. */
    default Tensor copysign(Tensor other) {
        return Bounds.copysign(self(), other);
    }

    /** 0 below 0, 1 above, there the other operand. */
    default Tensor heaviside(Tensor atZero) {
        return Bounds.heaviside(self(), atZero);
    }

    /** Degrees in radians. */
    default Tensor deg2rad() {
        return Trigonometry.deg2rad(self());
    }

    /** Radians in degrees. */
    default Tensor rad2deg() {
        return Trigonometry.rad2deg(self());
    }

    /** log |Γ(x)|. */
    default Tensor lgamma() {
        return Gamma.lgamma(self());
    }

    /** The derivative of log Γ(x). */
    default Tensor digamma() {
        return Gamma.digamma(self());
    }

    /** The n-th derivative of digamma. */
    default Tensor polygamma(int n) {
        return Gamma.polygamma(n, self());
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
