package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/** One dimension cut into several, as {@code torch.nn.Unflatten}; what {@link Flatten} undoes. */
public final class Unflatten extends Module {
    private final int dim;
    private final long[] sizes;

    /**
     * A layer without parameters.
     *
     * @param dim the dimension; negative ones count from the end
     * @param sizes of which one may be -1
     */
    public Unflatten(int dim, long... sizes) {
        this.dim = dim;
        this.sizes = sizes.clone();
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.unflatten(dim, sizes);
    }

    @Override
    protected String describe() {
        return "dim=" + dim + ", unflattened_size=" + Arrays.toString(sizes);
    }
}
