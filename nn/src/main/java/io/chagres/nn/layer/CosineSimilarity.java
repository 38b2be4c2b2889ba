package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.op.Distances;
import io.chagres.runtime.tensor.Tensor;

/** The cosine of the angle between vectors along a dimension, as {@code torch.nn.CosineSimilarity}. See {@link Distances#cosineSimilarity}. */
public final class CosineSimilarity extends Module {
    private final int dim;
    private final double eps;

    /** Along dimension 1. */
    public CosineSimilarity() {
        this(1, 1e-8);
    }

    /**
     * Along any dimension.
     *
     * @param eps what norms are taken for that are less
     */
    public CosineSimilarity(int dim, double eps) {
        this.dim = dim;
        this.eps = eps;
    }

    /** The cosines, of the shape that both are broadcast to, without that dimension. */
    public Tensor forward(Tensor a, Tensor b) {
        try {
            return Distances.cosineSimilarity(a, b, dim, eps);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(this + ": " + e.getMessage().replaceFirst("^\\w+: ", ""), e);
        }
    }

    @Override
    protected String describe() {
        return "dim=" + dim + ", eps=" + eps;
    }
}
