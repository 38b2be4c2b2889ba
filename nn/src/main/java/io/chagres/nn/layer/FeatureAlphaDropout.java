package io.chagres.nn.layer;

import io.chagres.runtime.tensor.Tensor;

/**
 * {@link AlphaDropout} of whole channels, as {@code torch.nn.FeatureAlphaDropout}; x [N, C, ...]. See
 * {@link io.chagres.runtime.op.Dropout#featureAlphaDropout}.
 */
public final class FeatureAlphaDropout extends DropoutLayer {
    /** With a probability of 0.5. */
    public FeatureAlphaDropout() {
        this(0.5);
    }

    /** With any probability from 0 to 1. */
    public FeatureAlphaDropout(double p) {
        super(p);
    }

    @Override
    Tensor drop(Tensor x) {
        return x.featureAlphaDropout(p, isTraining());
    }
}
