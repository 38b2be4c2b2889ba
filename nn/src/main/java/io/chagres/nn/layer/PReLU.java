package io.chagres.nn.layer;

import io.chagres.nn.Init;
import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/**
 * x above 0, weight · x elsewhere, as {@code torch.nn.PReLU}. x of any shape; one weight for all elements, or one for each
 * channel, which is dimension 1; float32.
 */
public final class PReLU extends Module {
    public final Tensor weight;

    /** With one weight, which begins as 0.25. */
    public PReLU() {
        this(1);
    }

    /** With one weight for each channel; they begin as 0.25. */
    public PReLU(long channels) {
        this(channels, 0.25);
    }

    /**
     * With weights that begin as a given number.
     *
     * @param channels 1, or the size of dimension 1
     */
    public PReLU(long channels, double init) {
        if (channels < 1) {
            throw new IllegalArgumentException("PReLU: " + channels + " weights; at least 1 is needed");
        }
        this.weight = parameter("weight", Init.constant(init), channels);
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.prelu(weight);
    }

    @Override
    protected String describe() {
        return "num_parameters=" + weight.size(0);
    }
}
