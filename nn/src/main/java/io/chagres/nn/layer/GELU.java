package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** The Gaussian error linear unit x Φ(x), as {@code torch.nn.GELU}, or its approximation by tanh. */
public final class GELU extends Module {
    private final boolean approximate;

    /** The exact function. */
    public GELU() {
        this(false);
    }

    /** The exact function, or the approximation by tanh ({@code approximate="tanh"} in PyTorch). */
    public GELU(boolean approximate) {
        this.approximate = approximate;
    }

    @Override
    public Tensor forward(Tensor x) {
        return approximate ? x.geluTanh() : x.gelu();
    }

    @Override
    protected String describe() {
        return "approximate='" + (approximate ? "tanh" : "none") + "'";
    }
}
