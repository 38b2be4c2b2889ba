package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The check finds what is wrong. */
class GradCheckTest {
    /** Twice the operand, with a gradient that is right but for a factor. */
    private static final class Twice extends Op {
        private final double factor;

        Twice(double factor) {
            super("twice");
            this.factor = factor;
        }

        Tensor apply(Tensor x) {
            return Autograd.record(this, x.detach().mul(2), x);
        }

        @Override
        public int keeps() {
            return NOTHING;
        }

        @Override
        public void backward(Gradients flow) {
            flow.give(0, flow.gradOutput().mul(2 * factor));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void aRightGradientPassesAndAWrongOneDoesNot(DType dtype) {
        var x = Tensor.of(new double[]{0.5, -1.5, 2}).to(dtype).requiresGrad(true);
        GradCheck.check(in -> new Twice(1).apply(in[0]), x);
        for (double factor : new double[]{0, -1, dtype == DType.FLOAT32 ? 1.01 : 1.00001, Double.NaN}) {
            assertThrows(AssertionError.class, () -> GradCheck.check(in -> new Twice(factor).apply(in[0]), x));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void aMissingGradientIsFound(DType dtype) {
        var x = Tensor.full(dtype, 1, 2).requiresGrad(true);
        var y = Tensor.full(dtype, 1, 2).requiresGrad(true);
        assertThrows(AssertionError.class, () -> GradCheck.check(in -> in[0].mul(in[1].detach()), x, y));
    }
}
