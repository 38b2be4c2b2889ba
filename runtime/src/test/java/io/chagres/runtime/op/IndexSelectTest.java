package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.reliability.Garbage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class IndexSelectTest extends OpTest {
    private static final String EMBEDDING = "IndexSelect.embedding(Tensor, Tensor)";

    @Override
    Stream<Case> cases() {
        return Stream.of(
                embedding(new int[]{2}, 4, 0).on(dims(5, 3)).on(dims(5, 1)).on(dims(6, 20)).on(dims(5, 0)),
                embedding(new int[]{3, 2}, 1, 1, 0, 4, 1, 2).on(dims(5, 3)).on(dims(5, 40)),
                embedding(new int[]{}, 1).on(dims(2, 3)).on(dims(3, 130)),
                embedding(new int[]{1, 1, 1}, 0).on(dims(1, 1)).on(dims(4, 2)),
                embedding(new int[]{2, 0}).on(dims(5, 3)).on(dims(0, 3)),
                select(0, 2, 0, 0).on(dims(3, 5)).on(dims(3)).on(dims(4, 2, 3)).on(dims(3, 140)),
                select(1, 1, 3, 1).on(dims(3, 5)).on(dims(2, 4, 3)).on(dims(2, 4, 0)).on(dims(0, 4)),
                select(-1, 0).on(dims(3, 5)).on(dims(1)).on(dims(2, 1)), select(-2).on(dims(3, 5)).on(dims(0, 2)));
    }

    private static Case embedding(int[] shape, long... ids) {
        return Case.op(EMBEDDING, Arrays.toString(shape) + Arrays.toString(ids),
                in -> IndexSelect.embedding(in[0], ids(shape, ids))).expects(in -> {
                    var dims = Array.insert(shape, shape.length, in[0].dims()[1]);
                    return Array.generate(dims, at -> {
                        int position = 0;
                        for (int d = 0; d < shape.length; d++) {
                            position = position * shape[d] + at[d];
                        }
                        return in[0].at((int) ids[position], at[shape.length]);
                    });
                });
    }

    private static Tensor ids(int[] shape, long... ids) {
        return Tensor.of(ids, ids.length).view(Array.longs(shape));
    }

    private static Case select(int dim, long... ids) {
        return Case.op("IndexSelect.indexSelect(Tensor, int, Tensor)", "dim " + dim + Arrays.toString(ids),
                in -> IndexSelect.indexSelect(in[0], dim, Tensor.of(ids, ids.length))).expects(in -> {
                    int axis = Math.floorMod(dim, in[0].dims().length);
                    return Array.generate(Array.with(in[0].dims(), axis, ids.length),
                            at -> in[0].at(Array.with(at, axis, (int) ids[at[axis]])));
                }).anyType();
    }

    @Test
    @Covers("IndexSelect.embedding(Tensor, Tensor, long)")
    void thePaddingGetsNoGradient() {
        var ids = Tensor.of(new long[]{1, 2, 2, 0, 1, 2}, 3, 2);
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var weight = Tensor.of(new double[]{1, 2, 3, 4, 5, 6}, 3, 2).to(dtype).requiresGrad(true);
            for (long padding : new long[]{1, -2}) {
                var y = IndexSelect.embedding(weight, ids, padding);
                Checks.values(y, 3, 4, 5, 6, 5, 6, 1, 2, 3, 4, 5, 6);
                y.sum().backward();
                Checks.values(weight.grad(), 1, 1, 0, 0, 3, 3);
                weight.zeroGrad();
            }
            IndexSelect.embedding(weight, ids).sum().backward();
            Checks.values(weight.grad(), 1, 1, 2, 2, 3, 3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void selectsElementsOfEveryType(DType dtype) {
        var x = Tensor.of(new double[]{0, 1, 1, 0, 1, 0}, 3, 2).to(dtype);
        var picked = x.indexSelect(0, Tensor.of(new long[]{2, 0}));
        Checks.type(dtype, picked);
        Checks.values(picked, 1, 0, 0, 1);
        Checks.values(x.t().indexSelect(1, Tensor.of(new long[]{1})), 1, 0);
    }

    @Test
    void idsMayBeStrided() {
        var ids = Tensor.of(new long[]{0, 3, 1, 2}, 2, 2).t();
        var x = Tensor.of(new float[]{10, 11, 12, 13}, 4, 1);
        Checks.values(IndexSelect.embedding(x, ids), 10, 11, 13, 12);
        Checks.values(x.indexSelect(0, ids.select(0, 0).unsqueeze(0).expand(3, 2).select(0, 1)), 10, 11);
    }

    /** Rows in parts, gradients by columns and by rows of the weight: the same bits on one thread and on two. */
    @ParameterizedTest
    @CsvSource({"500, 128, 700", "50, 1000, 100", "3000, 24, 6000", "7, 8, 20000"})
    void resultsDoNotDependOnTheNumberOfThreads(int count, int dim, int picks) {
        var generator = new Generator(count);
        var weight = Tensor.randn(generator, count, dim).requiresGrad(true);
        var dy = Tensor.randn(generator, picks, dim);
        long[] picked = LongStream.range(0, picks).map(i -> i * i * 31 % count).toArray();
        var ids = Tensor.of(picked);
        var expected = new double[count * dim];
        double[] flowing = dy.toDoubleArray();
        for (int i = 0; i < flowing.length; i++) {
            expected[(int) picked[i / dim] * dim + i % dim] += flowing[i];
        }
        float[] values = weight.toFloatArray();
        float[] alone = null;
        for (int threads = 1; threads <= Math.min(2, Threads.limit()); threads++) {
            try (var _ = Threads.share(threads); var _ = Scope.open()) {
                weight.zeroGrad();
                var y = IndexSelect.embedding(weight, ids);
                float[] rows = y.toFloatArray();
                assertEquals(-1, IntStream.range(0, rows.length)
                        .filter(i -> rows[i] != values[(int) picked[i / dim] * dim + i % dim]).findFirst().orElse(-1));
                y.backward(dy);
                float[] gradient = weight.grad().toFloatArray();
                alone = alone == null ? gradient : alone;
                assertArrayEquals(alone, gradient);
                assertArrayEquals(expected, weight.grad().toDoubleArray(), 2e-3);
            }
        }
    }

    @Test
    void idsThatAreNotThereAreNamed() {
        var weight = Tensor.ones(5, 3);
        outside(() -> IndexSelect.embedding(weight, ids(new int[]{2, 2}, 0, 1, 5, 2)), "embedding", "id 5",
                "position 2", "[2, 2]", "[5, 3]", "0 to 4", "start at 1?");
        outside(() -> IndexSelect.embedding(weight, Tensor.of(new long[]{-1}), 2), "embedding", "id -1", "[5, 3]");
        outside(() -> IndexSelect.embedding(weight, Tensor.of(new long[]{Long.MIN_VALUE})), "embedding", "id -9223");
        outside(() -> IndexSelect.embedding(Tensor.ones(0, 3), Tensor.of(new long[]{0})), "embedding", "has none");
        outside(() -> IndexSelect.embedding(weight, Tensor.of(new long[]{0}), 5), "embedding", "padding index 5",
                "-5 to 4");
        outside(() -> IndexSelect.embedding(weight, Tensor.of(new long[]{0}), -6), "embedding", "padding index -6");
        outside(() -> weight.indexSelect(1, Tensor.of(new long[]{0, 3})), "indexSelect", "id 3", "dimension 1");
        outside(() -> weight.indexSelect(2, Tensor.of(new long[]{0})), "indexSelect", "dimension 2", "[5, 3]");
    }

    private static void outside(Executable call, String operation, String... facts) {
        Checks.message(assertThrows(IndexOutOfBoundsException.class, call), operation, facts);
    }

    @Test
    void operandsThatDoNotFitAreNamed() {
        var ids = Tensor.of(new long[]{0, 1});
        refused(() -> IndexSelect.embedding(Tensor.ones(5), ids), "embedding", "the weight [5]", "2 are needed");
        refused(() -> IndexSelect.embedding(Tensor.ones(5, 3), Tensor.ones(2)), "embedding", "ids [2]", "FLOAT32",
                "to(DType.INT64)");
        refused(() -> Tensor.ones(5, 3).indexSelect(0, Tensor.ones(2)), "indexSelect", "ids [2]", "FLOAT32");
        refused(() -> Tensor.ones(5, 3).indexSelect(0, ids.view(1, 2)), "indexSelect", "[1, 2]", "1 are needed");
        Checks.message(assertThrows(NullPointerException.class, () -> IndexSelect.embedding(Tensor.ones(5, 3), null)),
                "embedding", "ids", "null");
        var closed = Tensor.owned(Owner.DATA, DType.INT64, Shape.of(2), "some ids");
        closed.close();
        Checks.message(
                assertThrows(IllegalStateException.class, () -> IndexSelect.embedding(Tensor.ones(5, 3), closed)),
                "embedding", "some ids", "closed");
    }

    private static void refused(Executable call, String operation, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class, call), operation, facts);
    }

    @Test
    void idsThatChangedSinceAreNotUsed() {
        var weight = Tensor.ones(5, 3).requiresGrad(true);
        var ids = Tensor.of(new long[]{0, 1});
        var y = IndexSelect.embedding(weight, ids).sum();
        try (var _ = Autograd.noGrad()) {
            ids.fill(4000);
        }
        assertThrows(IllegalStateException.class, y::backward);
    }

    @Test
    void aRepeatedStepAllocatesNothing() throws InterruptedException {
        Garbage.collect();
        var weight = Tensor.owned(Owner.DATA, DType.FLOAT32, Shape.of(30, 40), "w").requiresGrad(true);
        var ids = Tensor.owned(Owner.DATA, DType.INT64, Shape.of(7), "ids");
        try (weight; ids) {
            step(weight, ids);
            step(weight, ids);
            long bytes = Memory.liveBytes();
            for (int i = 0; i < 5; i++) {
                step(weight, ids);
            }
            assertEquals(bytes, Memory.liveBytes());
        }
    }

    private static void step(Tensor weight, Tensor ids) {
        try (var _ = Scope.open()) {
            weight.zeroGrad();
            IndexSelect.embedding(weight, ids).sum().backward();
        }
    }
}
