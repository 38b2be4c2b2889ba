package io.chagres.runtime.op;

import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The three forms that reductions have, over shapes of all kinds. */
final class Reductions {
    private static final int[][] SHAPES = {{3, 5}, {17}, {2, 1, 3}, {2, 3, 4}, {4, 0}};
    private static final int[][] WITHOUT_EMPTY = {{3, 5}, {17}, {2, 1, 3}, {2, 3, 4}};
    private static final int[][] SEVERAL = {{0, 2}, {-1, 1}, {0, 1}, {0, 1, 2}, {}};

    private Reductions() {
    }

    interface All {
        Tensor of(Tensor x);
    }

    interface Along {
        Tensor of(Tensor x, int dim, boolean keepDim);
    }

    interface Over {
        Tensor of(Tensor x, int[] dims, boolean keepDim);
    }

    /** Cases of all forms; what they compute is given as a function of the elements of one result. */
    static Stream<Case> cases(String name, All all, Along along, Over over, ToDoubleFunction<double[]> plain,
            UnaryOperator<Case> as) {
        return cases(SHAPES, name, all, along, over, plain, as);
    }

    /** {@link #cases} without those in which a result would be made of nothing. */
    static Stream<Case> casesOfSome(String name, All all, Along along, Over over, ToDoubleFunction<double[]> plain,
            UnaryOperator<Case> as) {
        return cases(WITHOUT_EMPTY, name, all, along, over, plain, as);
    }

    private static Stream<Case> cases(int[][] shapes, String name, All all, Along along, Over over,
            ToDoubleFunction<double[]> plain, UnaryOperator<Case> as) {
        var total = Case.op(name + "(Tensor)", in -> all.of(in[0]))
                .expects(in -> Array.scalar(plain.applyAsDouble(in[0].values())));
        for (int[] shape : shapes) {
            total.on(shape);
        }
        var one = Arrays.stream(shapes).flatMap(shape -> IntStream.range(0, shape.length).boxed()
                .flatMap(axis -> Stream.of(true, false).map(keep -> {
                    int counted = axis - (keep ? shape.length : 0); // from the end as well
                    return Case.op(name + "(Tensor, int, boolean)", "dim " + counted + (keep ? ", kept" : ""),
                            in -> along.of(in[0], counted, keep))
                            .expects(in -> plain(in[0], new int[]{axis}, keep, plain)).on(shape);
                })));
        var several = Arrays.stream(SEVERAL).map(dims -> {
            boolean keep = dims.length == 2 && dims[0] == 0;
            return Case.op(name + "(Tensor, int[], boolean)", "dims " + Arrays.toString(dims) + (keep ? ", kept" : ""),
                    in -> over.of(in[0], dims, keep)).expects(in -> plain(in[0], dims, keep, plain))
                    .on(Case.dims(2, 3, 4)).on(Case.dims(3, 1, 5, 2));
        }).filter(c -> !c.toString().contains("[0, 1, 2]") || shapes == SHAPES);
        return Stream.of(Stream.of(total.on(Case.dims())), one, several).flatMap(s -> s).map(as);
    }

    /** What a function of the elements that belong together gives for each result. */
    static Array plain(Array x, int[] dims, boolean keep, ToDoubleFunction<double[]> function) {
        int rank = x.dims().length;
        var reduced = new boolean[rank];
        Arrays.fill(reduced, dims.length == 0);
        for (int dim : dims) {
            reduced[dim < 0 ? dim + rank : dim] = true;
        }
        int[] sizes = IntStream.range(0, rank).map(d -> reduced[d] ? 1 : x.dims()[d]).toArray();
        int[] within = IntStream.range(0, rank).map(d -> reduced[d] ? x.dims()[d] : 1).toArray();
        var result = Array.generate(sizes, at -> {
            var index = at.clone();
            return function.applyAsDouble(Array.generate(within, inner -> {
                for (int d = 0; d < rank; d++) {
                    index[d] = at[d] + inner[d];
                }
                return x.at(index);
            }).values());
        });
        int[] left = IntStream.range(0, rank).filter(d -> keep || !reduced[d]).map(d -> sizes[d]).toArray();
        return new Array(left, result.values());
    }

    static double sum(double[] values) {
        return Arrays.stream(values).sum();
    }
}
