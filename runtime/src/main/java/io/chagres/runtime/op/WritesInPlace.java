package io.chagres.runtime.op;

import io.chagres.runtime.op.Picks.Write;
import io.chagres.runtime.tensor.Index;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Writes to some elements of a tensor in place, by masks and by indices: PyTorch's names with an underscore. Where nothing is
 * recorded they go straight into the tensor. See {@link InPlace} for what all of them have in common.
 */
public final class WritesInPlace {
    private static final String MASKED_FILL = "maskedFillInPlace";
    private static final String MASKED_SCATTER = "maskedScatterInPlace";
    private static final String SCATTER = "scatterInPlace";
    private static final String SCATTER_ADD = "scatterAddInPlace";
    private static final String INDEX_PUT = "indexPutInPlace";
    private static final String INDEX_ADD = "indexAddInPlace";
    private static final String INDEX_COPY = "indexCopyInPlace";
    private static final String INDEX_FILL = "indexFillInPlace";

    private WritesInPlace() {
    }

    // ---- By masks

    /** Sets elements to a value where a mask is true, which broadcasts to them; see {@link Where#maskedFill(Tensor, Tensor, double)}. */
    public static Tensor maskedFill(Tensor target, Tensor mask, double value) {
        return fill(target, mask, Where.value(MASKED_FILL, target, mask, value));
    }

    /** {@link #maskedFill(Tensor, Tensor, double)} with the value of a tensor without dimensions, which gets a gradient too. */
    public static Tensor maskedFill(Tensor target, Tensor mask, Tensor value) {
        return fill(target, mask, Where.value(MASKED_FILL, target, mask, value));
    }

    private static Tensor fill(Tensor target, Tensor mask, Tensor value) {
        checkMask(MASKED_FILL, target, mask);
        return InPlace.write(MASKED_FILL, target, x -> Where.filled(MASKED_FILL, x, mask, value),
                x -> Where.choose(MASKED_FILL, mask, value, x, x), mask, value);
    }

    private static void checkMask(String name, Tensor target, Tensor mask) {
        if (!Arithmetic.broadcast(name, target.shape(), mask.shape()).equals(target.shape())) {
            throw new IllegalArgumentException(name + ": the mask " + mask.shape() + " for a tensor " + target.shape()
                    + ", which a change in place cannot make larger");
        }
    }

    /** Sets elements to the next ones of a source where a mask is true; see {@link Where#maskedScatter}. */
    public static Tensor maskedScatter(Tensor target, Tensor mask, Tensor source) {
        Check.alive(MASKED_SCATTER, "the tensor", target);
        Where.mask(MASKED_SCATTER, "the mask", mask);
        Check.alive(MASKED_SCATTER, "the source", source);
        checkMask(MASKED_SCATTER, target, mask);
        return InPlace.write(MASKED_SCATTER, target, x -> Where.maskedScatter(MASKED_SCATTER, x, mask, source), x -> {
            if (x.isContiguous()) {
                var flat = Views.view(x, x.numel());
                Where.scattering(MASKED_SCATTER, flat, Views.expanded(mask.detach(), x.shape()), source.detach())
                        .into(flat);
            } else {
                Convert.copy(Where.maskedScatter(MASKED_SCATTER, x, mask.detach(), source.detach()), x);
            }
        }, mask, source);
    }

    // ---- By tensors of indices of the same rank

    /** Sets elements; see {@link Scatter#scatter(Tensor, int, Tensor, Tensor)}. */
    public static Tensor scatter(Tensor target, int dim, Tensor index, Tensor source) {
        return scatter(SCATTER, Write.SET, target, dim, index, source);
    }

    /** Sets elements to one value; see {@link Scatter#scatter(Tensor, int, Tensor, double)}. */
    public static Tensor scatter(Tensor target, int dim, Tensor index, double value) {
        Check.alive(SCATTER, "the tensor", target);
        var ids = Indices.typed(SCATTER, index);
        return scatter(target, dim, ids, Views.expanded(Tensor.full(target.dtype(), value), ids.shape()));
    }

    /** Adds to elements; see {@link Scatter#scatterAdd}. */
    public static Tensor scatterAdd(Tensor target, int dim, Tensor index, Tensor source) {
        return scatter(SCATTER_ADD, Write.ADD, target, dim, index, source);
    }

    private static Tensor scatter(String name, Write how, Tensor target, int dim, Tensor index, Tensor source) {
        Check.alive(name, "the tensor", target);
        Check.alive(name, "the tensor of indices", index);
        Check.alive(name, "the source", source);
        return InPlace.write(name, target, x -> Scatter.scatter(name, how, x, dim, index, source),
                x -> Scatter.into(name, how, x, dim, index.detach(), source.detach()), index, source);
    }

    // ---- By indices of one dimension

    /** Adds a source at indices of a dimension; see {@link IndexWrites#indexAdd}. */
    public static Tensor indexAdd(Tensor target, int dim, Tensor ids, Tensor source, double alpha) {
        Check.alive(INDEX_ADD, "the tensor", target);
        Check.alive(INDEX_ADD, "the tensor of indices", ids);
        Check.alive(INDEX_ADD, "the source", source);
        return InPlace.write(INDEX_ADD, target,
                x -> IndexWrites.add(INDEX_ADD, x, dim, ids, source, alpha).written(x),
                x -> IndexWrites.add(INDEX_ADD, x, dim, ids.detach(), source.detach(), alpha).into(x), ids, source);
    }

    /** Sets elements at indices of a dimension; see {@link IndexWrites#indexCopy}. */
    public static Tensor indexCopy(Tensor target, int dim, Tensor ids, Tensor source) {
        Check.alive(INDEX_COPY, "the tensor", target);
        Check.alive(INDEX_COPY, "the tensor of indices", ids);
        Check.alive(INDEX_COPY, "the source", source);
        return InPlace.write(INDEX_COPY, target, x -> IndexWrites.copy(INDEX_COPY, x, dim, ids, source).written(x),
                x -> IndexWrites.copy(INDEX_COPY, x, dim, ids.detach(), source.detach()).into(x), ids, source);
    }

    /** Sets elements at indices of a dimension to a value; see {@link IndexWrites#indexFill(Tensor, int, Tensor, double)}. */
    public static Tensor indexFill(Tensor target, int dim, Tensor ids, double value) {
        Check.alive(INDEX_FILL, "the tensor", target);
        return indexFill(target, dim, ids, Tensor.full(target.dtype(), value));
    }

    /** {@link #indexFill(Tensor, int, Tensor, double)} with the value of a tensor without dimensions, which gets a gradient too. */
    public static Tensor indexFill(Tensor target, int dim, Tensor ids, Tensor value) {
        Check.alive(INDEX_FILL, "the tensor", target);
        Check.alive(INDEX_FILL, "the tensor of indices", ids);
        Check.alive(INDEX_FILL, "the value", value);
        return InPlace.write(INDEX_FILL, target, x -> IndexWrites.fill(INDEX_FILL, x, dim, ids, value).written(x),
                x -> IndexWrites.fill(INDEX_FILL, x, dim, ids.detach(), value.detach()).into(x), ids, value);
    }

    // ---- As between brackets

    /** Sets what indices name, or adds to it; see {@link Indexing#indexPut(Tensor, Index[], Tensor, boolean)}. */
    public static Tensor indexPut(Tensor target, Index[] indices, Tensor values, boolean accumulate) {
        Check.alive(INDEX_PUT, "the tensor", target);
        Check.alive(INDEX_PUT, "the tensor of values", values);
        return InPlace.write(INDEX_PUT, target, x -> Indexing.indexPut(INDEX_PUT, x, indices, values, accumulate),
                x -> Indexing.indexPutInto(INDEX_PUT, x, indices, values.detach(), accumulate),
                operands(indices, values));
    }

    private static Tensor[] operands(Index[] indices, Tensor values) {
        var tensors = Arrays.stream(Check.notNull(INDEX_PUT, "the array of indices", indices))
                .flatMap(index -> index instanceof Index.Of(Tensor ids) ? Stream.of(ids) : Stream.empty());
        return Stream.concat(Stream.of(values), tensors).map(x -> Check.alive(INDEX_PUT, "a tensor of indices", x))
                .toArray(Tensor[]::new);
    }

    /** {@link #indexPut(Tensor, Index[], Tensor, boolean)} with tensors alone; null for all of a dimension. */
    public static Tensor indexPut(Tensor target, Tensor[] indices, Tensor values, boolean accumulate) {
        Check.alive(INDEX_PUT, "the tensor", target);
        return indexPut(target, Indexing.indices(INDEX_PUT, indices), values, accumulate);
    }
}
