package io.chagres.runtime.op;

import io.chagres.runtime.tensor.Tensor;
import java.util.function.Function;

/** {@link io.chagres.runtime.autograd.GradCheck}, by a short name. */
final class GradCheck {
    private GradCheck() {
    }

    /** Checks the gradients of all leaves that require them. */
    static void check(Function<Tensor[], Tensor> function, Tensor... leaves) {
        io.chagres.runtime.autograd.GradCheck.assertGradients(function, leaves);
    }

    /** Checks the gradients of gradients. */
    static void checkSecond(Function<Tensor[], Tensor> function, Tensor... leaves) {
        io.chagres.runtime.autograd.GradCheck.assertSecondGradients(function, leaves);
    }
}
