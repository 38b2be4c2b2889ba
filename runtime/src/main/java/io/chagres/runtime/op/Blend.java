package io.chagres.runtime.op;

import static io.chagres.runtime.op.Arithmetic.div;
import static io.chagres.runtime.op.Arithmetic.mul;
import static io.chagres.runtime.op.Arithmetic.rsub;
import static io.chagres.runtime.op.Arithmetic.sub;
import static io.chagres.runtime.op.Elementwise.give;

import io.chagres.runtime.tensor.Tensor;

/** Functions of three elements in one pass: what lies between two, and a product or quotient added. */
public final class Blend {
    private Blend() {
    }

    static final Formula LERP = Formula.of("lerp", 3).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            float whole = b[i] - a[i];
            y[i] = Math.abs(c[i]) < 0.5f ? a[i] + c[i] * whole : b[i] - whole * (1 - c[i]);
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            double whole = b[i] - a[i];
            y[i] = Math.abs(c[i]) < 0.5 ? a[i] + c[i] * whole : b[i] - whole * (1 - c[i]);
        }
    }).gradient(0b111, flow -> {
        var dy = flow.gradOutput();
        give(flow, 0, () -> mul(dy, rsub(flow.input(2), 1)));
        give(flow, 1, () -> mul(dy, flow.input(2)));
        give(flow, 2, () -> mul(dy, sub(flow.input(1), flow.input(0))));
    });

    /** start + weight · (end - start); exactly end at the weight 1. */
    public static Tensor lerp(Tensor start, Tensor end, Tensor weight) {
        Check.alive("lerp", "the start", start);
        Check.alive("lerp", "the end", end);
        Check.alive("lerp", "the weight", weight);
        return Elementwise.apply(LERP, LERP.op, Input.of(start), Input.of(end), Input.of(weight));
    }

    /** {@link #lerp(Tensor, Tensor, Tensor)} with one weight. */
    public static Tensor lerp(Tensor start, Tensor end, double weight) {
        Check.alive("lerp", "the start", start);
        Check.alive("lerp", "the end", end);
        var op = Op.composed("lerp", Op.NOTHING, flow -> {
            give(flow, 0, () -> mul(flow.gradOutput(), 1 - weight));
            give(flow, 1, () -> mul(flow.gradOutput(), weight));
        });
        return Elementwise.apply(LERP, op, Input.of(start), Input.of(end), Input.of(weight));
    }

    /** a + b · c, in floating point only. */
    static Formula scaled(String name) {
        return Formula.of(name, 3).floats(ADDCMUL.floats).doubles(ADDCMUL.doubles);
    }

    private static final Formula ADDCMUL = Formula.of("addcmul", 3).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] + b[i] * c[i];
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] + b[i] * c[i];
        }
    }).longs((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] + b[i] * c[i];
        }
    }).gradient(0b110, flow -> {
        give(flow, 0, flow::gradOutput);
        give(flow, 1, () -> mul(flow.gradOutput(), flow.input(2)));
        give(flow, 2, () -> mul(flow.gradOutput(), flow.input(1)));
    });

    /** x + a · b, in one pass. */
    public static Tensor addcmul(Tensor x, Tensor a, Tensor b) {
        Check.alive("addcmul", "the operand", x);
        Check.alive("addcmul", "the first factor", a);
        Check.alive("addcmul", "the second factor", b);
        return Elementwise.apply(ADDCMUL, ADDCMUL.op, Input.of(x), Input.of(a), Input.of(b));
    }

    private static Op addcmulOp(double value) {
        return Op.composed("addcmul", 0b110, flow -> {
            give(flow, 0, flow::gradOutput);
            give(flow, 1, () -> mul(mul(flow.gradOutput(), value), flow.input(2)));
            give(flow, 2, () -> mul(mul(flow.gradOutput(), value), flow.input(1)));
        });
    }

    /** x + value · a · b; of integers in float32. */
    public static Tensor addcmul(Tensor x, Tensor a, Tensor b, double value) {
        Check.alive("addcmul", "the operand", x);
        Check.alive("addcmul", "the first factor", a);
        Check.alive("addcmul", "the second factor", b);
        if (value == 1) {
            return addcmul(x, a, b);
        }
        return Elementwise.apply(addcmulFormula(value), addcmulOp(value), Input.of(x), Input.of(a), Input.of(b));
    }

    static Formula addcmulFormula(double value) {
        return value == 1 ? ADDCMUL : Formula.of("addcmul", 3).floats((u, v, w, y, n) -> {
            float factor = (float) value;
            for (int i = 0; i < n; i++) {
                y[i] = u[i] + factor * v[i] * w[i];
            }
        }).doubles((u, v, w, y, n) -> {
            for (int i = 0; i < n; i++) {
                y[i] = u[i] + value * v[i] * w[i];
            }
        });
    }

    private static final Formula ADDCDIV = Formula.of("addcdiv", 3).floats((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] + b[i] / c[i];
        }
    }).doubles((a, b, c, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] + b[i] / c[i];
        }
    }).gradient(0b110, flow -> {
        give(flow, 0, flow::gradOutput);
        var overC = div(flow.gradOutput(), flow.input(2));
        give(flow, 1, () -> overC);
        give(flow, 2, () -> Pointwise.neg(mul(overC, div(flow.input(1), flow.input(2)))));
    });

    /** x + a / b, in one pass. */
    public static Tensor addcdiv(Tensor x, Tensor a, Tensor b) {
        Check.alive("addcdiv", "the operand", x);
        Check.alive("addcdiv", "the dividend", a);
        Check.alive("addcdiv", "the divisor", b);
        return Elementwise.apply(ADDCDIV, ADDCDIV.op, Input.of(x), Input.of(a), Input.of(b));
    }

    private static Op addcdivOp(double value) {
        return Op.composed("addcdiv", 0b110, flow -> {
            give(flow, 0, flow::gradOutput);
            var overC = div(mul(flow.gradOutput(), value), flow.input(2));
            give(flow, 1, () -> overC);
            give(flow, 2, () -> Pointwise.neg(mul(overC, div(flow.input(1), flow.input(2)))));
        });
    }

    /** x + value · a / b. */
    public static Tensor addcdiv(Tensor x, Tensor a, Tensor b, double value) {
        Check.alive("addcdiv", "the operand", x);
        Check.alive("addcdiv", "the dividend", a);
        Check.alive("addcdiv", "the divisor", b);
        if (value == 1) {
            return addcdiv(x, a, b);
        }
        return Elementwise.apply(addcdivFormula(value), addcdivOp(value), Input.of(x), Input.of(a), Input.of(b));
    }

    static Formula addcdivFormula(double value) {
        return value == 1 ? ADDCDIV : Formula.of("addcdiv", 3).floats((u, v, w, y, n) -> {
            float factor = (float) value;
            for (int i = 0; i < n; i++) {
                y[i] = u[i] + factor * v[i] / w[i];
            }
        }).doubles((u, v, w, y, n) -> {
            for (int i = 0; i < n; i++) {
                y[i] = u[i] + value * v[i] / w[i];
            }
        });
    }
}
