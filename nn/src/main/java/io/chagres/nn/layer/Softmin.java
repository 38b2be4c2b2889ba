package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** Softmax of -x along a dimension, as {@code torch.nn.Softmin}. */
public final class Softmin extends Module {
    private final int dim;

    /** Along a dimension, which may count from the end. */
    public Softmin(int dim) {
        this.dim = dim;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.softmin(dim);
    }

    @Override
    protected String describe() {
        return "dim=" + dim;
    }
}
