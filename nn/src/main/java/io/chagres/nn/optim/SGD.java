package io.chagres.nn.optim;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.kernel.SgdStep;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/** Stochastic gradient descent, as {@code torch.optim.SGD}; {@link SgdStep} has the formula. */
public final class SGD extends Optimizer {
    private final double momentum;
    private final double dampening;
    private final double weightDecay;
    private final boolean nesterov;
    private final SgdStep[] steps;
    private final boolean[] begun;
    private final Tensor[] velocity;

    /** Without momentum or weight decay. */
    public SGD(List<Tensor> parameters, double learningRate) {
        this(parameters, learningRate, 0, 0, 0, false);
    }

    /** With momentum and weight decay. */
    public SGD(List<Tensor> parameters, double learningRate, double momentum, double weightDecay) {
        this(parameters, learningRate, momentum, weightDecay, 0, false);
    }

    /**
     * All settings.
     *
     * @throws IllegalArgumentException if momentum or weight decay is negative, or Nesterov's form is asked for without
     *         momentum or with dampening
     */
    public SGD(List<Tensor> parameters, double learningRate, double momentum, double weightDecay, double dampening,
            boolean nesterov) {
        super(parameters, learningRate);
        if (!(momentum >= 0 && weightDecay >= 0) || nesterov && (momentum == 0 || dampening != 0)) {
            throw new IllegalArgumentException(
                    "SGD: momentum " + momentum + ", weight decay " + weightDecay + ", dampening "
                            + dampening + ", nesterov " + nesterov
                            + "; the first two are not negative, and nesterov needs momentum and no dampening");
        }
        this.momentum = momentum;
        this.dampening = dampening;
        this.weightDecay = weightDecay;
        this.nesterov = nesterov;
        this.steps = Stream.generate(SgdStep::new).limit(size()).toArray(SgdStep[]::new);
        this.begun = new boolean[size()];
        this.velocity = momentum == 0 ? null : makeState("momentum");
    }

    @Override
    void prepare(int i) {
        var step = steps[i];
        step.rate = (float) learningRate();
        step.momentum = (float) momentum;
        step.dampening = (float) dampening;
        step.l2 = (float) weightDecay;
        step.nesterov = nesterov;
        step.first = !begun[i];
        begun[i] = true;
    }

    @Override
    void update(int i, Tensor p, Tensor g, long from, long count) {
        long at = 4 * from;
        var b = velocity == null ? null : velocity[i];
        Kernels.best().sgd(steps[i], p.storage().base(), p.position() + at, g.storage().base(), g.position() + at,
                b == null ? null : b.storage().base(), b == null ? 0 : b.position() + at, count);
    }
}
