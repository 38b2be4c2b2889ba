package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** x above 0, alpha (e^(x / alpha) - 1) elsewhere, as {@code torch.nn.CELU}. */
public final class CELU extends Module {
    private final double alpha;

    /** With alpha 1. */
    public CELU() {
        this(1);
    }

    /** With an alpha other than 0. */
    public CELU(double alpha) {
        if (alpha == 0) {
            throw new IllegalArgumentException("CELU: alpha is 0, by which x is divided");
        }
        this.alpha = alpha;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.celu(alpha);
    }

    @Override
    protected String describe() {
        return "alpha=" + alpha;
    }
}
