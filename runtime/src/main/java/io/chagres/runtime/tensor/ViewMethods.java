package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Gather;
import io.chagres.runtime.op.IndexSelect;
import io.chagres.runtime.op.Scatter;
import io.chagres.runtime.op.Slices;
import io.chagres.runtime.op.Views;
import io.chagres.runtime.op.Where;
import java.util.List;

/**
 * What looks at the same elements in another way, joins tensors and picks parts of them: one-line delegates to
 * {@code runtime.op}. Dimensions may be negative and then count from the end.
 */
public sealed interface ViewMethods permits Tensor {
    // ---- Other shapes

    /**
     * The same elements in another shape, without a copy; one size may be -1.
     *
     * @throws IllegalArgumentException if the number of elements differs
     * @throws IllegalStateException if the strides do not allow it
     */
    default Tensor view(long... dims) {
        return Views.view(self(), dims);
    }

    /** {@link #view} in the shape of another tensor. */
    default Tensor viewLike(Tensor other) {
        return Views.viewLike(self(), other);
    }

    /** {@link #view} where that is possible, of a copy elsewhere. */
    default Tensor reshape(long... dims) {
        return Views.reshape(self(), dims);
    }

    /** {@link #reshape} to the shape of another tensor. */
    default Tensor reshapeAs(Tensor other) {
        return Views.reshapeAs(self(), other);
    }

    /** {@link #reshape} to one dimension. */
    default Tensor flatten() {
        return Views.flatten(self(), 0, -1);
    }

    /** {@link #reshape} that makes the dimensions from one on up to another one. */
    default Tensor flatten(int start, int end) {
        return Views.flatten(self(), start, end);
    }

    /** A view with one dimension cut into several; one size may be -1. */
    default Tensor unflatten(int dim, long... sizes) {
        return Views.unflatten(self(), dim, sizes);
    }

    /** A view with a new dimension of size 1. */
    default Tensor unsqueeze(int dim) {
        return Views.unsqueeze(self(), dim);
    }

    /** A view without dimensions of size 1. */
    default Tensor squeeze() {
        return Views.squeeze(self());
    }

    /** A view without a dimension of size 1. */
    default Tensor squeeze(int dim) {
        return Views.squeeze(self(), dim);
    }

    /** A view without those of some dimensions that have size 1. */
    default Tensor squeeze(int[] dims) {
        return Views.squeeze(self(), dims);
    }

    /** A view in which dimensions of size 1 repeat up to the given sizes; -1 leaves one as it is. */
    default Tensor expand(long... dims) {
        return Views.expand(self(), dims);
    }

    /** {@link #expand} to the sizes of another tensor. */
    default Tensor expandAs(Tensor other) {
        return Views.expandAs(self(), other);
    }

    /** {@link #expand}, by another name. */
    default Tensor broadcastTo(long... dims) {
        return Views.broadcastTo(self(), dims);
    }

    // ---- Other orders of dimensions

    /** A view with two dimensions exchanged. */
    default Tensor transpose(int first, int second) {
        return Views.transpose(self(), first, second);
    }

    /** {@link #transpose}, by another name. */
    default Tensor swapaxes(int first, int second) {
        return Views.swapaxes(self(), first, second);
    }

    /** A view of a matrix with rows and columns exchanged; of what has fewer dimensions, the tensor itself. */
    default Tensor t() {
        return Views.t(self());
    }

    /** A view with the dimensions in another order: dimension i of the result is dimension order[i] of this. */
    default Tensor permute(int... order) {
        return Views.permute(self(), order);
    }

    /** A view with one dimension moved to another place; the others keep their order. */
    default Tensor movedim(int from, int to) {
        return Views.movedim(self(), from, to);
    }

    /** A view with several dimensions moved to other places; the others keep their order. */
    default Tensor movedim(int[] from, int[] to) {
        return Views.movedim(self(), from, to);
    }

    // ---- Parts

    /** A view of {@code length} indices of a dimension, from {@code from} on, which may count from the end. */
    default Tensor narrow(int dim, long from, long length) {
        return Slices.narrow(self(), dim, from, length);
    }

    /** A view without one dimension, at one of its indices. */
    default Tensor select(int dim, long index) {
        return Slices.select(self(), dim, index);
    }

    /** A view of the indices from start up to end, excluding it, of a dimension; see {@link #slice(int, long, long, long)}. */
    default Tensor slice(int dim, long start, long end) {
        return Slices.slice(self(), dim, start, end, 1);
    }

    /**
     * A view of every step-th index of a dimension from start up to end, excluding it, as {@code x[start:end:step]} in Python:
     * negative ones count from the end, and what lies outside is cut off. {@code Long.MAX_VALUE} is the end.
     *
     * @param step positive
     */
    default Tensor slice(int dim, long start, long end, long step) {
        return Slices.slice(self(), dim, start, end, step);
    }

    /** Views of parts of one size along a dimension; the last may be smaller. */
    default List<Tensor> split(long size, int dim) {
        return Slices.split(self(), size, dim);
    }

    /** Views of parts of given sizes along a dimension, which they fill. */
    default List<Tensor> split(long[] sizes, int dim) {
        return Slices.split(self(), sizes, dim);
    }

    /** Views of at most so many parts of one size along a dimension; the last may be smaller. */
    default List<Tensor> chunk(int chunks, int dim) {
        return Slices.chunk(self(), chunks, dim);
    }

    /** Views of just so many parts along a dimension, of which the first ones are greater by one where it does not divide. */
    default List<Tensor> tensorSplit(int sections, int dim) {
        return Slices.tensorSplit(self(), sections, dim);
    }

    /** Views of the parts along a dimension between given indices. */
    default List<Tensor> tensorSplit(long[] indices, int dim) {
        return Slices.tensorSplit(self(), indices, dim);
    }

    /** A view for each index of a dimension, without it. */
    default List<Tensor> unbind(int dim) {
        return Slices.unbind(self(), dim);
    }

    /** A view of the diagonal of a matrix, or of each matrix of the first two dimensions. */
    default Tensor diagonal() {
        return Slices.diagonal(self(), 0, 0, 1);
    }

    /**
     * A view of a diagonal of each matrix that two dimensions make; it is the last dimension of the result.
     *
     * @param offset 0 for the main one, positive ones above it
     */
    default Tensor diagonal(long offset, int dim1, int dim2) {
        return Slices.diagonal(self(), offset, dim1, dim2);
    }

    /** Zeros with the last dimension on the diagonal of matrices, which are the last two dimensions of the result. */
    default Tensor diagEmbed() {
        return Slices.diagEmbed(self(), 0, -2, -1);
    }

    /** Zeros with the last dimension on a diagonal of matrices, which are two dimensions of the result. */
    default Tensor diagEmbed(long offset, int dim1, int dim2) {
        return Slices.diagEmbed(self(), offset, dim1, dim2);
    }

    /** A matrix with this vector on a diagonal, or a copy of a diagonal of this matrix. */
    default Tensor diag(long offset) {
        return Slices.diag(self(), offset);
    }

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

    // ---- Elements by truth values

    /** This where the condition is true, other elsewhere; all are broadcast. */
    default Tensor where(Tensor condition, Tensor other) {
        return Where.where(condition, self(), other);
    }

    /** This where the condition is true, a number elsewhere. */
    default Tensor where(Tensor condition, double other) {
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

    private Tensor self() {
        return (Tensor) this;
    }
}
