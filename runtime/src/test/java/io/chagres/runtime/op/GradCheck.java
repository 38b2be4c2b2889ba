package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Random;
import java.util.function.Function;

/**
 * Compares what backward computes with central differences. The function may give a tensor of any shape; its elements
 * are summed with random weights, in float64, so that every entry of the Jacobian counts.
 * <p>
 * A step is divided by the distance that was really taken after rounding. In float64 steps are 1e-6 and gradients must
 * agree within 1e-6, in float32 3e-3 and 1e-3; both relative to the greater of the gradient and 1. Functions with a
 * kink are to be kept away from it.
 */
final class GradCheck {
    private final Function<Tensor[], Tensor> function;
    private final Tensor[] leaves;
    private final double[] weights;

    private GradCheck(Function<Tensor[], Tensor> function, Tensor[] leaves) {
        this.function = function;
        this.leaves = leaves;
        try (var _ = Scope.open(); var _ = Autograd.noGrad()) {
            var random = new Random(7);
            weights = random.doubles(function.apply(leaves).numel(), -1, 1).toArray();
        }
    }

    /** Checks the gradients of all leaves, which must require them. */
    static void check(Function<Tensor[], Tensor> function, Tensor... leaves) {
        var check = new GradCheck(function, leaves);
        check.backward();
        for (int i = 0; i < leaves.length; i++) {
            check.compare(i);
        }
    }

    private void backward() {
        try (var _ = Scope.open()) {
            var y = function.apply(leaves);
            for (var leaf : leaves) {
                leaf.zeroGrad();
            }
            y.backward(Tensor.of(weights).view(y.shape().toArray()).to(y.dtype()));
        }
    }

    private void compare(int which) {
        var leaf = leaves[which];
        assertNotNull(leaf.grad(), () -> "no gradient of operand " + which);
        assertArrayEquals(leaf.shape().toArray(), leaf.grad().shape().toArray());
        assertEquals(leaf.dtype(), leaf.grad().dtype());
        double[] gradient = leaf.grad().toDoubleArray();
        double bound = leaf.dtype() == DType.FLOAT64 ? 1e-6 : 1e-3;
        double[] point = leaf.toDoubleArray();
        for (int i = 0; i < point.length; i++) {
            double expected = difference(leaf, point, i);
            int element = i;
            assertEquals(expected, gradient[i], bound * Math.max(1, Math.abs(expected)),
                    () -> "gradient of element " + element + " of operand " + which + " " + leaf.shape());
        }
    }

    private double difference(Tensor leaf, double[] point, int i) {
        double step = leaf.dtype() == DType.FLOAT64 ? 1e-6 : 3e-3;
        double above = round(point[i] + step, leaf.dtype());
        double below = round(point[i] - step, leaf.dtype());
        double rise = loss(leaf, point, i, above) - loss(leaf, point, i, below);
        set(leaf, point);
        return rise / (above - below);
    }

    private static double round(double value, DType dtype) {
        return dtype == DType.FLOAT64 ? value : (float) value;
    }

    private double loss(Tensor leaf, double[] point, int i, double value) {
        var moved = point.clone();
        moved[i] = value;
        set(leaf, moved);
        try (var _ = Scope.open(); var _ = Autograd.noGrad()) {
            double[] y = function.apply(leaves).toDoubleArray();
            double sum = 0;
            for (int j = 0; j < y.length; j++) {
                sum += weights[j] * y[j];
            }
            return sum;
        }
    }

    private static void set(Tensor leaf, double[] values) {
        try (var _ = Scope.open(); var _ = Autograd.noGrad()) {
            leaf.copyFrom(Tensor.of(values).view(leaf.shape().toArray()));
        }
    }
}
