package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** x / (1 + |x|), as {@code torch.nn.Softsign}. */
public final class Softsign extends Module {
    /** A layer without parameters. */
    public Softsign() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.softsign();
    }
}
