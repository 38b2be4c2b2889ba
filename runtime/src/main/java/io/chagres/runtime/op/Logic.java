package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/** Truth values, bits of integers, and what kind of number an element is. No gradients. */
public final class Logic {
    private Logic() {
    }

    // ---- Truth values

    private static final Formula LOGICAL_AND = Formula.of("logicalAnd", 2).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] != 0 && b[i] != 0 ? 1 : 0;
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] != 0 && b[i] != 0 ? 1 : 0;
        }
    }).truth();

    /** Where both are true; what is not 0 is true, NaN too. */
    public static Tensor logicalAnd(Tensor a, Tensor b) {
        return Elementwise.apply(LOGICAL_AND, a, b);
    }

    private static final Formula LOGICAL_OR = Formula.of("logicalOr", 2).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] != 0 || b[i] != 0 ? 1 : 0;
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] != 0 || b[i] != 0 ? 1 : 0;
        }
    }).truth();

    /** Where one is true; what is not 0 is true, NaN too. */
    public static Tensor logicalOr(Tensor a, Tensor b) {
        return Elementwise.apply(LOGICAL_OR, a, b);
    }

    private static final Formula LOGICAL_XOR = Formula.of("logicalXor", 2).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] != 0 != (b[i] != 0) ? 1 : 0;
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] != 0 != (b[i] != 0) ? 1 : 0;
        }
    }).truth();

    /** Where just one is true; what is not 0 is true, NaN too. */
    public static Tensor logicalXor(Tensor a, Tensor b) {
        return Elementwise.apply(LOGICAL_XOR, a, b);
    }

    private static final Formula LOGICAL_NOT = Formula.of("logicalNot", 1).one(v -> v == 0 ? 1 : 0)
            .oneWhole(v -> v == 0 ? 1 : 0).truth();

    /** Where x is 0. */
    public static Tensor logicalNot(Tensor x) {
        return Elementwise.apply(LOGICAL_NOT, x);
    }

    // ---- Bits

    private static final Formula BITWISE_AND = Formula.of("bitwiseAnd", 2).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] & b[i];
        }
    });

    /**
     * The bits that are set in both.
     *
     * @throws IllegalArgumentException if elements are floating point numbers
     */
    public static Tensor bitwiseAnd(Tensor a, Tensor b) {
        return whole(BITWISE_AND, a, b);
    }

    private static final Formula BITWISE_OR = Formula.of("bitwiseOr", 2).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] | b[i];
        }
    });

    /**
     * The bits that are set in one or both.
     *
     * @throws IllegalArgumentException if elements are floating point numbers
     */
    public static Tensor bitwiseOr(Tensor a, Tensor b) {
        return whole(BITWISE_OR, a, b);
    }

    private static final Formula BITWISE_XOR = Formula.of("bitwiseXor", 2).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] ^ b[i];
        }
    });

    /**
     * The bits that are set in just one.
     *
     * @throws IllegalArgumentException if elements are floating point numbers
     */
    public static Tensor bitwiseXor(Tensor a, Tensor b) {
        return whole(BITWISE_XOR, a, b);
    }

    private static final Formula BITWISE_NOT = Formula.of("bitwiseNot", 1).oneWhole(v -> ~v);
    private static final Formula BOOL_NOT = Formula.of("bitwiseNot", 1).oneWhole(v -> v ^ 1);

    /**
     * The bits that are not set; of truth values the other one.
     *
     * @throws IllegalArgumentException if elements are floating point numbers
     */
    public static Tensor bitwiseNot(Tensor x) {
        whole("bitwiseNot", "the operand", x);
        return Elementwise.apply(x.dtype() == DType.BOOL ? BOOL_NOT : BITWISE_NOT, x);
    }

    private static final Formula LEFT_SHIFT = Formula.of("bitwiseLeftShift", 2)
            .twoWhole((a, b) -> b < 0 || b >= Long.SIZE ? 0 : a << b);
    private static final Formula RIGHT_SHIFT = Formula.of("bitwiseRightShift", 2)
            .twoWhole((a, b) -> a >> (b < 0 || b >= Long.SIZE ? Long.SIZE - 1 : b));

    /**
     * a · 2^b within the bits of the type.
     *
     * @throws IllegalArgumentException if elements are not integers
     */
    public static Tensor bitwiseLeftShift(Tensor a, Tensor b) {
        return shifted(LEFT_SHIFT, a, b);
    }

    /**
     * The next whole number below a / 2^b.
     *
     * @throws IllegalArgumentException if elements are not integers
     */
    public static Tensor bitwiseRightShift(Tensor a, Tensor b) {
        return shifted(RIGHT_SHIFT, a, b);
    }

    private static Tensor shifted(Formula f, Tensor a, Tensor b) {
        Check.alive(f.name, "the first operand", a);
        Check.alive(f.name, "the second operand", b);
        if (whole(f.name, "the first operand", a).dtype() == DType.BOOL
                && whole(f.name, "the second operand", b).dtype() == DType.BOOL) {
            throw new IllegalArgumentException(
                    f.name + ": " + a.shape() + " and " + b.shape() + " are BOOL; integers are needed");
        }
        return whole(f, a, b);
    }

    private static Tensor whole(Formula f, Tensor a, Tensor b) {
        Check.alive(f.name, "the first operand", a);
        Check.alive(f.name, "the second operand", b);
        whole(f.name, "the first operand", a);
        whole(f.name, "the second operand", b);
        return Elementwise.apply(f, a, b);
    }

    private static Tensor whole(String op, String role, Tensor x) {
        if (Check.alive(op, role, x).dtype().isFloatingPoint()) {
            throw new IllegalArgumentException(
                    op + ": " + role + " " + x.shape() + " is " + x.dtype() + "; integers or BOOL are needed");
        }
        return x;
    }

    // ---- Kinds of numbers

    private static final Formula ISNAN = Formula.of("isnan", 1).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] != a[i] ? 1 : 0;
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] != a[i] ? 1 : 0;
        }
    }).oneWhole(v -> 0).truth();

    /** Where an element is NaN. */
    public static Tensor isnan(Tensor x) {
        return Elementwise.apply(ISNAN, x);
    }

    private static final Formula ISINF = Formula.of("isinf", 1).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Float.isInfinite(a[i]) ? 1 : 0;
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Double.isInfinite(a[i]) ? 1 : 0;
        }
    }).oneWhole(v -> 0).truth();

    /** Where an element is infinite. */
    public static Tensor isinf(Tensor x) {
        return Elementwise.apply(ISINF, x);
    }

    private static final Formula ISFINITE = Formula.of("isfinite", 1).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Float.isFinite(a[i]) ? 1 : 0;
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = Double.isFinite(a[i]) ? 1 : 0;
        }
    }).oneWhole(v -> 1).truth();

    /** Where an element is neither infinite nor NaN. */
    public static Tensor isfinite(Tensor x) {
        return Elementwise.apply(ISFINITE, x);
    }

    private static final Formula ISPOSINF = Formula.of("isposinf", 1).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] == Float.POSITIVE_INFINITY ? 1 : 0;
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] == Double.POSITIVE_INFINITY ? 1 : 0;
        }
    }).oneWhole(v -> 0).truth();

    /** Where an element is positive infinity. */
    public static Tensor isposinf(Tensor x) {
        return Elementwise.apply(ISPOSINF, x);
    }

    private static final Formula ISNEGINF = Formula.of("isneginf", 1).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] == Float.NEGATIVE_INFINITY ? 1 : 0;
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] == Double.NEGATIVE_INFINITY ? 1 : 0;
        }
    }).oneWhole(v -> 0).truth();

    /** Where an element is negative infinity. */
    public static Tensor isneginf(Tensor x) {
        return Elementwise.apply(ISNEGINF, x);
    }

    private static final Formula SIGNBIT = Formula.of("signbit", 1)
            .one(v -> Double.doubleToRawLongBits(v) < 0 ? 1 : 0).oneWhole(v -> v < 0 ? 1 : 0).truth();

    /** Where an element has a negative sign, as -0 has. */
    public static Tensor signbit(Tensor x) {
        return Elementwise.apply(SIGNBIT, x);
    }
}
