package io.chagres.runtime.autograd;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;

/**
 * Compares what backward computes with central differences, as {@code torch.autograd.gradcheck}; for tests of operations and
 * of {@linkplain CustomFunction functions of one's own}. What fails is an {@link AssertionError}, so it reads well in JUnit:
 *
 * <pre>{@code
 * @Test
 * void gradientOfSwish() {
 *     var x = Tensor.of(new double[]{-1, 0.5, 2}).requiresGrad(true);
 *     GradCheck.assertGradients(in -> in[0].mul(in[0].sigmoid()), x);
 * }
 * }</pre>
 *
 * The function may give a tensor of any shape; its elements are summed with random weights, in float64, so that every entry of
 * the Jacobian counts. A step is divided by the distance that was really taken after rounding. In float64 steps are 1e-6 and
 * gradients must agree within 1e-6, in float32 3e-3 and 1e-3; both relative to the greater of the gradient and 1. Inputs are to
 * be kept away from kinks, and the function must compute the same each time it is called.
 */
public final class GradCheck {
    private static final long SEED = 7;

    private final Function<Tensor[], Tensor> function;
    private final Tensor[] inputs;
    private final double[] weights;

    private GradCheck(Function<Tensor[], Tensor> function, Tensor[] inputs) {
        this.function = function;
        this.inputs = inputs;
        try (var _ = Scope.open()) {
            weights = new Random(SEED).doubles(function.apply(inputs).numel(), -1, 1).toArray();
        }
    }

    /**
     * Checks the gradients of all inputs that require one, which must be leaves. Gradients that they hold are replaced.
     *
     * @param function what to check; it is called many times, and is given these inputs
     * @param inputs float32 or float64; at least one requires a gradient
     * @throws AssertionError if a gradient is missing, has another shape or type than its input, or differs
     */
    public static void assertGradients(Function<Tensor[], Tensor> function, Tensor... inputs) {
        checkInputs(inputs);
        var check = new GradCheck(function, inputs);
        check.backward();
        for (int i = 0; i < inputs.length; i++) {
            if (inputs[i].requiresGrad()) {
                check.compare(i);
            }
        }
    }

    /**
     * Checks the gradients of gradients: those that a recorded backward gives, against central differences of those that an
     * unrecorded one gives, as {@code torch.autograd.gradgradcheck}. Inputs as for {@link #assertGradients}; the gradient of
     * the result is an input too.
     *
     * @throws UnsupportedOperationException if an operation has no second derivative
     * @throws AssertionError if a second derivative differs
     */
    public static void assertSecondGradients(Function<Tensor[], Tensor> function, Tensor... inputs) {
        checkInputs(inputs);
        var random = new Random(SEED);
        Tensor start;
        try (var _ = Scope.open()) {
            var y = function.apply(inputs);
            start = random(random, y.dtype(), y.shape().toArray()).keep();
        }
        try (start) {
            var all = Arrays.copyOf(inputs, inputs.length + 1);
            all[inputs.length] = start.requiresGrad(true);
            var wanted = Arrays.stream(inputs).filter(Tensor::requiresGrad).toArray(Tensor[]::new);
            var first = new FirstGradients(function, wanted, random.nextLong());
            assertGradients(first, all);
        }
    }

    private static void checkInputs(Tensor... inputs) {
        boolean any = false;
        for (var input : inputs) {
            Objects.requireNonNull(input, "gradcheck: an input is null");
            if (input.requiresGrad() && !input.isLeaf()) {
                throw new IllegalArgumentException("gradcheck: input " + input.shape()
                        + " is a result; only leaves can be moved, detach() makes one");
            }
            any |= input.requiresGrad();
        }
        if (!any) {
            throw new IllegalArgumentException("gradcheck: no input requires a gradient; call requiresGrad(true)");
        }
    }

    private static Tensor random(Random random, DType dtype, long... dims) {
        var y = Tensor.empty(DType.FLOAT64, dims);
        return Tensor.of(random.doubles(y.numel(), -1, 1).toArray()).view(dims).to(dtype);
    }

    /** The gradients of a function, multiplied with random numbers and summed; the last operand is the result's gradient. */
    private static final class FirstGradients implements Function<Tensor[], Tensor> {
        private final Function<Tensor[], Tensor> function;
        private final Tensor[] wanted;
        private final long seed;
        private int calls;

        FirstGradients(Function<Tensor[], Tensor> function, Tensor[] wanted, long seed) {
            this.function = function;
            this.wanted = wanted;
            this.seed = seed;
        }

        @Override
        public Tensor apply(Tensor[] all) {
            // the second call is the one that is walked back; differences are taken of unrecorded gradients
            boolean recorded = ++calls == 2;
            var y = function.apply(Arrays.copyOf(all, all.length - 1));
            var found = Autograd.grad(List.of(y), List.of(wanted),
                    List.of(all[all.length - 1]), true, recorded, true);
            var random = new Random(seed);
            var sum = Tensor.full(y.dtype(), 0);
            for (int i = 0; i < wanted.length; i++) {
                var weights = random(random, wanted[i].dtype(), wanted[i].shape().toArray());
                if (found.get(i) != null) {
                    sum = sum.add(found.get(i).mul(weights).sum());
                }
            }
            return sum;
        }
    }

    private void backward() {
        try (var _ = Scope.open()) {
            var y = function.apply(inputs);
            for (var input : inputs) {
                input.zeroGrad();
            }
            if (y.requiresGrad()) {
                y.backward(Tensor.of(weights).view(y.shape().toArray()).to(y.dtype()));
            }
        }
    }

    private void compare(int which) {
        var input = inputs[which];
        double[] point = input.toDoubleArray();
        double[] gradient = gradient(which, point.length);
        double bound = input.dtype() == DType.FLOAT64 ? 1e-6 : 1e-3;
        for (int i = 0; i < point.length; i++) {
            double expected = difference(input, point, i);
            if (!(Math.abs(expected - gradient[i]) <= bound * Math.max(1, Math.abs(expected)))
                    && Double.compare(expected, gradient[i]) != 0) {
                throw new AssertionError("gradient of element " + i + " of operand " + which + " " + input.shape()
                        + ": backward gives " + gradient[i] + ", central differences " + expected);
            }
        }
    }

    private double[] gradient(int which, int length) {
        var input = inputs[which];
        var gradient = input.grad();
        if (gradient == null) {
            return new double[length];
        }
        if (!gradient.shape().equals(input.shape()) || gradient.dtype() != input.dtype()) {
            throw new AssertionError("gradient " + gradient.dtype() + " " + gradient.shape() + " of operand " + which
                    + " " + input.dtype() + " " + input.shape());
        }
        return gradient.toDoubleArray();
    }

    private double difference(Tensor input, double[] point, int i) {
        double step = input.dtype() == DType.FLOAT64 ? 1e-6 : 3e-3;
        double above = round(point[i] + step, input.dtype());
        double below = round(point[i] - step, input.dtype());
        double rise = loss(input, point, i, above) - loss(input, point, i, below);
        set(input, point);
        return rise / (above - below);
    }

    private static double round(double value, DType dtype) {
        return dtype == DType.FLOAT64 ? value : (float) value;
    }

    private double loss(Tensor input, double[] point, int i, double value) {
        var moved = point.clone();
        moved[i] = value;
        set(input, moved);
        try (var _ = Scope.open()) {
            double[] y = function.apply(inputs).toDoubleArray();
            double sum = 0;
            for (int j = 0; j < y.length; j++) {
                sum += weights[j] * y[j];
            }
            return sum;
        }
    }

    private static void set(Tensor input, double[] values) {
        try (var _ = Scope.open(); var _ = Autograd.noGrad()) {
            input.copyFrom(Tensor.of(values).view(input.shape().toArray()));
        }
    }
}
