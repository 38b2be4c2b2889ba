package io.chagres.nn.layer;

import io.chagres.runtime.tensor.Tensor;

/**
 * Elements set to the least value of {@link SELU}, then all scaled and shifted so that mean 0 and variance 1 stay, as
 * {@code torch.nn.AlphaDropout}; x of any shape. See
 * {@link io.chagres.runtime.op.Dropout#alphaDropout}.
 */
public final class AlphaDropout extends DropoutLayer {
    /** With a probability of 0.5. */
    public AlphaDropout() {
        this(0.5);
    }

    /** With any probability from 0 to 1. */
    public AlphaDropout(double p) {
        super(p);
    }

    @Override
    Tensor drop(Tensor x) {
        return x.alphaDropout(p, isTraining());
    }
}
