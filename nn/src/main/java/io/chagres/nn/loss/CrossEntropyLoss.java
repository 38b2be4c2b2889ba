package io.chagres.nn.loss;

import io.chagres.runtime.op.CrossEntropy;
import io.chagres.runtime.tensor.Tensor;
import java.util.Objects;

/**
 * -log softmax(logits)[label] over the rows of a batch, as {@code torch.nn.CrossEntropyLoss} with class indices. Logits
 * [N, C] float32 or float64, labels [N] int64 in [0, C); rows with the label to ignore (-100) count for nothing.
 *
 * @param reduction mean (over the rows that count) or sum
 * @param ignoreIndex the label to ignore
 */
public record CrossEntropyLoss(Reduction reduction, long ignoreIndex) implements Loss {
    /** Refuses null. */
    public CrossEntropyLoss {
        Objects.requireNonNull(reduction, "CrossEntropyLoss: reduction");
    }

    /** The mean, ignoring label -100. */
    public CrossEntropyLoss() {
        this(Reduction.MEAN, -100);
    }

    @Override
    public Tensor forward(Tensor logits, Tensor labels) {
        return CrossEntropy.crossEntropy(logits, labels, ignoreIndex, reduction == Reduction.MEAN);
    }
}
