package io.chagres.nn.layer;

import io.chagres.nn.Init;
import io.chagres.nn.Module;
import io.chagres.runtime.op.IndexSelect;
import io.chagres.runtime.tensor.Tensor;

/**
 * A vector for each of a number of ids, as {@code torch.nn.Embedding}: int64 ids of any shape give [ids..., dim]. Weight
 * [count, dim], float32, which begins standard normal.
 */
public final class Embedding extends Module {
    public final Tensor weight;
    private final boolean padded;
    private final long padding;

    /** A layer for ids from 0 to {@code count} - 1. */
    public Embedding(long count, long dim) {
        this(count, dim, false, 0);
    }

    /**
     * A layer with one id whose vector begins as zeros and is not trained, {@code padding_idx} in PyTorch.
     *
     * @param padding in [-count, count); negative ones count from the end
     */
    public Embedding(long count, long dim, long padding) {
        this(count, dim, true, padding);
    }

    private Embedding(long count, long dim, boolean padded, long padding) {
        if (count < 1 || dim < 1) {
            throw new IllegalArgumentException(
                    "Embedding: " + count + " vectors of " + dim + " elements; both are at least 1");
        }
        if (padded && (padding < -count || padding >= count)) {
            throw new IndexOutOfBoundsException("Embedding: padding index " + padding + " with " + count + " vectors");
        }
        this.padded = padded;
        this.padding = padding < 0 ? padding + count : padding;
        this.weight = parameter("weight", (tensor, generator) -> {
            Init.normal(0, 1).fill(tensor, generator);
            if (padded) {
                tensor.select(0, padding).fill(0);
            }
        }, count, dim);
    }

    @Override
    public Tensor forward(Tensor ids) {
        return padded ? IndexSelect.embedding(weight, ids, padding) : IndexSelect.embedding(weight, ids);
    }

    @Override
    protected String describe() {
        return "count=" + weight.size(0) + ", dim=" + weight.size(1) + (padded ? ", padding=" + padding : "");
    }
}
