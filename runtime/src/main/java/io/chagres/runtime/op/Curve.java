package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.kernel.Pieces;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * A function of one element whose gradient is computed in one pass over the operand and the gradient of the result. Higher
 * derivatives are those of recorded operations; those of straight lines are 0.
 */
final class Curve extends Op {
    private final Formula value;
    private final Formula slope;
    private final UnaryOperator<Tensor> derivative;

    /**
     * @param value of x
     * @param slope of dy and x: dy times the derivative
     * @param derivative of x, made of recorded operations; null if it is constant between certain points
     */
    Curve(Formula value, Formula slope, UnaryOperator<Tensor> derivative) {
        super(value.name);
        this.value = value;
        this.slope = slope;
        this.derivative = derivative;
    }

    /** Straight lines; integers become float32. */
    static Curve of(String name, Pieces lines, boolean openRange) {
        var slopes = lines.slopes(openRange);
        var value = Formula.of(name, 1)
                .kernel((a, ao, as, b, bo, bs, c, co, cs, y, yo, n) -> Kernels.best().pieces(lines, a, ao, as, a, ao,
                        as, y, yo, n))
                .doubles((a, b, c, y, n) -> lines.run(a, a, y, n));
        var slope = Formula.of(name, 2)
                .kernel((a, ao, as, b, bo, bs, c, co, cs, y, yo, n) -> Kernels.best().pieces(slopes, b, bo, bs, a, ao,
                        as, y, yo, n))
                .doubles((a, b, c, y, n) -> slopes.run(b, a, y, n));
        return new Curve(value, slope, null);
    }

    /** The same with a loop for integers, which then stay integers. */
    Curve longs(Formula.Longs loop) {
        value.longs(loop);
        return this;
    }

    /** The result, recorded; x has been checked. */
    Tensor apply(Tensor x) {
        return Elementwise.apply(value, this, Input.of(x));
    }

    @Override
    public int keeps() {
        return 0b1;
    }

    @Override
    public void backward(Gradients flow) {
        var x = flow.input(0);
        var dy = flow.gradOutput();
        if (flow.accumulates(0) || !x.isContiguous()) {
            flow.give(0, Elementwise.apply(slope, null, Input.of(dy), Input.of(x)));
        } else {
            Elementwise.compute(slope, Elementwise.computed(slope, x.dtype()), flow.into(0), Input.of(dy),
                    Input.of(x));
        }
    }

    @Override
    public void recordedBackward(Gradients flow) {
        var x = flow.input(0);
        var dy = flow.gradOutput();
        flow.give(0, derivative == null ? sloped(dy, x) : Arithmetic.mul(dy, derivative.apply(x)));
    }

    /** dy times a derivative that is constant between certain points, so that its own derivative by x is 0. */
    private Tensor sloped(Tensor dy, Tensor x) {
        return Elementwise.apply(slope, Op.composed(name(), 0b10, flow -> {
            if (flow.wants(0)) {
                flow.give(0, sloped(flow.gradOutput(), flow.input(1)));
            }
            if (flow.wants(1)) {
                flow.give(1, Elementwise.zerosLike(flow.input(1)));
            }
        }), Input.of(dy), Input.of(x));
    }
}
