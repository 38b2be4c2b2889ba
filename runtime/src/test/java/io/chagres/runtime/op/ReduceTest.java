package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReduceTest extends OpTest {
    private static final int[][] SHAPES = {{3, 5}, {17}, {2, 1, 3}, {2, 3, 4}, {4, 0}};

    @Override
    Stream<Case> cases() {
        var sum = Case.op("Reduce.sum(Tensor)", in -> Reduce.sum(in[0]))
                .expects(in -> Array.scalar(Arrays.stream(in[0].values()).sum()));
        var mean = Case.op("Reduce.mean(Tensor)", in -> Reduce.mean(in[0]))
                .expects(in -> Array.scalar(Arrays.stream(in[0].values()).sum() / in[0].values().length));
        for (int[] shape : SHAPES) {
            sum.on(shape);
            mean.on(shape);
        }
        return Stream.concat(Stream.of(sum.on(dims()), mean.on(dims())),
                Arrays.stream(SHAPES).flatMap(shape -> IntStream.range(0, shape.length).boxed()
                        .flatMap(axis -> Stream.of(true, false).flatMap(keep -> along(shape, axis, keep)))));
    }

    private static Stream<Case> along(int[] shape, int axis, boolean keep) {
        int counted = axis - (keep ? shape.length : 0); // from the end as well
        var setting = "dim " + counted + (keep ? ", kept" : "");
        return Stream.of(
                Case.op("Reduce.sum(Tensor, int, boolean)", setting, in -> Reduce.sum(in[0], counted, keep))
                        .expects(in -> sums(in[0], axis, keep)).on(shape),
                Case.op("Reduce.mean(Tensor, int, boolean)", setting, in -> Reduce.mean(in[0], counted, keep))
                        .expects(in -> sums(in[0], axis, keep).map(v -> v / shape[axis])).on(shape));
    }

    private static Array sums(Array x, int axis, boolean keep) {
        var dims = keep ? Array.with(x.dims(), axis, 1) : Array.remove(x.dims(), axis);
        return Array.generate(dims, at -> {
            double sum = 0;
            for (int i = 0; i < x.dims()[axis]; i++) {
                sum += x.at(keep ? Array.with(at, axis, i) : Array.insert(at, axis, i));
            }
            return sum;
        });
    }

    @Test
    void manySmallNumbersAddUpExactly() {
        int n = 1 << 20;
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var tenths = Tensor.full(dtype, 0.1, n);
            double tenth = dtype == DType.FLOAT32 ? 0.1f : 0.1;
            assertEquals(tenth * n, tenths.sum().item(), 1e-7 * tenth * n);
            assertEquals(tenth, tenths.mean().item(), 1e-7 * tenth);
            assertEquals(tenth * n / 2, tenths.view(n / 2, 2).sum(0, false).select(0, 1).item(), 1e-5 * tenth * n);
        }
    }

    @Test
    void meansOfNothingAreNoNumbers() {
        Checks.values(Tensor.zeros(0).mean(), Double.NaN);
        Checks.values(Tensor.zeros(2, 0).mean(1, false), Double.NaN, Double.NaN);
        Checks.values(Tensor.zeros(2, 0).sum(1, true), 0, 0);
    }

    @Test
    void dimensionsThatAreNotThereAreNamed() {
        var x = Tensor.ones(2, 3);
        for (int dim : new int[]{2, -3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> x.sum(dim, false)), "sum",
                    "dimension " + dim, "[2, 3]", "-2 to 1");
            Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> x.mean(dim, true)), "mean",
                    "dimension " + dim, "[2, 3]");
        }
        Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> Tensor.scalar(1).sum(0, false)), "sum",
                "[]");
    }
}
