package io.chagres.nn.loss;

import io.chagres.runtime.tensor.Tensor;

/** How far outputs are from targets, as a tensor without dimensions. */
@FunctionalInterface
public interface Loss {
    /** The loss of a batch. */
    Tensor forward(Tensor output, Tensor target);
}
