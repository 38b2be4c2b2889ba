package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Gather;
import io.chagres.runtime.op.IndexSelect;
import io.chagres.runtime.op.IndexWrites;
import io.chagres.runtime.op.Indexing;
import io.chagres.runtime.op.Scatter;
import io.chagres.runtime.op.ScatterReduce;
import io.chagres.runtime.op.Where;

/** What picks elements by indices or truth values, or writes there: one-line delegates to {@code runtime.op}. */
public sealed interface IndexMethods permits Tensor {
    // ---- Elements by their indices

    /** A copy of those indices of a dimension that {@code ids}, an integer vector, names. */
    default Tensor indexSelect(int dim, Tensor ids) {
        return IndexSelect.indexSelect(self(), dim, ids);
    }

    /** y[.., i, ..] = this[.., index[.., i, ..], ..]; see {@link Gather#gather}. */
    default Tensor gather(int dim, Tensor index) {
        return Gather.gather(self(), dim, index);
    }

    /** {@link #gather} after broadcasting; negative indices count from the end. */
    default Tensor takeAlongDim(Tensor index, int dim) {
        return Gather.takeAlongDim(self(), index, dim);
    }

    /** The elements at indices into all of them in row-major order; negative ones count from the end. */
    default Tensor take(Tensor index) {
        return Gather.take(self(), index);
    }

    /** A copy with y[.., index[.., i, ..], ..] = source[.., i, ..]; see {@link Scatter#scatter(Tensor, int, Tensor, Tensor)}. */
    default Tensor scatter(int dim, Tensor index, Tensor source) {
        return Scatter.scatter(self(), dim, index, source);
    }

    /** {@link #scatter(int, Tensor, Tensor)} of one value. */
    default Tensor scatter(int dim, Tensor index, double value) {
        return Scatter.scatter(self(), dim, index, value);
    }

    /** {@link #scatter(int, Tensor, Tensor)} that adds to what is there. */
    default Tensor scatterAdd(int dim, Tensor index, Tensor source) {
        return Scatter.scatterAdd(self(), dim, index, source);
    }

    /** {@link #scatter(int, Tensor, Tensor)} that combines what goes to one place; see {@link ScatterReduce#scatterReduce}. */
    default Tensor scatterReduce(int dim, Tensor index, Tensor source, ScatterReduce.Reduction reduction,
            boolean includeSelf) {
        return ScatterReduce.scatterReduce(self(), dim, index, source, reduction, includeSelf);
    }

    /** A copy with source added at those indices of a dimension that {@code ids}, an integer vector, names. */
    default Tensor indexAdd(int dim, Tensor ids, Tensor source) {
        return IndexWrites.indexAdd(self(), dim, ids, source, 1);
    }

    /** {@link #indexAdd(int, Tensor, Tensor)} of alpha · source. */
    default Tensor indexAdd(int dim, Tensor ids, Tensor source, double alpha) {
        return IndexWrites.indexAdd(self(), dim, ids, source, alpha);
    }

    /** A copy with source in place of those indices of a dimension that {@code ids}, an integer vector, names. */
    default Tensor indexCopy(int dim, Tensor ids, Tensor source) {
        return IndexWrites.indexCopy(self(), dim, ids, source);
    }

    /** A copy with a value at those indices of a dimension that {@code ids}, an integer vector, names. */
    default Tensor indexFill(int dim, Tensor ids, double value) {
        return IndexWrites.indexFill(self(), dim, ids, value);
    }

    /** {@link #indexFill(int, Tensor, double)} with the value of a tensor without dimensions. */
    default Tensor indexFill(int dim, Tensor ids, Tensor value) {
        return IndexWrites.indexFill(self(), dim, ids, value);
    }

    /** A copy with values at indices into all elements in row-major order; or with values added there. */
    default Tensor put(Tensor index, Tensor values, boolean accumulate) {
        return IndexWrites.put(self(), index, values, accumulate);
    }

    /** For each index, which these are, a vector of zeros with a one there; -1 classes for one more than the greatest index. */
    default Tensor oneHot(long classes) {
        return IndexWrites.oneHot(self(), classes);
    }

    // ---- Elements as between brackets in Python

    /** What indices name, as {@code x[..]} in Python: a view if there are no tensors among them, else a copy. */
    default Tensor index(Index... indices) {
        return Indexing.index(self(), indices);
    }

    /** The elements that tensors of indices, or masks, name, one for each dimension; null for all of it. */
    default Tensor index(Tensor... indices) {
        return Indexing.index(self(), indices);
    }

    /** A copy with values at what indices name, or with values added there; see {@link Indexing#indexPut(Tensor, Index[], Tensor, boolean)}. */
    default Tensor indexPut(Index[] indices, Tensor values, boolean accumulate) {
        return Indexing.indexPut(self(), indices, values, accumulate);
    }

    /** {@link #indexPut(Index[], Tensor, boolean)} with tensors of indices, or masks, alone. */
    default Tensor indexPut(Tensor[] indices, Tensor values, boolean accumulate) {
        return Indexing.indexPut(self(), indices, values, accumulate);
    }

    // ---- Elements by truth values

    /** This where the condition is true, other elsewhere; all are broadcast. */
    default Tensor where(Tensor condition, Tensor other) {
        return Where.where(condition, self(), other);
    }

    /** This where the condition is true, a number elsewhere. */
    default Tensor where(Tensor condition, double other) {
        return Where.where(condition, self(), other);
    }

    /** This where the condition is true, a whole number elsewhere, which leaves integers integers. */
    default Tensor where(Tensor condition, long other) {
        return Where.where(condition, self(), other);
    }

    /** A copy with a value where the mask is true. */
    default Tensor maskedFill(Tensor mask, double value) {
        return Where.maskedFill(self(), mask, value);
    }

    /** A copy with the value of a tensor without dimensions where the mask is true. */
    default Tensor maskedFill(Tensor mask, Tensor value) {
        return Where.maskedFill(self(), mask, value);
    }

    /** The elements where the mask is true, in row-major order. */
    default Tensor maskedSelect(Tensor mask) {
        return Where.maskedSelect(self(), mask);
    }

    /** A copy with the next elements of a source where the mask is true. */
    default Tensor maskedScatter(Tensor mask, Tensor source) {
        return Where.maskedScatter(self(), mask, source);
    }

    /** The indices of all elements that are not 0, a row for each; int64 [count, rank]. */
    default Tensor nonzero() {
        return Where.nonzero(self());
    }

    /** {@link #nonzero}, by another name. */
    default Tensor argwhere() {
        return Where.argwhere(self());
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
