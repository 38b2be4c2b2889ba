package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** x above 0, negativeSlope · x elsewhere, as {@code torch.nn.LeakyReLU}. */
public final class LeakyReLU extends Module {
    private final double negativeSlope;

    /** With slope 0.01. */
    public LeakyReLU() {
        this(0.01);
    }

    /** With a slope for what is not above 0. */
    public LeakyReLU(double negativeSlope) {
        this.negativeSlope = negativeSlope;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.leakyRelu(negativeSlope);
    }

    @Override
    protected String describe() {
        return "negative_slope=" + negativeSlope;
    }
}
