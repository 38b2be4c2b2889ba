package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Compare;
import io.chagres.runtime.op.Logic;

/**
 * Comparisons, truth values, bits and kinds of numbers, element by element; results have no gradients. One-line delegates to
 * {@code runtime.op}, where each says what it does.
 */
public sealed interface ComparisonMethods permits Tensor {
    // ---- Comparisons

    /** Where both are equal. */
    default Tensor eq(Tensor other) {
        return Compare.eq(self(), other);
    }

    /** Where both are equal. */
    default Tensor eq(double other) {
        return Compare.eq(self(), other);
    }

    /** Where both are equal. */
    default Tensor eq(long other) {
        return Compare.eq(self(), other);
    }

    /** Where both are not equal. */
    default Tensor ne(Tensor other) {
        return Compare.ne(self(), other);
    }

    /** Where both are not equal. */
    default Tensor ne(double other) {
        return Compare.ne(self(), other);
    }

    /** Where both are not equal. */
    default Tensor ne(long other) {
        return Compare.ne(self(), other);
    }

    /** Where this &lt; other. */
    default Tensor lt(Tensor other) {
        return Compare.lt(self(), other);
    }

    /** Where this &lt; other. */
    default Tensor lt(double other) {
        return Compare.lt(self(), other);
    }

    /** Where this &lt; other. */
    default Tensor lt(long other) {
        return Compare.lt(self(), other);
    }

    /** Where this ≤ other. */
    default Tensor le(Tensor other) {
        return Compare.le(self(), other);
    }

    /** Where this ≤ other. */
    default Tensor le(double other) {
        return Compare.le(self(), other);
    }

    /** Where this ≤ other. */
    default Tensor le(long other) {
        return Compare.le(self(), other);
    }

    /** Where this &gt; other. */
    default Tensor gt(Tensor other) {
        return Compare.gt(self(), other);
    }

    /** Where this &gt; other. */
    default Tensor gt(double other) {
        return Compare.gt(self(), other);
    }

    /** Where this &gt; other. */
    default Tensor gt(long other) {
        return Compare.gt(self(), other);
    }

    /** Where this ≥ other. */
    default Tensor ge(Tensor other) {
        return Compare.ge(self(), other);
    }

    /** Where this ≥ other. */
    default Tensor ge(double other) {
        return Compare.ge(self(), other);
    }

    /** Where this ≥ other. */
    default Tensor ge(long other) {
        return Compare.ge(self(), other);
    }

    /** Where both are nearly equal. */
    default Tensor isclose(Tensor other) {
        return Compare.isclose(self(), other);
    }

    /** Where |this - other| ≤ atol + rtol |other|. */
    default Tensor isclose(Tensor other, double rtol, double atol, boolean equalNan) {
        return Compare.isclose(self(), other, rtol, atol, equalNan);
    }

    /** Whether all elements are nearly equal. */
    default boolean allclose(Tensor other) {
        return Compare.allclose(self(), other);
    }

    /** Whether |this - other| ≤ atol + rtol |other| everywhere. */
    default boolean allclose(Tensor other, double rtol, double atol, boolean equalNan) {
        return Compare.allclose(self(), other, rtol, atol, equalNan);
    }

    /** Whether shapes and all elements are equal. */
    default boolean equal(Tensor other) {
        return Compare.equal(self(), other);
    }

    // ---- Truth values and bits

    /** Where both are true. */
    default Tensor logicalAnd(Tensor other) {
        return Logic.logicalAnd(self(), other);
    }

    /** Where one is true. */
    default Tensor logicalOr(Tensor other) {
        return Logic.logicalOr(self(), other);
    }

    /** Where just one is true. */
    default Tensor logicalXor(Tensor other) {
        return Logic.logicalXor(self(), other);
    }

    /** The bits that are set in both. */
    default Tensor bitwiseAnd(Tensor other) {
        return Logic.bitwiseAnd(self(), other);
    }

    /** The bits that are set in one or both. */
    default Tensor bitwiseOr(Tensor other) {
        return Logic.bitwiseOr(self(), other);
    }

    /** The bits that are set in just one. */
    default Tensor bitwiseXor(Tensor other) {
        return Logic.bitwiseXor(self(), other);
    }

    /** this · 2^other. */
    default Tensor bitwiseLeftShift(Tensor other) {
        return Logic.bitwiseLeftShift(self(), other);
    }

    /** The next whole number below this / 2^other. */
    default Tensor bitwiseRightShift(Tensor other) {
        return Logic.bitwiseRightShift(self(), other);
    }

    /** Where x is 0. */
    default Tensor logicalNot() {
        return Logic.logicalNot(self());
    }

    /** The bits that are not set. */
    default Tensor bitwiseNot() {
        return Logic.bitwiseNot(self());
    }

    /** Where x is NaN. */
    default Tensor isnan() {
        return Logic.isnan(self());
    }

    /** Where x is infinite. */
    default Tensor isinf() {
        return Logic.isinf(self());
    }

    /** Where x is finite. */
    default Tensor isfinite() {
        return Logic.isfinite(self());
    }

    /** Where x is positive infinity. */
    default Tensor isposinf() {
        return Logic.isposinf(self());
    }

    /** Where x is negative infinity. */
    default Tensor isneginf() {
        return Logic.isneginf(self());
    }

    /** Where x has a negative sign. */
    default Tensor signbit() {
        return Logic.signbit(self());
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
