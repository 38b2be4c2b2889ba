package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** x brought nearer to 0 by lambda, 0 within ±lambda, as {@code torch.nn.Softshrink}. */
public final class Softshrink extends Module {
    private final double lambda;

    /** With lambda 0.5. */
    public Softshrink() {
        this(0.5);
    }

    /** With a lambda that is not negative. */
    public Softshrink(double lambda) {
        if (!(lambda >= 0)) {
            throw new IllegalArgumentException("Softshrink: lambda " + lambda + "; 0 or more is needed");
        }
        this.lambda = lambda;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.softshrink(lambda);
    }

    @Override
    protected String describe() {
        return Double.toString(lambda);
    }
}
