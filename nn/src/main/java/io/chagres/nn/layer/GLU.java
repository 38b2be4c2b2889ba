package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** The first half of a dimension times the sigmoid of the second, as {@code torch.nn.GLU}. */
public final class GLU extends Module {
    private final int dim;

    /** Along the last dimension. */
    public GLU() {
        this(-1);
    }

    /** Along a dimension, which may count from the end. */
    public GLU(int dim) {
        this.dim = dim;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.glu(dim);
    }

    @Override
    protected String describe() {
        return "dim=" + dim;
    }
}
