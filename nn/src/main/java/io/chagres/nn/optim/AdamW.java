package io.chagres.nn.optim;

import io.chagres.runtime.tensor.Tensor;
import java.util.List;

/** Adam with decoupled weight decay (Loshchilov and Hutter, 2019), as {@code torch.optim.AdamW}. */
public final class AdamW extends Adam {
    /** β = (0.9, 0.999), ε = 1e-8, weight decay 0.01. */
    public AdamW(List<Tensor> parameters, double learningRate) {
        this(parameters, learningRate, 0.9, 0.999, 1e-8, 0.01);
    }

    /** All settings; see {@link Adam}. */
    public AdamW(List<Tensor> parameters, double learningRate, double beta1, double beta2, double epsilon,
            double weightDecay) {
        super(parameters, learningRate, beta1, beta2, epsilon, weightDecay);
    }

    @Override
    boolean decoupled() {
        return true;
    }
}
