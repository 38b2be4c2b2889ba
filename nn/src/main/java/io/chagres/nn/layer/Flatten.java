package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** All dimensions but the first in one, as {@code torch.nn.Flatten}: [N, ...] becomes [N, features]. */
public final class Flatten extends Module {
    /** A layer without parameters. */
    public Flatten() {
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.rank() < 2) {
            throw new IllegalArgumentException("Flatten: " + x.shape() + " has nothing to flatten; [N, ...] is needed");
        }
        long features = 1;
        for (int d = 1; d < x.rank(); d++) {
            features *= x.size(d);
        }
        return x.reshape(x.size(0), features);
    }
}
