package io.chagres.nn.loss;

import io.chagres.runtime.tensor.Tensor;
import java.util.Objects;

/**
 * Squared differences, as {@code torch.nn.MSELoss}: with {@link Reduction#MEAN} (1/n) Σ (y - y')² over all n elements, with
 * {@link Reduction#SUM} Σ (y - y')². Textbooks often use (1/2n) Σ (y - y')², whose gradient is (y - y')/n: that is half of the
 * mean here, {@code loss.forward(y, target).mul(0.5)}.
 *
 * @param reduction mean or sum
 */
public record MSELoss(Reduction reduction) implements Loss {
    /** Refuses null. */
    public MSELoss {
        Objects.requireNonNull(reduction, "MSELoss: reduction");
    }

    /** The mean. */
    public MSELoss() {
        this(Reduction.MEAN);
    }

    /**
     * The loss of a batch.
     *
     * @throws IllegalArgumentException if the shapes differ; unlike PyTorch's, this loss does not broadcast, which is mostly a
     *         mistake
     */
    @Override
    public Tensor forward(Tensor output, Tensor target) {
        if (!output.shape().equals(target.shape())) {
            throw new IllegalArgumentException("MSELoss: output " + output.shape() + " and target " + target.shape()
                    + " differ; did you mean view(...) of one of them?");
        }
        var squares = output.sub(target).square();
        return reduction == Reduction.MEAN ? squares.mean() : squares.sum();
    }
}
