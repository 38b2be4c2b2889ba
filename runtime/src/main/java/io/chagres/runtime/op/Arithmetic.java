package io.chagres.runtime.op;

import static io.chagres.runtime.op.Elementwise.give;

import io.chagres.runtime.kernel.Kernels.Binary;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * Sums, products and quotients of elements, with NumPy's and PyTorch's broadcasting: sizes match from the last one on, or one of
 * them is 1. Types promote as {@link DType#promote(DType, int, DType, int)} says; a Java {@code double} makes float32 of integers, a
 * {@code long} leaves them as they are.
 */
public final class Arithmetic {
    private Arithmetic() {
    }

    // ---- Sums

    static final Formula ADD = Formula.of("add", 2).kernel(Binary.ADD).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] + b[i];
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] + b[i];
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] + b[i];
        }
    }).gradient(Op.NOTHING, flow -> {
        give(flow, 0, flow::gradOutput);
        give(flow, 1, flow::gradOutput);
    });

    private static final Op ADD_NUMBER = Op.composed("add", Op.NOTHING, flow -> give(flow, 0, flow::gradOutput));

    /** a + b; of truth values, whether one is true. */
    public static Tensor add(Tensor a, Tensor b) {
        return Elementwise.apply(ADD, a, b);
    }

    /** a + b. */
    public static Tensor add(Tensor a, double b) {
        return Elementwise.apply(ADD, ADD_NUMBER, a, Input.of(b));
    }

    /** a + b, which leaves integers as they are. */
    public static Tensor add(Tensor a, long b) {
        return Elementwise.apply(ADD, ADD_NUMBER, a, Input.of(b));
    }

    /** a + alpha · b. */
    public static Tensor add(Tensor a, Tensor b, double alpha) {
        Check.alive("add", "the first operand", a);
        Check.alive("add", "the second operand", b);
        return scaled("add", a, b, alpha);
    }

    private static Tensor scaled(String name, Tensor a, Tensor b, double alpha) {
        var op = Op.composed(name, Op.NOTHING, flow -> {
            give(flow, 0, flow::gradOutput);
            give(flow, 1, () -> mul(flow.gradOutput(), alpha));
        });
        return Elementwise.apply(Blend.scaled(name), op, Input.of(a), Input.of(b), Input.of(alpha));
    }

    static final Formula SUB = Formula.of("sub", 2).kernel(Binary.SUB).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] - b[i];
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] - b[i];
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] - b[i];
        }
    }).gradient(Op.NOTHING, flow -> {
        give(flow, 0, flow::gradOutput);
        give(flow, 1, () -> Pointwise.neg(flow.gradOutput()));
    });

    private static final Op SUB_NUMBER = Op.composed("sub", Op.NOTHING, flow -> give(flow, 0, flow::gradOutput));
    private static final Op FROM_NUMBER = Op.composed("rsub", Op.NOTHING,
            flow -> give(flow, 0, () -> Pointwise.neg(flow.gradOutput())));

    /**
     * a - b.
     *
     * @throws IllegalArgumentException if both are truth values; {@code logicalXor} tells where they differ
     */
    public static Tensor sub(Tensor a, Tensor b) {
        if (Check.alive("sub", "the first operand", a).dtype() == DType.BOOL
                && Check.alive("sub", "the second operand", b).dtype() == DType.BOOL) {
            throw new IllegalArgumentException("sub: truth values " + a.shape() + " and " + b.shape()
                    + " have no difference; logicalXor tells where they differ");
        }
        return Elementwise.apply(SUB, a, b);
    }

    /** a - b. */
    public static Tensor sub(Tensor a, double b) {
        return Elementwise.apply(SUB, SUB_NUMBER, a, Input.of(b));
    }

    /** a - b, which leaves integers as they are. */
    public static Tensor sub(Tensor a, long b) {
        return Elementwise.apply(SUB, SUB_NUMBER, a, Input.of(b));
    }

    /** a - alpha · b. */
    public static Tensor sub(Tensor a, Tensor b, double alpha) {
        Check.alive("sub", "the first operand", a);
        Check.alive("sub", "the second operand", b);
        return scaled("sub", a, b, -alpha);
    }

    /** b - a. */
    public static Tensor rsub(Tensor a, Tensor b) {
        Check.alive("rsub", "the first operand", a);
        Check.alive("rsub", "the second operand", b);
        broadcast("rsub", a.shape(), b.shape());
        return sub(b, a);
    }

    /** b - a. */
    public static Tensor rsub(Tensor a, double b) {
        Check.alive("rsub", "the operand", a);
        return Elementwise.apply(SUB, FROM_NUMBER, Input.of(b), Input.of(a));
    }

    // ---- Products

    static final Formula MUL = Formula.of("mul", 2).kernel(Binary.MUL).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] * b[i];
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] * b[i];
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] * b[i];
        }
    }).gradient(0b11, flow -> {
        give(flow, 0, () -> mul(flow.gradOutput(), flow.input(1)));
        give(flow, 1, () -> mul(flow.gradOutput(), flow.input(0)));
    });

    /** a · b. */
    public static Tensor mul(Tensor a, Tensor b) {
        return Elementwise.apply(MUL, a, b);
    }

    /** a · b. */
    public static Tensor mul(Tensor a, double b) {
        return Elementwise.apply(MUL, times(b), a, Input.of(b));
    }

    /** a · b, which leaves integers as they are. */
    public static Tensor mul(Tensor a, long b) {
        return Elementwise.apply(MUL, times(b), a, Input.of(b));
    }

    private static Op times(double factor) {
        return Op.composed("mul", Op.NOTHING, flow -> give(flow, 0, () -> mul(flow.gradOutput(), factor)));
    }

    // ---- Quotients

    static final Formula DIV = Formula.of("div", 2).kernel(Binary.DIV).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] / b[i];
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] / b[i];
        }
    }).gradient(0b10 | Op.OUTPUT, flow -> {
        // d(a/b)/da = 1/b, d(a/b)/db = -(a/b)/b
        var overB = div(flow.gradOutput(), flow.input(1));
        give(flow, 0, () -> overB);
        give(flow, 1, () -> Pointwise.neg(mul(overB, flow.output())));
    });

    /** a / b, {@code torch.true_divide}; of integers too, in float32. */
    public static Tensor div(Tensor a, Tensor b) {
        return Elementwise.apply(DIV, a, b);
    }

    /** a / b; of integers too, in float32. */
    public static Tensor div(Tensor a, double b) {
        var op = Op.composed("div", Op.NOTHING, flow -> give(flow, 0, () -> div(flow.gradOutput(), b)));
        return Elementwise.apply(DIV, op, a, Input.of(b));
    }

    /** How {@link #div(Tensor, Tensor, Rounding)} rounds. */
    public enum Rounding {
        /** To the next whole number towards 0, as Java divides integers. */
        TRUNC,
        /** To the next whole number below, as Python's {@code //}. */
        FLOOR
    }

    private static final Formula DIV_TRUNC = Formula.of("div", 2).two((a, b) -> truncated(a / b))
            .twoWhole((a, b) -> a / notZero("div", b)).flat();
    private static final Formula DIV_FLOOR = Formula.of("div", 2).two(Arithmetic::floorQuotient)
            .twoWhole((a, b) -> Math.floorDiv(a, notZero("div", b))).flat();
    private static final Formula FLOOR_DIVIDE = Formula.of("floorDivide", 2).two(Arithmetic::floorQuotient)
            .twoWhole((a, b) -> Math.floorDiv(a, notZero("floorDivide", b))).flat();

    private static double truncated(double x) {
        return x < 0 ? Math.ceil(x) : Math.floor(x);
    }

    /** The whole number that (a - remainder) / b is near; as Python, not the rounded quotient's floor. */
    private static double floorQuotient(double a, double b) {
        if (b == 0) {
            return a / b;
        }
        double rest = a % b;
        double quotient = (a - rest) / b;
        if (rest != 0 && rest < 0 != b < 0) {
            quotient -= 1;
        }
        if (quotient == 0) {
            return Math.copySign(0, a / b);
        }
        double whole = Math.floor(quotient);
        return quotient - whole > 0.5 ? whole + 1 : whole;
    }

    private static long notZero(String op, long b) {
        if (b == 0) {
            throw new ArithmeticException(op + ": an integer is divided by 0");
        }
        return b;
    }

    /**
     * a / b, rounded; integers stay integers. Its gradient is 0.
     *
     * @throws ArithmeticException if an integer is divided by 0
     */
    public static Tensor div(Tensor a, Tensor b, Rounding rounding) {
        return Elementwise.apply(
                Check.notNull("div", "the rounding", rounding) == Rounding.TRUNC ? DIV_TRUNC : DIV_FLOOR, a, b);
    }

    /** The next whole number below a / b; see {@link #div(Tensor, Tensor, Rounding)}. */
    public static Tensor floorDivide(Tensor a, Tensor b) {
        return Elementwise.apply(FLOOR_DIVIDE, a, b);
    }

    // ---- Remainders

    private static final Formula REMAINDER = Formula.of("remainder", 2).two(Arithmetic::remainder)
            .twoWhole((a, b) -> Math.floorMod(a, notZero("remainder", b))).gradient(0b11, flow -> {
                give(flow, 0, flow::gradOutput);
                give(flow, 1, () -> mul(Pointwise.neg(flow.gradOutput()),
                        div(flow.input(0), flow.input(1), Rounding.FLOOR)));
            });
    private static final Formula FMOD = Formula.of("fmod", 2).two((a, b) -> a % b)
            .twoWhole((a, b) -> a % notZero("fmod", b)).gradient(0b11, flow -> {
                give(flow, 0, flow::gradOutput);
                give(flow, 1, () -> mul(Pointwise.neg(flow.gradOutput()),
                        div(flow.input(0), flow.input(1), Rounding.TRUNC)));
            });
    private static final Op REST = Op.composed("remainder", Op.NOTHING, flow -> give(flow, 0, flow::gradOutput));

    private static double remainder(double a, double b) {
        double rest = a % b;
        return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
    }

    /** What is left of a beyond whole multiples of b, with the sign of b, as Python's {@code %}. */
    public static Tensor remainder(Tensor a, Tensor b) {
        return Elementwise.apply(REMAINDER, a, b);
    }

    /** {@link #remainder(Tensor, Tensor)} by a number. */
    public static Tensor remainder(Tensor a, double b) {
        return Elementwise.apply(REMAINDER, REST, a, Input.of(b));
    }

    /** {@link #remainder(Tensor, Tensor)} by a number, which leaves integers as they are. */
    public static Tensor remainder(Tensor a, long b) {
        return Elementwise.apply(REMAINDER, REST, a, Input.of(b));
    }

    /** What is left of a beyond whole multiples of b, with the sign of a, as C's {@code fmod} and Java's {@code %}. */
    public static Tensor fmod(Tensor a, Tensor b) {
        return Elementwise.apply(FMOD, a, b);
    }

    /** {@link #fmod(Tensor, Tensor)} by a number. */
    public static Tensor fmod(Tensor a, double b) {
        return Elementwise.apply(FMOD, REST, a, Input.of(b));
    }

    /** {@link #fmod(Tensor, Tensor)} by a number, which leaves integers as they are. */
    public static Tensor fmod(Tensor a, long b) {
        return Elementwise.apply(FMOD, REST, a, Input.of(b));
    }

    // ---- For other operations

    /** The shape of a result; sizes match from the last one on, or one of them is 1. */
    static Shape broadcast(String op, Shape a, Shape b) {
        if (a.equals(b)) {
            return a;
        }
        int rank = Math.max(a.rank(), b.rank());
        var dims = new long[rank];
        for (int i = 1; i <= rank; i++) {
            long x = i <= a.rank() ? a.dim(-i) : 1;
            long y = i <= b.rank() ? b.dim(-i) : 1;
            if (x != y && x != 1 && y != 1) {
                throw new IllegalArgumentException(
                        op + ": shapes " + a + " and " + b + " cannot be broadcast: sizes " + x
                                + " and " + y + " in dimension " + -i + " differ and neither is 1");
            }
            dims[rank - i] = x == 1 ? y : x;
        }
        return Shape.of(dims);
    }

    /** A number as a tensor without dimensions, of another tensor's type. */
    public static Tensor scalarLike(Tensor x, double value) {
        return Tensor.full(Check.present("scalar", "the tensor", x).dtype(), value);
    }

    /** y += x for tensors of one shape, in place and unrecorded. */
    public static void addInto(Tensor x, Tensor y) {
        Check.sameShape("add", x, y);
        Check.sameType("add", x, y);
        if (InPlace.writes(y, x)) {
            Elementwise.compute(ADD, y.dtype(), y, Input.of(y), Input.of(x));
        } else {
            var sum = Tensor.empty(y.dtype(), y.shape(), "add");
            Elementwise.compute(ADD, y.dtype(), sum, Input.of(y), Input.of(x));
            Convert.copy(sum, y);
        }
    }
}
