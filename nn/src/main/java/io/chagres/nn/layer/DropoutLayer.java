package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;

/**
 * What layers share that leave something out by chance while they are trained, drawn from the thread's default
 * {@linkplain io.chagres.runtime.random.Generator#current() generator}; else their input is their result.
 */
abstract sealed class DropoutLayer extends Module
        permits
        Dropout,
        Dropout1d,
        Dropout2d,
        Dropout3d,
        AlphaDropout,
        FeatureAlphaDropout {
    /** The probability to be left out. */
    final double p;

    DropoutLayer(double p) {
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException(
                    getClass().getSimpleName() + ": a probability of " + p + "; 0 to 1 is possible");
        }
        this.p = p;
    }

    @Override
    public final Tensor forward(Tensor x) {
        try {
            return drop(x);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(this + ": " + e.getMessage().replaceFirst("^\\w+: ", ""), e);
        }
    }

    abstract Tensor drop(Tensor x);

    @Override
    protected final String describe() {
        return "p=" + p;
    }
}
