package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/**
 * y = x / (k + alpha · mean)^beta, the mean being that of the squares of some channels around an element, as
 * {@code torch.nn.LocalResponseNorm}. x [N, C, L] or with further dimensions, y likewise. See
 * {@link io.chagres.runtime.op.LocalResponseNorm#localResponseNorm}.
 */
public final class LocalResponseNorm extends Module {
    private final long size;
    private final double alpha;
    private final double beta;
    private final double k;

    /** Over so many channels, with alpha = 1e-4, beta = 0.75 and k = 1. */
    public LocalResponseNorm(long size) {
        this(size, 1e-4, 0.75, 1);
    }

    /** A layer of any form, without parameters; the size is at least 1. */
    public LocalResponseNorm(long size, double alpha, double beta, double k) {
        if (size < 1) {
            throw new IllegalArgumentException("LocalResponseNorm: size " + size + "; at least 1 is needed");
        }
        this.size = size;
        this.alpha = alpha;
        this.beta = beta;
        this.k = k;
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.rank() < 3) {
            throw new IllegalArgumentException(
                    "LocalResponseNorm: input " + x.shape() + "; [N, C, L] or more dimensions are needed");
        }
        return x.localResponseNorm(size, alpha, beta, k);
    }

    @Override
    protected String describe() {
        return size + ", alpha=" + alpha + ", beta=" + beta + ", k=" + k;
    }
}
