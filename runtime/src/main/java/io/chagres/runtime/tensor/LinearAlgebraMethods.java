package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Matmul;

/** Products and decompositions of matrices: one-line delegates to {@code runtime.op}. */
public sealed interface LinearAlgebraMethods permits Tensor {
    /** The matrix product of this [..., m, k] and another [..., k, n]; as {@code torch.matmul} for vectors and batches too. */
    default Tensor matmul(Tensor other) {
        return Matmul.matmul(self(), other);
    }

    /** The matrix products of this [N, m, k] and another [N, k, n]. */
    default Tensor bmm(Tensor other) {
        return Matmul.bmm(self(), other);
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
