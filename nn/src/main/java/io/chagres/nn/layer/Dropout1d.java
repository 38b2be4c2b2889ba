package io.chagres.nn.layer;

import io.chagres.runtime.tensor.Tensor;

/**
 * Whole channels left out, as {@code torch.nn.Dropout1d}; x [N, C, L] or [C, L]. See
 * {@link io.chagres.runtime.op.Dropout#dropout1d}.
 */
public final class Dropout1d extends DropoutLayer {
    /** With a probability of 0.5. */
    public Dropout1d() {
        this(0.5);
    }

    /** With any probability from 0 to 1. */
    public Dropout1d(double p) {
        super(p);
    }

    @Override
    Tensor drop(Tensor x) {
        return x.dropout1d(p, isTraining());
    }
}
