package io.chagres.nn.layer;

import io.chagres.runtime.tensor.Tensor;

/**
 * Whole channels left out, as {@code torch.nn.Dropout2d}; x [N, C, H, W], or [N, C, L]. See
 * {@link io.chagres.runtime.op.Dropout#dropout2d}.
 */
public final class Dropout2d extends DropoutLayer {
    /** With a probability of 0.5. */
    public Dropout2d() {
        this(0.5);
    }

    /** With any probability from 0 to 1. */
    public Dropout2d(double p) {
        super(p);
    }

    @Override
    Tensor drop(Tensor x) {
        return x.dropout2d(p, isTraining());
    }
}
