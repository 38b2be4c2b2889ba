package io.chagres.runtime.kernel;

/**
 * The numbers of one step of stochastic gradient descent, the same for every element (as in {@code torch.optim.SGD}):
 *
 * <pre>
 * g ← g + l2 · p
 * b ← first ? g : momentum · b + (1 − dampening) g      only with momentum
 * d ← nesterov ? g + momentum · b : b                   without momentum: d = g
 * p ← p − rate · d
 * </pre>
 *
 * Mutable, so that an optimizer makes one and refills it at every step.
 */
public final class SgdStep {
    public float rate;
    public float momentum;
    public float dampening;
    public float l2;
    public boolean nesterov;
    public boolean first;
}
