package io.chagres.nn.layer;

import io.chagres.nn.Init;
import io.chagres.nn.Module;
import io.chagres.runtime.op.Affine;
import io.chagres.runtime.tensor.Tensor;

/**
 * y = aᵀ · W · b + bias for each row of W, as {@code torch.nn.Bilinear}. a [..., in1], b [..., in2], y [..., out]; all float32.
 */
public final class Bilinear extends Module {
    /** [out, in1, in2]; begins uniform in ±1/√in1. */
    public final Tensor weight;
    /** [out]; begins likewise. Null if there is none. */
    public final Tensor bias;

    /** A layer with bias. */
    public Bilinear(long in1, long in2, long out) {
        this(in1, in2, out, true);
    }

    /** A layer with or without bias. */
    public Bilinear(long in1, long in2, long out, boolean bias) {
        if (in1 < 1 || in2 < 1 || out < 1) {
            throw new IllegalArgumentException(
                    "Bilinear: " + in1 + ", " + in2 + " -> " + out + " features; all are at least 1");
        }
        var init = Init.uniform(1 / Math.sqrt(in1));
        this.weight = parameter("weight", init, out, in1, in2);
        this.bias = bias ? parameter("bias", init, out) : null;
    }

    /** y, of the dimensions in front that a and b share. */
    public Tensor forward(Tensor a, Tensor b) {
        try {
            return Affine.bilinear(a, b, weight, bias);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(this + ": " + e.getMessage().replaceFirst("^\\w+: ", ""), e);
        }
    }

    @Override
    protected String describe() {
        return "in1=" + weight.size(1) + ", in2=" + weight.size(2) + ", out=" + weight.size(0) + ", bias="
                + (bias != null);
    }
}
