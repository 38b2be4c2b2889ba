package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** e^x over its sum along a dimension, as {@code torch.nn.Softmax}. */
public final class Softmax extends Module {
    private final int dim;

    /** Along a dimension, which may count from the end. */
    public Softmax(int dim) {
        this.dim = dim;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.softmax(dim);
    }

    @Override
    protected String describe() {
        return "dim=" + dim;
    }
}
