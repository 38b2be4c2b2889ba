package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.ffi.DnnFunction;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.plan.EltwisePlan;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/**
 * The Gaussian error linear unit (Hendrycks and Gimpel, 2016), as {@code torch.nn.functional.gelu}: x Φ(x), where Φ is the
 * distribution function of the standard normal distribution, and its approximation by tanh. Native in float32, where infinities may
 * give NaN, as -∞ does in float64 and in PyTorch.
 */
public final class Gelu extends Op {
    private static final double ROOT_HALF = Math.sqrt(0.5);
    private static final double DENSITY_AT_ZERO = 1 / Math.sqrt(2 * Math.PI);
    /** √(2/π) and the weight of the cube, as in the paper. */
    private static final double TANH_SCALE = Math.sqrt(2 / Math.PI);
    private static final double TANH_CUBE = 0.044715;

    private static final Gelu EXACT = new Gelu("gelu", DnnFunction.GELU_ERF);
    private static final Gelu APPROXIMATE = new Gelu("geluTanh", DnnFunction.GELU_TANH);

    private final DnnFunction function;

    private Gelu(String name, DnnFunction function) {
        super(name);
        this.function = function;
    }

    /**
     * x Φ(x) = x (1 + erf(x / √2)) / 2, of each element.
     *
     * @throws IllegalArgumentException if x has integers
     */
    public static Tensor gelu(Tensor x) {
        return EXACT.apply(x);
    }

    /**
     * x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, of each element.
     *
     * @throws IllegalArgumentException if x has integers
     */
    public static Tensor geluTanh(Tensor x) {
        return APPROXIMATE.apply(x);
    }

    private Tensor apply(Tensor operand) {
        var dtype = Check.floating(name(), "the operand", operand).dtype();
        if (dtype != dtype.computed()) {
            return Convert.to(apply(Convert.to(operand, dtype.computed())), dtype);
        }
        var x = operand.contiguous();
        var y = Tensor.empty(x.dtype(), x.shape(), name());
        Storage.acquire(name(), x.storage(), y.storage(), null, null);
        try {
            long n = x.numel();
            var in = x.storage().base();
            var out = y.storage().base();
            if (x.dtype() == DType.FLOAT32 && function == DnnFunction.GELU_TANH) {
                Cutoffs.inParts(n, (from, count) -> Kernels.best().unary(Kernels.Unary.GELU_TANH, in,
                        x.position() + 4 * from, out, y.position() + 4 * from, count));
            } else if (n > 0 && x.dtype() == DType.FLOAT32) {
                EltwisePlan.forward(function, n, in, x.position(), out, y.position());
            } else {
                Cutoffs.inParts(n, (from, count) -> {
                    for (long i = 8 * from; i < 8 * (from + count); i += 8) {
                        double value = value(Elements.getDouble(DType.FLOAT64, in, x.position() + i));
                        Elements.putDouble(DType.FLOAT64, out, y.position() + i, value);
                    }
                });
            }
        } finally {
            Storage.release(x.storage(), y.storage(), null, null);
        }
        return Autograd.record(this, y, x);
    }

    @Override
    public int keeps() {
        return 0b1;
    }

    @Override
    public void backward(Gradients flow) {
        var x = flow.input(0);
        var dy = flow.gradOutput().contiguous();
        boolean add = flow.accumulates(0);
        var dx = add ? Tensor.empty(x.dtype(), x.shape(), name()) : flow.into(0);
        Storage.acquire(name(), x.storage(), dy.storage(), dx.storage(), null);
        try {
            long n = x.numel();
            var in = x.storage().base();
            var from = dy.storage().base();
            var to = dx.storage().base();
            if (n > 0 && x.dtype() == DType.FLOAT32) {
                EltwisePlan.backward(function, n, in, x.position(), from, dy.position(), to, dx.position());
            } else {
                Cutoffs.inParts(n, (start, count) -> {
                    for (long i = 8 * start; i < 8 * (start + count); i += 8) {
                        double slope = slope(Elements.getDouble(DType.FLOAT64, in, x.position() + i));
                        double flowing = Elements.getDouble(DType.FLOAT64, from, dy.position() + i);
                        Elements.putDouble(DType.FLOAT64, to, dx.position() + i, slope * flowing);
                    }
                });
            }
            dx.storage().changed();
        } finally {
            Storage.release(x.storage(), dy.storage(), dx.storage(), null);
        }
        if (add) {
            flow.give(0, dx);
        }
    }

    @Override
    public void recordedBackward(Gradients flow) {
        var x = flow.input(0);
        flow.give(0, Arithmetic.mul(flow.gradOutput(), function == DnnFunction.GELU_ERF ? slope(x) : tanhSlope(x)));
    }

    /** Φ(x) + x φ(x). */
    private static Tensor slope(Tensor x) {
        var phi = Arithmetic.mul(Special.erfc(Arithmetic.mul(x, -ROOT_HALF)), 0.5);
        var density = Arithmetic.mul(Exponential.exp(Arithmetic.mul(Pointwise.square(x), -0.5)), DENSITY_AT_ZERO);
        return Arithmetic.add(phi, Arithmetic.mul(x, density));
    }

    /** (1 + t) / 2 + x (1 - t²) / 2 · s' with t = tanh s. */
    private static Tensor tanhSlope(Tensor x) {
        var square = Pointwise.square(x);
        var inner = Arithmetic.mul(Arithmetic.mul(x, Arithmetic.add(Arithmetic.mul(square, TANH_CUBE), 1)), TANH_SCALE);
        var t = Trigonometry.tanh(inner);
        var rise = Arithmetic.mul(Arithmetic.add(Arithmetic.mul(square, 3 * TANH_CUBE), 1), 0.5 * TANH_SCALE);
        return Arithmetic.add(Arithmetic.mul(Arithmetic.add(t, 1), 0.5),
                Arithmetic.mul(Arithmetic.mul(x, Arithmetic.rsub(Pointwise.square(t), 1)), rise));
    }

    private double value(double x) {
        return function == DnnFunction.GELU_ERF ? x * phi(x) : 0.5 * x * (1 + Math.tanh(inner(x)));
    }

    private double slope(double x) {
        if (function == DnnFunction.GELU_ERF) {
            return phi(x) + x * DENSITY_AT_ZERO * Math.exp(-0.5 * x * x);
        }
        double t = Math.tanh(inner(x));
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * TANH_SCALE * (1 + 3 * TANH_CUBE * x * x);
    }

    private static double phi(double x) {
        return 0.5 * Erf.erfc(-x * ROOT_HALF);
    }

    private static double inner(double x) {
        return TANH_SCALE * (x + TANH_CUBE * x * x * x);
    }
}
