package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * A function of one to three elements, all that {@link Elementwise} needs of it: loops over tiles in the types that it is computed
 * in, a kernel if there is one, and its gradient. Float64 is a must. Without a loop for float32, that is computed in
 * float64; without one for integers, they become float32 first. The unused operands of a loop hold nothing of use.
 *
 * <pre>{@code
 * private static final Formula EXP = Formula.of("exp", 1).kernel(Unary.EXP).one(Math::exp)
 *         .slope(Op.OUTPUT, flow -> Arithmetic.mul(flow.gradOutput(), flow.output()));
 * }</pre>
 */
final class Formula {
    /** A loop over tiles of floats. */
    interface Floats {
        void run(float[] a, float[] b, float[] c, float[] y, int n);
    }

    /** A loop over tiles of doubles. */
    interface Doubles {
        void run(double[] a, double[] b, double[] c, double[] y, int n);
    }

    /** A loop over tiles of integers and truth values. */
    interface Longs {
        void run(long[] a, long[] b, long[] c, long[] y, int n);
    }

    /** A loop over segments of floats, at strides of 0 or 1 (1 for the only operand); results are floats or truth values. */
    interface Kernel {
        void run(MemorySegment a, long ao, int as, MemorySegment b, long bo, int bs, MemorySegment c, long co, int cs,
                MemorySegment y, long yo, long n);
    }

    final String name;
    final int operands;
    Floats floats;
    Doubles doubles;
    Longs longs;
    Kernel kernel;
    /** Whether results are truth values. */
    boolean truth;
    Op op;

    private Formula(String name, int operands) {
        this.name = name;
        this.operands = operands;
    }

    static Formula of(String name, int operands) {
        return new Formula(name, operands);
    }

    Formula floats(Floats loop) {
        floats = loop;
        return this;
    }

    Formula doubles(Doubles loop) {
        doubles = loop;
        return this;
    }

    Formula longs(Longs loop) {
        longs = loop;
        return this;
    }

    Formula kernel(Kernel loop) {
        kernel = loop;
        return this;
    }

    Formula kernel(Kernels.Unary f) {
        return kernel((a, ao, as, b, bo, bs, c, co, cs, y, yo, n) -> Kernels.best().unary(f, a, ao, y, yo, n));
    }

    Formula kernel(Kernels.Binary f) {
        return kernel((a, ao, as, b, bo, bs, c, co, cs, y, yo, n) -> Kernels.best().binary(f, a, ao, as, b, bo, bs, y,
                yo, n));
    }

    /** The results are truth values. */
    Formula truth() {
        truth = true;
        return this;
    }

    // ---- Loops that call a function for each element: for what takes long itself, or is rare

    Formula one(DoubleUnaryOperator f) {
        return doubles((a, b, c, y, n) -> {
            for (int i = 0; i < n; i++) {
                y[i] = f.applyAsDouble(a[i]);
            }
        });
    }

    Formula two(DoubleBinaryOperator f) {
        return doubles((a, b, c, y, n) -> {
            for (int i = 0; i < n; i++) {
                y[i] = f.applyAsDouble(a[i], b[i]);
            }
        });
    }

    Formula oneWhole(LongUnaryOperator f) {
        return longs((a, b, c, y, n) -> {
            for (int i = 0; i < n; i++) {
                y[i] = f.applyAsLong(a[i]);
            }
        });
    }

    Formula twoWhole(LongBinaryOperator f) {
        return longs((a, b, c, y, n) -> {
            for (int i = 0; i < n; i++) {
                y[i] = f.applyAsLong(a[i], b[i]);
            }
        });
    }

    // ---- Gradients

    /** See {@link Op#composed}. */
    Formula gradient(int keeps, Consumer<Gradients> gradients) {
        return op(Op.composed(name, keeps, gradients));
    }

    /** The gradient of the only operand. */
    Formula slope(int keeps, Function<Gradients, Tensor> slope) {
        return gradient(keeps, flow -> flow.give(0, slope.apply(flow)));
    }

    /** Constant between its steps: gradients are 0. */
    Formula flat() {
        return gradient(Op.NOTHING, flow -> {
            for (int i = 0; i < operands; i++) {
                if (flow.wants(i)) {
                    flow.give(i, Elementwise.zerosLike(flow.input(i)));
                }
            }
        });
    }

    Formula op(Op gradient) {
        op = gradient;
        return this;
    }
}
