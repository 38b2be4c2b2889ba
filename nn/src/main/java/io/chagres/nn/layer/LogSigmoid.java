package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/** log(1 / (1 + e^-x)), as {@code torch.nn.LogSigmoid}. */
public final class LogSigmoid extends Module {
    /** A layer without parameters. */
    public LogSigmoid() {
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.logSigmoid();
    }
}
