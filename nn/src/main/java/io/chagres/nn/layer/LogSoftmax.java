package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** The logarithm of softmax along a dimension, as {@code torch.nn.LogSoftmax}. */
public final class LogSoftmax extends Module {
    private final int dim;

    /** Along a dimension, which may count from the end. */
    public LogSoftmax(int dim) {
        this.dim = dim;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.logSoftmax(dim);
    }

    @Override
    protected String describe() {
        return "dim=" + dim;
    }
}
