package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/**
 * x above 0, and elsewhere a multiple of x: in training by numbers drawn uniformly from [lower, upper) with the thread's default
 * {@linkplain io.chagres.runtime.random.Generator#current() generator}, else by the middle of that range; as {@code torch.nn.RReLU}.
 */
public final class RReLU extends Module {
    private final double lower;
    private final double upper;

    /** With slopes from 1/8 to 1/3. */
    public RReLU() {
        this(1.0 / 8, 1.0 / 3);
    }

    /** With a range of slopes. */
    public RReLU(double lower, double upper) {
        if (!(lower <= upper) || Double.isInfinite(upper - lower)) {
            throw new IllegalArgumentException(
                    "RReLU: slopes from " + lower + " to " + upper + "; a finite range is needed");
        }
        this.lower = lower;
        this.upper = upper;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.rrelu(lower, upper, isTraining());
    }

    @Override
    protected String describe() {
        return "lower=" + lower + ", upper=" + upper;
    }
}
