package io.chagres.runtime.op;

import static io.chagres.runtime.op.Arithmetic.mul;
import static io.chagres.runtime.op.Elementwise.give;

import io.chagres.runtime.kernel.Pieces;
import io.chagres.runtime.kernel.Pieces.Line;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/**
 * Activations made of straight lines, as in {@code torch.nn.functional}; {@code relu} is among {@link Pointwise}. Slopes at
 * the kinks are PyTorch's, second derivatives are 0, NaN stays NaN. Where integers are refused, PyTorch does so too.
 */
public final class PiecewiseLinear {
    private PiecewiseLinear() {
    }

    // ---- Two lines

    /**
     * x above 0, negativeSlope · x elsewhere, as {@code leaky_relu}. The derivative at 0 is negativeSlope.
     *
     * @throws IllegalArgumentException if x has integers
     */
    public static Tensor leakyRelu(Tensor x, double negativeSlope) {
        Check.floating("leakyRelu", "the operand", x);
        return Curve.of("leakyRelu", Pieces.upTo(0, Line.times(negativeSlope), Line.SAME), false).apply(x);
    }

    /**
     * x above a threshold, a value elsewhere. Integers stay integers, for which threshold and value lose their fractions. The
     * derivative at the threshold is 0.
     */
    public static Tensor threshold(Tensor x, double threshold, double value) {
        Check.alive("threshold", "the operand", x);
        long whole = (long) threshold;
        long other = (long) value;
        return Curve.of("threshold", Pieces.upTo(threshold, Line.number(value), Line.SAME), false)
                .longs((a, b, c, y, n) -> {
                    for (int i = 0; i < n; i++) {
                        y[i] = a[i] > whole ? a[i] : other;
                    }
                }).apply(x);
    }

    // ---- Three lines

    /**
     * x, but not below min nor above max. Integers stay integers, for which the bounds lose their fractions. The derivative at
     * the bounds is 0, unlike that of {@link Bounds#clamp(Tensor, double, double)}.
     *
     * @throws IllegalArgumentException if min is above max, if x has truth values, or if x has integers without a sign and a
     *         bound is negative
     */
    public static Tensor hardtanh(Tensor x, double min, double max) {
        return bounded("hardtanh", x, min, max);
    }

    /** x, but not below 0 nor above 6; as {@link #hardtanh}. */
    public static Tensor relu6(Tensor x) {
        return bounded("relu6", x, 0, 6);
    }

    private static Tensor bounded(String name, Tensor x, double min, double max) {
        var dtype = Check.alive(name, "the operand", x).dtype();
        if (!(min <= max)) {
            throw new IllegalArgumentException(name + ": from " + min + " to " + max + "; min must not be above max");
        }
        if (dtype == DType.BOOL || dtype == DType.UINT8 && min < 0) {
            throw new IllegalArgumentException(name + ": " + x.shape() + " is " + dtype + ", which "
                    + (dtype == DType.BOOL ? "has no bounds" : "has no numbers below 0 as " + min)
                    + "; to(DType.FLOAT32) converts");
        }
        long least = (long) min;
        long greatest = (long) max;
        return Curve.of(name, new Pieces(min, max, false, Line.number(min), Line.SAME, Line.number(max)), true)
                .longs((a, b, c, y, n) -> {
                    for (int i = 0; i < n; i++) {
                        y[i] = Math.min(Math.max(a[i], least), greatest);
                    }
                }).apply(x);
    }

    private static final Curve HARDSIGMOID = Curve.of("hardsigmoid",
            new Pieces(-3, 3, false, Line.NONE, new Line(1.0 / 6, 0.5), Line.number(1)), true);

    /**
     * x / 6 + 1/2, but not below 0 nor above 1. The derivative at -3 and 3 is 0.
     *
     * @throws IllegalArgumentException if x has integers
     */
    public static Tensor hardsigmoid(Tensor x) {
        return HARDSIGMOID.apply(Check.floating("hardsigmoid", "the operand", x));
    }

    /**
     * x beyond ±lambda, 0 within, the bounds included.
     *
     * @throws IllegalArgumentException if x has integers
     */
    public static Tensor hardshrink(Tensor x, double lambda) {
        Check.floating("hardshrink", "the operand", x);
        return Curve.of("hardshrink", new Pieces(-lambda, lambda, false, Line.SAME, Line.NONE, Line.SAME), false)
                .apply(x);
    }

    /**
     * x brought nearer to 0 by lambda; 0 within ±lambda.
     *
     * @throws IllegalArgumentException if x has integers, or lambda is negative
     */
    public static Tensor softshrink(Tensor x, double lambda) {
        Check.floating("softshrink", "the operand", x);
        if (!(lambda >= 0)) {
            throw new IllegalArgumentException("softshrink: lambda " + lambda + "; 0 or more is needed");
        }
        return Curve.of("softshrink",
                new Pieces(-lambda, lambda, false, new Line(1, lambda), Line.NONE, new Line(1, -lambda)), false)
                .apply(x);
    }

    // ---- Slopes of their own

    private static final Formula PRELU = sloped("prelu");
    private static final Formula RRELU = sloped("rrelu");
    private static final Formula SLOPE = Formula.of("prelu", 3).floats((dy, x, w, y, n) -> {
        for (int i = 0; i < n; i++) {
            float on = step(x[i]);
            y[i] = dy[i] * (on + (1 - on) * w[i]);
        }
    }).doubles((dy, x, w, y, n) -> {
        for (int i = 0; i < n; i++) {
            y[i] = x[i] > 0 ? dy[i] : dy[i] * w[i];
        }
    }).gradient(0b111, flow -> {
        // forward: dy where x > 0, w dy elsewhere
        var dy = flow.input(0);
        var x = flow.input(1);
        give(flow, 0, () -> slope(flow.gradOutput(), x, flow.input(2)));
        give(flow, 1, () -> Elementwise.zerosLike(flow.gradOutput()));
        give(flow, 2, () -> Where.maskedFill(mul(flow.gradOutput(), dy), Compare.gt(x, 0), 0));
    });

    /** x above 0, w x elsewhere. */
    private static Formula sloped(String name) {
        return Formula.of(name, 2).floats((x, w, c, y, n) -> {
            for (int i = 0; i < n; i++) {
                y[i] = Math.max(x[i], 0) + w[i] * Math.min(x[i], 0);
            }
        }).doubles((x, w, c, y, n) -> {
            for (int i = 0; i < n; i++) {
                y[i] = x[i] > 0 ? x[i] : x[i] * w[i];
            }
        }).gradient(0b11, flow -> {
            give(flow, 0, () -> slope(flow.gradOutput(), flow.input(0), flow.input(1)));
            give(flow, 1, () -> mul(flow.gradOutput(), Bounds.clampMax(flow.input(0), 0)));
        });
    }

    private static Tensor slope(Tensor dy, Tensor x, Tensor w) {
        return Elementwise.apply(SLOPE, SLOPE.op, Input.of(dy), Input.of(x), Input.of(w));
    }

    /** 1 above 0, 0 elsewhere, NaN for NaN; without a branch. The least float times 2^200 is above 1. */
    static float step(float x) {
        return Math.min(Math.max(x, 0) * 0x1p100f * 0x1p100f, 1);
    }

    /**
     * x above 0, weight · x elsewhere, where both have gradients.
     *
     * @param x of any rank
     * @param weight of x's type; a single number, or a vector with one for each channel, which is dimension 1 of x
     * @throws IllegalArgumentException if x has integers, or the weight is of another type or does not fit
     */
    public static Tensor prelu(Tensor x, Tensor weight) {
        Check.floating("prelu", "the operand", x);
        Check.sameType("prelu", x, Check.alive("prelu", "the weight", weight));
        long channels = x.rank() > 1 ? x.size(1) : 1;
        if (weight.rank() > 1 || weight.numel() != 1 && weight.numel() != channels) {
            throw new IllegalArgumentException("prelu: weight " + weight.shape() + " for " + x.shape() + " with "
                    + channels + " channels in dimension 1; a number, or a vector of 1 or " + channels
                    + " elements is needed");
        }
        if (weight.numel() == 1) {
            return Elementwise.apply(PRELU, x, Views.reshape(weight));
        }
        var dims = new long[x.rank() - 1];
        Arrays.fill(dims, 1);
        dims[0] = channels;
        return Elementwise.apply(PRELU, x, Views.reshape(weight, dims));
    }

    /** {@link #rrelu(Tensor, double, double, boolean, Generator)} with the thread's default generator. */
    public static Tensor rrelu(Tensor x, double lower, double upper, boolean training) {
        return rrelu(x, lower, upper, training, Generator.current());
    }

    /**
     * x above 0, and elsewhere a multiple of x: in training by a number for each element, drawn uniformly from [lower, upper),
     * else by the middle of that range. Gradients are those of the slopes that were drawn.
     *
     * @param training whether slopes are drawn
     * @param generator what they are drawn from; not used otherwise
     * @throws IllegalArgumentException if x has integers, or lower is above upper or one of them is infinite
     */
    public static Tensor rrelu(Tensor x, double lower, double upper, boolean training, Generator generator) {
        Check.floating("rrelu", "the operand", x);
        Check.notNull("rrelu", "the generator", generator);
        if (!(lower <= upper) || Double.isInfinite(upper - lower)) {
            throw new IllegalArgumentException(
                    "rrelu: slopes from " + lower + " to " + upper + "; a finite range is needed");
        }
        if (!training) {
            var middle = Line.times((lower + upper) / 2);
            return Curve.of("rrelu", Pieces.upTo(0, middle, Line.SAME), false).apply(x);
        }
        var slopes = Draw.uniform(generator, lower, upper, x.shape());
        return Elementwise.apply(RRELU, x, Convert.to(slopes, x.dtype()));
    }
}
