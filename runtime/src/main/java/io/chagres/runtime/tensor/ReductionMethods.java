package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Compare;
import io.chagres.runtime.op.Reduce;
import io.chagres.runtime.op.Variance;

/** What makes fewer elements of many: one-line delegates to {@code runtime.op}. */
public sealed interface ReductionMethods permits Tensor {
    /** The sum of all elements. */
    default Tensor sum() {
        return Reduce.sum(self());
    }

    /** The sums over one dimension. */
    default Tensor sum(int dim, boolean keepDim) {
        return Reduce.sum(self(), dim, keepDim);
    }

    /** The mean of all elements. */
    default Tensor mean() {
        return Reduce.mean(self());
    }

    /** The means over one dimension. */
    default Tensor mean(int dim, boolean keepDim) {
        return Reduce.mean(self(), dim, keepDim);
    }

    /** The variance of all elements, with correction 1. */
    default Tensor var() {
        return Variance.var(self());
    }

    /** The variances over one dimension; correction 1 for a sample, 0 for a population. */
    default Tensor var(int dim, int correction, boolean keepDim) {
        return Variance.var(self(), dim, correction, keepDim);
    }

    /** The standard deviation of all elements, with correction 1. */
    default Tensor std() {
        return Variance.std(self());
    }

    /** The standard deviations over one dimension; correction 1 for a sample, 0 for a population. */
    default Tensor std(int dim, int correction, boolean keepDim) {
        return Variance.std(self(), dim, correction, keepDim);
    }

    /** The index of the greatest element along one dimension, the first if there are several; int64. */
    default Tensor argmax(int dim) {
        return Compare.argmax(self(), dim);
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
