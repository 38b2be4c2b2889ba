package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.op.Distances;
import io.chagres.runtime.tensor.Tensor;

/** The p-norm of a - b + eps along the last dimension, as {@code torch.nn.PairwiseDistance}. See {@link Distances#pairwiseDistance}. */
public final class PairwiseDistance extends Module {
    private final double p;
    private final double eps;
    private final boolean keepDim;

    /** Euclidean distances, with an eps of 1e-6. */
    public PairwiseDistance() {
        this(2);
    }

    /** Distances in any norm, with an eps of 1e-6. */
    public PairwiseDistance(double p) {
        this(p, 1e-6, false);
    }

    /**
     * Distances of any form.
     *
     * @param eps added to each difference, so that none has no direction
     * @param keepDim whether the last dimension stays with size 1
     */
    public PairwiseDistance(double p, double eps, boolean keepDim) {
        if (Double.isNaN(p)) {
            throw new IllegalArgumentException("PairwiseDistance: p is NaN");
        }
        this.p = p;
        this.eps = eps;
        this.keepDim = keepDim;
    }

    /** The distances of vectors [..., D], which are broadcast: [...]. */
    public Tensor forward(Tensor a, Tensor b) {
        try {
            return Distances.pairwiseDistance(a, b, p, eps, keepDim);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(this + ": " + e.getMessage().replaceFirst("^\\w+: ", ""), e);
        }
    }

    @Override
    protected String describe() {
        return "p=" + p + ", eps=" + eps + ", keepdim=" + keepDim;
    }
}
