package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** x above 0, alpha (e^x - 1) elsewhere, as {@code torch.nn.ELU}. */
public final class ELU extends Module {
    private final double alpha;

    /** With alpha 1. */
    public ELU() {
        this(1);
    }

    /** With an alpha. */
    public ELU(double alpha) {
        this.alpha = alpha;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.elu(alpha);
    }

    @Override
    protected String describe() {
        return "alpha=" + alpha;
    }
}
