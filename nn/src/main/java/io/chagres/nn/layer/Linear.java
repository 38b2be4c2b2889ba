package io.chagres.nn.layer;

import io.chagres.nn.Init;
import io.chagres.nn.Module;
import io.chagres.runtime.op.Affine;
import io.chagres.runtime.tensor.Tensor;

/**
 * y = x · Wᵀ + b, as {@code torch.nn.Linear}. x [..., in], weight [out, in], bias [out], y [..., out]; all float32. Weight and
 * bias begin uniform in ±1/√in.
 */
public final class Linear extends Module {
    public final Tensor weight;
    /** Null if there is none. */
    public final Tensor bias;

    /** A layer with bias. */
    public Linear(long in, long out) {
        this(in, out, true);
    }

    /** A layer with or without bias. */
    public Linear(long in, long out, boolean bias) {
        if (in < 1 || out < 1) {
            throw new IllegalArgumentException("Linear: " + in + " -> " + out + " features; both are at least 1");
        }
        this.weight = parameter("weight", Init.kaimingUniform(Math.sqrt(5)), out, in);
        this.bias = bias ? parameter("bias", Init.uniform(1 / Math.sqrt(in)), out) : null;
    }

    @Override
    public Tensor forward(Tensor x) {
        return Affine.linear(x, weight, bias);
    }

    /** relu of {@link #forward}, in one native call. */
    public Tensor forwardRelu(Tensor x) {
        return Affine.linearRelu(x, weight, bias);
    }

    @Override
    protected String describe() {
        return "in=" + weight.size(1) + ", out=" + weight.size(0) + ", bias=" + (bias != null);
    }
}
