package io.chagres.runtime.autograd;

import io.chagres.runtime.op.Arithmetic;
import io.chagres.runtime.op.Convert;
import io.chagres.runtime.tensor.Tensor;

/** A place where the gradient of one tensor is added up during a walk. */
class Slot {
    /** What has been added up so far; null for nothing. */
    Tensor gradient;
    /** Whether {@link #gradient} belongs to this place alone, so that it can be added to in place. */
    boolean ownsGradient;

    /** Adds a gradient; recorded if operations are being recorded. */
    final void give(Tensor more) {
        if (gradient == null) {
            gradient = more;
            ownsGradient = false;
        } else if (ownsGradient) {
            Arithmetic.addInto(more, gradient);
        } else {
            gradient = Arithmetic.add(gradient, more);
            ownsGradient = !Autograd.isRecording();
        }
    }

    /** The first gradient, in a tensor that nobody else holds. */
    final void giveFresh(Tensor more) {
        gradient = more;
        ownsGradient = !Autograd.isRecording();
    }

    /** The memory to write or add a gradient to, row-major, of the type and shape of a tensor. */
    final Tensor into(Tensor like, String operation) {
        if (gradient == null || !ownsGradient || !gradient.isContiguous()) {
            var fresh = Tensor.empty(like.dtype(), like.shape(), "gradient of " + operation);
            if (gradient != null) {
                Convert.copy(gradient, fresh);
            }
            gradient = fresh;
            ownsGradient = true;
        }
        return gradient;
    }

    final void clear() {
        gradient = null;
        ownsGradient = false;
    }
}
