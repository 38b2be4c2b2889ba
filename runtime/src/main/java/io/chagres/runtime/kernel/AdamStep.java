package io.chagres.runtime.kernel;

/**
 * The numbers of one Adam or AdamW step, the same for every element (Kingma and Ba, 2015; Loshchilov and Hutter, 2019;
 * as in {@code torch.optim.Adam} and {@code torch.optim.AdamW}):
 *
 * <pre>
 * p ← p (1 − decay)                     decoupled weight decay: decay = lr · λ, else 0
 * g ← g + l2 · p                        coupled weight decay: l2 = λ, else 0
 * m ← β₁ m + (1 − β₁) g
 * v ← β₂ v + (1 − β₂) g²
 * p ← p − rate · m / (√v · rootScale + ε)      rate = lr / (1 − β₁ᵗ), rootScale = 1 / √(1 − β₂ᵗ)
 * </pre>
 *
 * Mutable, so that an optimizer makes one and refills it at every step.
 */
public final class AdamStep {
    public float beta1;
    public float beta2;
    public float oneMinusBeta1;
    public float oneMinusBeta2;
    public float rate;
    public float rootScale;
    public float epsilon;
    public float decay;
    public float l2;
}
