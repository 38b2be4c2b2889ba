package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Counting;
import io.chagres.runtime.op.Extremes;
import io.chagres.runtime.op.Norms;
import io.chagres.runtime.op.Product;
import io.chagres.runtime.op.Quantiles;
import io.chagres.runtime.op.Reduce;
import io.chagres.runtime.op.Scan;
import io.chagres.runtime.op.Searching;
import io.chagres.runtime.op.Sorting;
import io.chagres.runtime.op.Statistics;
import io.chagres.runtime.op.Truth;
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

    /** The sums over some dimensions; if none is named, over all. */
    default Tensor sum(int[] dims, boolean keepDim) {
        return Reduce.sum(self(), dims, keepDim);
    }

    /** The mean of all elements. */
    default Tensor mean() {
        return Reduce.mean(self());
    }

    /** The means over one dimension. */
    default Tensor mean(int dim, boolean keepDim) {
        return Reduce.mean(self(), dim, keepDim);
    }

    /** The means over some dimensions; if none is named, over all. */
    default Tensor mean(int[] dims, boolean keepDim) {
        return Reduce.mean(self(), dims, keepDim);
    }

    /** The sum of all elements that are not NaN. */
    default Tensor nansum() {
        return Reduce.nansum(self());
    }

    /** The sums, over one dimension, of elements that are not NaN. */
    default Tensor nansum(int dim, boolean keepDim) {
        return Reduce.nansum(self(), dim, keepDim);
    }

    /** The sums, over some dimensions, of elements that are not NaN. */
    default Tensor nansum(int[] dims, boolean keepDim) {
        return Reduce.nansum(self(), dims, keepDim);
    }

    /** The mean of all elements that are not NaN. */
    default Tensor nanmean() {
        return Reduce.nanmean(self());
    }

    /** The means, over one dimension, of elements that are not NaN. */
    default Tensor nanmean(int dim, boolean keepDim) {
        return Reduce.nanmean(self(), dim, keepDim);
    }

    /** The means, over some dimensions, of elements that are not NaN. */
    default Tensor nanmean(int[] dims, boolean keepDim) {
        return Reduce.nanmean(self(), dims, keepDim);
    }

    /** Whether any element is other than 0. */
    default Tensor any() {
        return Truth.any(self());
    }

    /** Whether any element along one dimension is other than 0. */
    default Tensor any(int dim, boolean keepDim) {
        return Truth.any(self(), dim, keepDim);
    }

    /** Whether any element over some dimensions is other than 0. */
    default Tensor any(int[] dims, boolean keepDim) {
        return Truth.any(self(), dims, keepDim);
    }

    /** Whether all elements are other than 0. */
    default Tensor all() {
        return Truth.all(self());
    }

    /** Whether all elements along one dimension are other than 0. */
    default Tensor all(int dim, boolean keepDim) {
        return Truth.all(self(), dim, keepDim);
    }

    /** Whether all elements over some dimensions are other than 0. */
    default Tensor all(int[] dims, boolean keepDim) {
        return Truth.all(self(), dims, keepDim);
    }

    /** How many elements are other than 0; int64. */
    default Tensor countNonzero() {
        return Truth.countNonzero(self());
    }

    /** How many elements along one dimension are other than 0; int64. */
    default Tensor countNonzero(int dim, boolean keepDim) {
        return Truth.countNonzero(self(), dim, keepDim);
    }

    /** How many elements over some dimensions are other than 0; int64. */
    default Tensor countNonzero(int[] dims, boolean keepDim) {
        return Truth.countNonzero(self(), dims, keepDim);
    }

    /** The variance of all elements, with correction 1. */
    default Tensor var() {
        return Variance.var(self());
    }

    /** The variances over one dimension; correction 1 for a sample, 0 for a population. */
    default Tensor var(int dim, int correction, boolean keepDim) {
        return Variance.var(self(), dim, correction, keepDim);
    }

    /** The variances over some dimensions; if none is named, over all. */
    default Tensor var(int[] dims, int correction, boolean keepDim) {
        return Variance.var(self(), dims, correction, keepDim);
    }

    /** The standard deviations over some dimensions; if none is named, over all. */
    default Tensor std(int[] dims, int correction, boolean keepDim) {
        return Variance.std(self(), dims, correction, keepDim);
    }

    /** The variances and the means over some dimensions; if none is named, over all. */
    default Variance.Moments varMean(int[] dims, int correction, boolean keepDim) {
        return Variance.varMean(self(), dims, correction, keepDim);
    }

    /** The standard deviations and the means over some dimensions; if none is named, over all. */
    default Variance.Moments stdMean(int[] dims, int correction, boolean keepDim) {
        return Variance.stdMean(self(), dims, correction, keepDim);
    }

    /** The standard deviation of all elements, with correction 1. */
    default Tensor std() {
        return Variance.std(self());
    }

    /** The standard deviations over one dimension; correction 1 for a sample, 0 for a population. */
    default Tensor std(int dim, int correction, boolean keepDim) {
        return Variance.std(self(), dim, correction, keepDim);
    }

    /** The greatest of all elements; equal ones share the gradient. */
    default Tensor max() {
        return Extremes.max(self());
    }

    /** The greatest elements along one dimension and their indices. */
    default Extremes.Values max(int dim, boolean keepDim) {
        return Extremes.max(self(), dim, keepDim);
    }

    /** The least of all elements; equal ones share the gradient. */
    default Tensor min() {
        return Extremes.min(self());
    }

    /** The least elements along one dimension and their indices. */
    default Extremes.Values min(int dim, boolean keepDim) {
        return Extremes.min(self(), dim, keepDim);
    }

    /** The greatest of all elements. */
    default Tensor amax() {
        return Extremes.amax(self());
    }

    /** The greatest elements along one dimension; equal ones share the gradient. */
    default Tensor amax(int dim, boolean keepDim) {
        return Extremes.amax(self(), dim, keepDim);
    }

    /** The greatest elements over some dimensions; equal ones share the gradient. */
    default Tensor amax(int[] dims, boolean keepDim) {
        return Extremes.amax(self(), dims, keepDim);
    }

    /** The least of all elements. */
    default Tensor amin() {
        return Extremes.amin(self());
    }

    /** The least elements along one dimension; equal ones share the gradient. */
    default Tensor amin(int dim, boolean keepDim) {
        return Extremes.amin(self(), dim, keepDim);
    }

    /** The least elements over some dimensions; equal ones share the gradient. */
    default Tensor amin(int[] dims, boolean keepDim) {
        return Extremes.amin(self(), dims, keepDim);
    }

    /** The least and the greatest of all elements. */
    default Extremes.Range aminmax() {
        return Extremes.aminmax(self());
    }

    /** The least and the greatest elements along one dimension. */
    default Extremes.Range aminmax(int dim, boolean keepDim) {
        return Extremes.aminmax(self(), dim, keepDim);
    }

    /** The index of the greatest of all elements in row-major order, the first if there are several; int64. */
    default Tensor argmax() {
        return Extremes.argmax(self());
    }

    /** The index of the greatest element along one dimension, the first if there are several; int64. */
    default Tensor argmax(int dim) {
        return Extremes.argmax(self(), dim, false);
    }

    /** {@link #argmax(int)}, with the dimension kept or not. */
    default Tensor argmax(int dim, boolean keepDim) {
        return Extremes.argmax(self(), dim, keepDim);
    }

    /** The index of the least of all elements in row-major order, the first if there are several; int64. */
    default Tensor argmin() {
        return Extremes.argmin(self());
    }

    /** The index of the least element along one dimension, the first if there are several; int64. */
    default Tensor argmin(int dim) {
        return Extremes.argmin(self(), dim, false);
    }

    /** {@link #argmin(int)}, with the dimension kept or not. */
    default Tensor argmin(int dim, boolean keepDim) {
        return Extremes.argmin(self(), dim, keepDim);
    }

    /** The product of all elements. */
    default Tensor prod() {
        return Product.prod(self());
    }

    /** The products over one dimension. */
    default Tensor prod(int dim, boolean keepDim) {
        return Product.prod(self(), dim, keepDim);
    }

    /** The products over some dimensions; if none is named, over all. */
    default Tensor prod(int[] dims, boolean keepDim) {
        return Product.prod(self(), dims, keepDim);
    }

    /** The Euclidean norm of all elements. */
    default Tensor norm() {
        return Norms.norm(self());
    }

    /** The p-norm of all elements. */
    default Tensor norm(double p) {
        return Norms.norm(self(), p);
    }

    /** The p-norms over one dimension. */
    default Tensor norm(double p, int dim, boolean keepDim) {
        return Norms.norm(self(), p, dim, keepDim);
    }

    /** The p-norms over some dimensions; if none is named, over all. */
    default Tensor norm(double p, int[] dims, boolean keepDim) {
        return Norms.norm(self(), p, dims, keepDim);
    }

    /** {@link #norm(double, int[], boolean)} under its name in {@code torch.linalg}. */
    default Tensor vectorNorm(double p, int[] dims, boolean keepDim) {
        return Norms.vectorNorm(self(), p, dims, keepDim);
    }

    /** log Σ e^x of all elements. */
    default Tensor logsumexp() {
        return Norms.logsumexp(self());
    }

    /** log Σ e^x over one dimension. */
    default Tensor logsumexp(int dim, boolean keepDim) {
        return Norms.logsumexp(self(), dim, keepDim);
    }

    /** log Σ e^x over some dimensions; if none is named, over all. */
    default Tensor logsumexp(int[] dims, boolean keepDim) {
        return Norms.logsumexp(self(), dims, keepDim);
    }

    /** Sums so far along one dimension. */
    default Tensor cumsum(int dim) {
        return Scan.cumsum(self(), dim);
    }

    /** Products so far along one dimension. */
    default Tensor cumprod(int dim) {
        return Scan.cumprod(self(), dim);
    }

    /** Logarithms of the sums so far of e^x along one dimension. */
    default Tensor logcumsumexp(int dim) {
        return Scan.logcumsumexp(self(), dim);
    }

    /** The greatest so far along one dimension, and their indices. */
    default Extremes.Values cummax(int dim) {
        return Scan.cummax(self(), dim);
    }

    /** The least so far along one dimension, and their indices. */
    default Extremes.Values cummin(int dim) {
        return Scan.cummin(self(), dim);
    }

    /** The elements in ascending order along the last dimension, and their indices. */
    default Extremes.Values sort() {
        return Sorting.sort(self());
    }

    /** The elements in order along one dimension, and their indices. */
    default Extremes.Values sort(int dim, boolean descending) {
        return Sorting.sort(self(), dim, descending);
    }

    /** {@link #sort(int, boolean)}, which is stable in any case. */
    default Extremes.Values sort(int dim, boolean descending, boolean stable) {
        return Sorting.sort(self(), dim, descending, stable);
    }

    /** The indices that would sort along one dimension; int64. */
    default Tensor argsort(int dim, boolean descending) {
        return Sorting.argsort(self(), dim, descending);
    }

    /** The k greatest along the last dimension, and their indices. */
    default Extremes.Values topk(long k) {
        return Sorting.topk(self(), k);
    }

    /** The k greatest or least along one dimension, and their indices. */
    default Extremes.Values topk(long k, int dim, boolean largest, boolean sorted) {
        return Sorting.topk(self(), k, dim, largest, sorted);
    }

    /** The k-th least along one dimension, counted from 1, and its index. */
    default Extremes.Values kthvalue(long k, int dim, boolean keepDim) {
        return Sorting.kthvalue(self(), k, dim, keepDim);
    }

    /** The median of all elements, of two in the middle the lesser. */
    default Tensor median() {
        return Sorting.median(self());
    }

    /** The medians along one dimension, and their indices. */
    default Extremes.Values median(int dim, boolean keepDim) {
        return Sorting.median(self(), dim, keepDim);
    }

    /** The median of all elements that are not NaN. */
    default Tensor nanmedian() {
        return Sorting.nanmedian(self());
    }

    /** The medians along one dimension of elements that are not NaN, and their indices. */
    default Extremes.Values nanmedian(int dim, boolean keepDim) {
        return Sorting.nanmedian(self(), dim, keepDim);
    }

    /** The q-quantile of all elements, between neighbours in proportion. */
    default Tensor quantile(double q) {
        return Sorting.quantile(self(), q);
    }

    /** The q-quantiles along one dimension, between neighbours in proportion. */
    default Tensor quantile(double q, int dim, boolean keepDim) {
        return Sorting.quantile(self(), q, dim, keepDim);
    }

    /** The quantiles of a vector of shares along one dimension, which the first one of the result is for. */
    default Tensor quantile(Tensor q, int dim, boolean keepDim) {
        return Quantiles.quantile(self(), q, dim, keepDim);
    }

    /** The q-quantile of all elements that are not NaN. */
    default Tensor nanquantile(double q) {
        return Quantiles.nanquantile(self(), q);
    }

    /** The q-quantiles along one dimension of the elements that are not NaN. */
    default Tensor nanquantile(double q, int dim, boolean keepDim) {
        return Quantiles.nanquantile(self(), q, dim, keepDim);
    }

    /** {@link #quantile(Tensor, int, boolean)} of the elements that are not NaN. */
    default Tensor nanquantile(Tensor q, int dim, boolean keepDim) {
        return Quantiles.nanquantile(self(), q, dim, keepDim);
    }

    /** The most frequent element along one dimension, and the last index at which it is. */
    default Extremes.Values mode(int dim, boolean keepDim) {
        return Sorting.mode(self(), dim, keepDim);
    }

    /** Each element less the one before it along the last dimension. */
    default Tensor diff() {
        return Statistics.diff(self(), 1, -1);
    }

    /** Each element less the one before it along a dimension, n times over. */
    default Tensor diff(int n, int dim) {
        return Statistics.diff(self(), n, dim);
    }

    /** The area below points at a distance of 1 along a dimension, by trapezoids. */
    default Tensor trapezoid(int dim) {
        return Statistics.trapezoid(self(), 1, dim);
    }

    /** The area below points at places along a dimension, by trapezoids. */
    default Tensor trapezoid(Tensor x, int dim) {
        return Statistics.trapezoid(self(), x, dim);
    }

    /** The different values in ascending order. */
    default Tensor unique() {
        return Counting.unique(self());
    }

    /** The different values, and on demand where and how often they are. */
    default Counting.Unique unique(boolean sorted, boolean returnInverse, boolean returnCounts) {
        return Counting.unique(self(), sorted, returnInverse, returnCounts);
    }

    /** How often each of the numbers 0, 1, ... is in this vector of integers. */
    default Tensor bincount() {
        return Counting.bincount(self());
    }

    /** With what weight in sum each of the numbers 0, 1, ... is in this vector of integers. */
    default Tensor bincount(Tensor weights, long minlength) {
        return Counting.bincount(self(), weights, minlength);
    }

    /** How many elements lie in each of so many bins of equal width. */
    default Tensor histc(int bins, double low, double high) {
        return Counting.histc(self(), bins, low, high);
    }

    /** The different slices of a dimension, and on demand where and how often they are. */
    default Counting.Unique unique(int dim, boolean returnInverse, boolean returnCounts) {
        return Counting.unique(self(), dim, returnInverse, returnCounts);
    }

    /** Where each element belongs between boundaries that are sorted. */
    default Tensor bucketize(Tensor boundaries, boolean right) {
        return Searching.bucketize(self(), boundaries, right);
    }

    /** Where each value would have to be inserted in this, which is sorted along the last dimension. */
    default Tensor searchsorted(Tensor values, boolean right) {
        return Searching.searchsorted(self(), values, right);
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
