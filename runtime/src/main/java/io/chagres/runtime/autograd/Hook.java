package io.chagres.runtime.autograd;

import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/** A function that sees gradients, as long as this is not closed. */
@FunctionalInterface
public interface Hook extends AutoCloseable {
    /** Takes the function away. A second call does nothing. */
    @Override
    void close();

    /** For autograd: passes a gradient through functions, in their order; one that returns null leaves it as it is. */
    static Tensor pass(List<UnaryOperator<Tensor>> hooks, Tensor gradient, String of) {
        var current = gradient;
        for (var hook : List.copyOf(hooks)) {
            var replacement = hook.apply(current);
            if (replacement == null) {
                continue;
            }
            if (!replacement.shape().equals(current.shape()) || replacement.dtype() != current.dtype()) {
                throw new IllegalStateException("backward: a hook of " + of + " returned " + replacement.dtype() + " "
                        + replacement.shape() + " for a gradient " + current.dtype() + " " + current.shape()
                        + "; shape and type must stay");
            }
            current = replacement;
        }
        return current;
    }
}
