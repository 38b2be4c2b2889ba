package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Pad;
import io.chagres.runtime.op.Rearrange;
import io.chagres.runtime.op.Slices;
import io.chagres.runtime.op.Triangle;
import io.chagres.runtime.op.Views;
import io.chagres.runtime.op.Windows;
import java.util.List;

/**
 * What looks at the same elements in another way, or copies them in another order: one-line delegates to {@code runtime.op}. Dimensions may be negative and then count from the end.
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

    /** {@link #transpose}, by another name. */
    default Tensor swapdims(int first, int second) {
        return Views.swapdims(self(), first, second);
    }

    /** A view with the last two dimensions exchanged: each matrix transposed. */
    default Tensor mT() {
        return Views.mT(self());
    }

    /** {@link #movedim(int, int)}, by another name. */
    default Tensor moveaxis(int from, int to) {
        return Views.moveaxis(self(), from, to);
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

    /** Views of just so many equal parts of the columns. */
    default List<Tensor> hsplit(int sections) {
        return Slices.hsplit(self(), sections);
    }

    /** Views of the columns before, between and behind indices. */
    default List<Tensor> hsplit(long... indices) {
        return Slices.hsplit(self(), indices);
    }

    /** Views of just so many equal parts of the rows. */
    default List<Tensor> vsplit(int sections) {
        return Slices.vsplit(self(), sections);
    }

    /** Views of the rows before, between and behind indices. */
    default List<Tensor> vsplit(long... indices) {
        return Slices.vsplit(self(), indices);
    }

    /** Views of just so many equal parts of the layers. */
    default List<Tensor> dsplit(int sections) {
        return Slices.dsplit(self(), sections);
    }

    /** Views of the layers before, between and behind indices. */
    default List<Tensor> dsplit(long... indices) {
        return Slices.dsplit(self(), indices);
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

    /** A view of the windows of a size along a dimension, one every {@code step} indices; their elements are a new last dimension. */
    default Tensor unfold(int dim, long size, long step) {
        return Windows.unfold(self(), dim, size, step);
    }

    /** A view of the storage with any sizes and strides, from this tensor's first element on. */
    default Tensor asStrided(long[] dims, long[] strides) {
        return Windows.asStrided(self(), dims, strides);
    }

    /** A view of the storage with any sizes and strides, from an offset in elements on. */
    default Tensor asStrided(long[] dims, long[] strides, long offset) {
        return Windows.asStrided(self(), dims, strides, offset);
    }

    // ---- Copies in another order, or with more elements

    /** A copy with the order of some dimensions reversed. */
    default Tensor flip(int... dims) {
        return Rearrange.flip(self(), dims);
    }

    /** A copy with the order of the columns, dimension 1, reversed. */
    default Tensor fliplr() {
        return Rearrange.fliplr(self());
    }

    /** A copy with the order of the rows, dimension 0, reversed. */
    default Tensor flipud() {
        return Rearrange.flipud(self());
    }

    /** A copy turned by so many quarters in the plane of the first two dimensions, from the first towards the second. */
    default Tensor rot90(int quarters) {
        return Rearrange.rot90(self(), quarters, 0, 1);
    }

    /** {@link #rot90(int)} in the plane of two dimensions. */
    default Tensor rot90(int quarters, int first, int second) {
        return Rearrange.rot90(self(), quarters, first, second);
    }

    /** A copy with all elements moved on in row-major order; what goes over the end comes in at the start. */
    default Tensor roll(long shift) {
        return Rearrange.roll(self(), shift);
    }

    /** A copy with the elements moved along a dimension; what goes over the end comes in at the start. */
    default Tensor roll(long shift, int dim) {
        return Rearrange.roll(self(), shift, dim);
    }

    /** {@link #roll(long, int)} along several dimensions. */
    default Tensor roll(long[] shifts, int[] dims) {
        return Rearrange.roll(self(), shifts, dims);
    }

    /** The tensor so many times along each dimension; more counts than dimensions begin with new ones. */
    default Tensor repeat(long... times) {
        return Rearrange.repeat(self(), times);
    }

    /** {@link #repeat}, where the first dimensions may have no count and stay as they are. */
    default Tensor tile(long... times) {
        return Rearrange.tile(self(), times);
    }

    /** Each element so many times, one after the other; one dimension. */
    default Tensor repeatInterleave(long times) {
        return Rearrange.repeatInterleave(self(), times);
    }

    /** Each index of a dimension so many times, one after the other. */
    default Tensor repeatInterleave(long times, int dim) {
        return Rearrange.repeatInterleave(self(), times, dim);
    }

    /** Each index of a dimension as often as a vector of counts says. */
    default Tensor repeatInterleave(Tensor times, int dim) {
        return Rearrange.repeatInterleave(self(), times, dim);
    }

    /**
     * The tensor with zeros around it: so many before and after the last dimension, then before and after the last but one, and
     * so on; negative numbers cut off.
     */
    default Tensor pad(long... pads) {
        return Pad.pad(self(), pads);
    }

    /** {@link #pad(long...)} with another value. */
    default Tensor pad(long[] pads, double value) {
        return Pad.pad(self(), pads, value);
    }

    /** {@link #pad(long...)} with copies of the tensor's elements. */
    default Tensor pad(long[] pads, Pad.Mode mode) {
        return Pad.pad(self(), pads, mode);
    }

    /** A copy of the last two dimensions' matrices with zeros above the main diagonal. */
    default Tensor tril() {
        return Triangle.tril(self(), 0);
    }

    /**
     * A copy of the last two dimensions' matrices with zeros above a diagonal, as {@code torch.tril}.
     *
     * @param diagonal 0 is the main diagonal, positive ones are above it
     * @throws IllegalArgumentException if there are fewer than two dimensions
     */
    default Tensor tril(long diagonal) {
        return Triangle.tril(self(), diagonal);
    }

    /** A copy of the last two dimensions' matrices with zeros below the main diagonal. */
    default Tensor triu() {
        return Triangle.triu(self(), 0);
    }

    /** A copy of the last two dimensions' matrices with zeros below a diagonal, as {@code torch.triu}; see {@link #tril(long)}. */
    default Tensor triu(long diagonal) {
        return Triangle.triu(self(), diagonal);
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
