package io.chagres.nn.layer;

import io.chagres.runtime.tensor.Tensor;

/**
 * Elements left out with a probability, and the others scaled so that means stay, as {@code torch.nn.Dropout}; x of any shape. See
 * {@link io.chagres.runtime.op.Dropout#dropout}.
 */
public final class Dropout extends DropoutLayer {
    /** With a probability of 0.5. */
    public Dropout() {
        this(0.5);
    }

    /** With any probability from 0 to 1. */
    public Dropout(double p) {
        super(p);
    }

    @Override
    Tensor drop(Tensor x) {
        return x.dropout(p, isTraining());
    }
}
