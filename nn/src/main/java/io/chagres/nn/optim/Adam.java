package io.chagres.nn.optim;

import io.chagres.runtime.kernel.AdamStep;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/** Adam (Kingma and Ba, 2015), with PyTorch's defaults and order of operations; {@link AdamStep} has the formula. */
public sealed class Adam extends Optimizer permits AdamW {
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final double weightDecay;
    private final AdamStep[] steps;
    private final long[] taken;
    private final Tensor[] m;
    private final Tensor[] v;

    /** β = (0.9, 0.999), ε = 1e-8, no weight decay. */
    public Adam(List<Tensor> parameters, double learningRate) {
        this(parameters, learningRate, 0.9, 0.999, 1e-8, 0);
    }

    /**
     * All settings. Weight decay adds λ p to the gradient, as {@code torch.optim.Adam}; {@link AdamW} decouples it.
     *
     * @throws IllegalArgumentException if a β is not in [0, 1), or ε or the weight decay is negative
     */
    public Adam(List<Tensor> parameters, double learningRate, double beta1, double beta2, double epsilon,
            double weightDecay) {
        super(parameters, learningRate);
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon >= 0 && weightDecay >= 0)) {
            throw new IllegalArgumentException("Adam: beta1 " + beta1 + ", beta2 " + beta2 + ", epsilon " + epsilon
                    + ", weight decay " + weightDecay + "; betas are in [0, 1), the others not negative");
        }
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
        this.weightDecay = weightDecay;
        this.steps = Stream.generate(AdamStep::new).limit(size()).toArray(AdamStep[]::new);
        this.taken = new long[size()];
        this.m = makeState("first moment");
        this.v = makeState("second moment");
    }

    /** Whether weight decay acts on the parameters themselves. */
    boolean decoupled() {
        return false;
    }

    @Override
    final void prepare(int i) {
        long t = ++taken[i];
        var step = steps[i];
        step.beta1 = (float) beta1;
        step.beta2 = (float) beta2;
        step.oneMinusBeta1 = (float) (1 - beta1);
        step.oneMinusBeta2 = (float) (1 - beta2);
        step.rate = (float) (learningRate() / (1 - Math.pow(beta1, t)));
        step.rootScale = (float) (1 / Math.sqrt(1 - Math.pow(beta2, t)));
        step.epsilon = (float) epsilon;
        step.decay = decoupled() ? (float) (learningRate() * weightDecay) : 0;
        step.l2 = decoupled() ? 0 : (float) weightDecay;
    }

    @Override
    final void update(int i, Tensor p, Tensor g, long from, long count) {
        long at = 4 * from;
        Kernels.best().adam(steps[i], p.storage().base(), p.position() + at, g.storage().base(), g.position() + at,
                m[i].storage().base(), m[i].position() + at, v[i].storage().base(), v[i].position() + at, count);
    }
}
