package io.chagres.nn.layer;

import io.chagres.runtime.tensor.Tensor;

/**
 * Whole channels left out, as {@code torch.nn.Dropout3d}; x [N, C, D, H, W] or [C, D, H, W]. See
 * {@link io.chagres.runtime.op.Dropout#dropout3d}.
 */
public final class Dropout3d extends DropoutLayer {
    /** With a probability of 0.5. */
    public Dropout3d() {
        this(0.5);
    }

    /** With any probability from 0 to 1. */
    public Dropout3d(double p) {
        super(p);
    }

    @Override
    Tensor drop(Tensor x) {
        return x.dropout3d(p, isTraining());
    }
}
