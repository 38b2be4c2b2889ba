package io.chagres.runtime.op;

import io.chagres.runtime.tensor.Tensor;

/**
 * Comparisons of elements, broadcast, in the type that both promote to. Results are bool and have no gradients; comparisons with NaN
 * are false, but for {@code ne}.
 */
public final class Compare {
    private Compare() {
    }

    private static final Formula EQ = Formula.of("eq", 2).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] == b[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] == b[i]);
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] == b[i]);
        }
    }).truth();

    /** Where a = b, which NaN never is. */
    public static Tensor eq(Tensor a, Tensor b) {
        return Elementwise.apply(EQ, a, b);
    }

    /** Where a = b, which NaN never is. */
    public static Tensor eq(Tensor a, double b) {
        return Elementwise.apply(EQ, null, a, Input.of(b));
    }

    /** Where a = b, which NaN never is; integers are compared as they are. */
    public static Tensor eq(Tensor a, long b) {
        return Elementwise.apply(EQ, null, a, Input.of(b));
    }

    private static final Formula NE = Formula.of("ne", 2).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] != b[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] != b[i]);
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] != b[i]);
        }
    }).truth();

    /** Where a is not b, which is so where one is NaN. */
    public static Tensor ne(Tensor a, Tensor b) {
        return Elementwise.apply(NE, a, b);
    }

    /** Where a is not b, which is so where one is NaN. */
    public static Tensor ne(Tensor a, double b) {
        return Elementwise.apply(NE, null, a, Input.of(b));
    }

    /** Where a is not b, which is so where one is NaN; integers are compared as they are. */
    public static Tensor ne(Tensor a, long b) {
        return Elementwise.apply(NE, null, a, Input.of(b));
    }

    private static final Formula LT = Formula.of("lt", 2).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] < b[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] < b[i]);
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] < b[i]);
        }
    }).truth();

    /** Where a &lt; b. */
    public static Tensor lt(Tensor a, Tensor b) {
        return Elementwise.apply(LT, a, b);
    }

    /** Where a &lt; b. */
    public static Tensor lt(Tensor a, double b) {
        return Elementwise.apply(LT, null, a, Input.of(b));
    }

    /** Where a &lt; b; integers are compared as they are. */
    public static Tensor lt(Tensor a, long b) {
        return Elementwise.apply(LT, null, a, Input.of(b));
    }

    private static final Formula LE = Formula.of("le", 2).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] <= b[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] <= b[i]);
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] <= b[i]);
        }
    }).truth();

    /** Where a ≤ b. */
    public static Tensor le(Tensor a, Tensor b) {
        return Elementwise.apply(LE, a, b);
    }

    /** Where a ≤ b. */
    public static Tensor le(Tensor a, double b) {
        return Elementwise.apply(LE, null, a, Input.of(b));
    }

    /** Where a ≤ b; integers are compared as they are. */
    public static Tensor le(Tensor a, long b) {
        return Elementwise.apply(LE, null, a, Input.of(b));
    }

    private static final Formula GT = Formula.of("gt", 2).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] > b[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] > b[i]);
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] > b[i]);
        }
    }).truth();

    /** Where a &gt; b. */
    public static Tensor gt(Tensor a, Tensor b) {
        return Elementwise.apply(GT, a, b);
    }

    /** Where a &gt; b. */
    public static Tensor gt(Tensor a, double b) {
        return Elementwise.apply(GT, null, a, Input.of(b));
    }

    /** Where a &gt; b; integers are compared as they are. */
    public static Tensor gt(Tensor a, long b) {
        return Elementwise.apply(GT, null, a, Input.of(b));
    }

    private static final Formula GE = Formula.of("ge", 2).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] >= b[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] >= b[i]);
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = bit(a[i] >= b[i]);
        }
    }).truth();

    /** Where a ≥ b. */
    public static Tensor ge(Tensor a, Tensor b) {
        return Elementwise.apply(GE, a, b);
    }

    /** Where a ≥ b. */
    public static Tensor ge(Tensor a, double b) {
        return Elementwise.apply(GE, null, a, Input.of(b));
    }

    /** Where a ≥ b; integers are compared as they are. */
    public static Tensor ge(Tensor a, long b) {
        return Elementwise.apply(GE, null, a, Input.of(b));
    }

    /** Without a branch, which would be predicted wrong half of the time. */
    static int bit(boolean truth) {
        return truth ? 1 : 0;
    }

    // ---- Nearly equal

    /** {@link #isclose(Tensor, Tensor, double, double, boolean)} within 1e-5 of b's size and 1e-8. */
    public static Tensor isclose(Tensor a, Tensor b) {
        return isclose(a, b, 1e-5, 1e-8, false);
    }

    /**
     * Where |a - b| ≤ atol + rtol |b|, or both are equal.
     *
     * @param equalNan whether NaN is close to NaN
     * @throws IllegalArgumentException if a tolerance is negative or NaN
     */
    public static Tensor isclose(Tensor a, Tensor b, double rtol, double atol, boolean equalNan) {
        checkTolerances("isclose", rtol, atol);
        return Elementwise.apply(Formula.of("isclose", 2).two((x, y) -> {
            if (x == y || equalNan && Double.isNaN(x) && Double.isNaN(y)) {
                return 1;
            }
            return Double.isFinite(x) && Double.isFinite(y) && Math.abs(x - y) <= atol + rtol * Math.abs(y) ? 1 : 0;
        }).twoWhole((x, y) -> x == y || Math.abs((double) x - y) <= atol + rtol * Math.abs((double) y) ? 1 : 0).truth(),
                a, b);
    }

    /** Whether all elements are close; see {@link #isclose(Tensor, Tensor)}. */
    public static boolean allclose(Tensor a, Tensor b) {
        return allclose(a, b, 1e-5, 1e-8, false);
    }

    /** Whether all elements are close; see {@link #isclose(Tensor, Tensor, double, double, boolean)}. */
    public static boolean allclose(Tensor a, Tensor b, double rtol, double atol, boolean equalNan) {
        Check.alive("allclose", "the first operand", a);
        Check.alive("allclose", "the second operand", b);
        Arithmetic.broadcast("allclose", a.shape(), b.shape());
        checkTolerances("allclose", rtol, atol);
        return Truth.all(isclose(a, b, rtol, atol, equalNan)).item() != 0;
    }

    private static void checkTolerances(String op, double rtol, double atol) {
        if (!(rtol >= 0 && atol >= 0)) {
            throw new IllegalArgumentException(
                    op + ": tolerances " + rtol + " and " + atol + " must not be negative");
        }
    }

    /** Whether shapes and all elements are equal. */
    public static boolean equal(Tensor a, Tensor b) {
        Check.alive("equal", "the first operand", a);
        Check.alive("equal", "the second operand", b);
        return a.shape().equals(b.shape()) && Truth.all(eq(a, b)).item() != 0;
    }
}
