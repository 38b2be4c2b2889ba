package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatherTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(gathers(), scatters(), takes()).flatMap(s -> s).map(Case::anyType);
    }

    /** The index at a place: some are there twice, some not at all. */
    private static int id(int[] at, int size) {
        int sum = 1;
        for (int i : at) {
            sum = 3 * sum + i;
        }
        return Math.floorMod(sum * sum, size);
    }

    private static Tensor index(int[] dims, int size, DType dtype) {
        var ids = Array.generate(dims, at -> id(at, size));
        return Tensor.of(ids.values()).view(Array.longs(dims)).to(dtype);
    }

    private static Stream<Case> gathers() {
        return Stream.of(gather(0, dims(3, 5), dims(4, 5)), gather(1, dims(3, 5), dims(3, 7)),
                gather(-1, dims(3, 5), dims(2, 2)), gather(1, dims(2, 3, 4), dims(2, 5, 4)),
                gather(0, dims(2, 3, 4), dims(1, 2, 3)), gather(0, dims(6), dims(9)), gather(0, dims(1), dims(3)),
                gather(0, dims(3, 5), dims(0, 5)), gather(0, dims(), dims()), gather(0, dims(3), dims()),
                gather(0, dims(), dims(4)), gather(-2, dims(4, 40), dims(3, 40)));
    }

    private static Case gather(int dim, int[] from, int[] index) {
        int axis = Math.floorMod(dim, Math.max(1, from.length));
        int size = from.length == 0 ? 1 : from[axis];
        return Case.op("Gather.gather(Tensor, int, Tensor)", dim + " " + Arrays.toString(index),
                in -> Gather.gather(in[0], dim, index(index, size, DType.INT64)))
                .expects(in -> Array.generate(index, at -> in[0].at(from.length == 0
                        ? at
                        : at.length == 0 ? dims(id(at, size)) : Array.with(at, axis, id(at, size)))))
                .on(from);
    }

    private static Stream<Case> takes() {
        return Stream.of(
                Case.op("Gather.take(Tensor, Tensor)",
                        in -> Gather.take(in[0], Tensor.of(new long[]{0, -1, 2, 5, 2, -6}, 2, 3)))
                        .expects(in -> new Array(dims(2, 3),
                                Arrays.stream(dims(0, 5, 2, 5, 2, 0)).mapToDouble(i -> in[0].values()[i]).toArray()))
                        .on(dims(2, 3)).on(dims(6)).on(dims(3, 1, 2)),
                Case.op("Gather.take(Tensor, Tensor)", "nothing",
                        in -> Gather.take(in[0], Tensor.of(new long[0], 2, 0)))
                        .expects(in -> new Array(dims(2, 0), new double[0])).on(dims(2, 3)).on(dims(0, 3)),
                Case.op("Gather.takeAlongDim(Tensor, Tensor, int)",
                        in -> Gather.takeAlongDim(in[0], Tensor.of(new long[]{1, -1, 0}, 1, 3), 1))
                        .expects(in -> Array.generate(dims(in[0].dims()[0], 3),
                                at -> in[0].at(at[0], new int[]{1, in[0].dims()[1] - 1, 0}[at[1]])))
                        .on(dims(3, 4)).on(dims(1, 2)),
                Case.op("Gather.takeAlongDim(Tensor, Tensor, int)", "broadcast",
                        in -> Gather.takeAlongDim(in[0], Tensor.of(new long[]{1, 0, 0}, 3, 1), -1))
                        .expects(in -> Array.generate(dims(3, 1), at -> in[0].at(0, at[0] == 0 ? 1 : 0)))
                        .on(dims(1, 4)));
    }

    private static Stream<Case> scatters() {
        return Stream.of(scatter(0, dims(3, 5), dims(4, 5), dims(4, 5)), scatter(1, dims(3, 5), dims(3, 7), dims(3, 8)),
                scatter(-1, dims(3, 5), dims(2, 2), dims(3, 2)),
                scatter(1, dims(2, 3, 4), dims(2, 5, 4), dims(2, 5, 4)),
                scatter(0, dims(6), dims(9), dims(9)), scatter(0, dims(3, 5), dims(0, 5), dims(2, 5)),
                scatter(0, dims(), dims(), dims()), scatter(0, dims(3), dims(), dims()),
                scatter(0, dims(4, 40), dims(3, 40), dims(3, 40))).flatMap(s -> s);
    }

    private static Stream<Case> scatter(int dim, int[] to, int[] index, int[] source) {
        int axis = Math.floorMod(dim, Math.max(1, to.length));
        int size = to.length == 0 ? 1 : to[axis];
        var setting = dim + " " + Arrays.toString(index);
        return Stream.of(
                Case.op("Scatter.scatter(Tensor, int, Tensor, Tensor)", setting,
                        in -> Scatter.scatter(in[0], dim, index(index, size, DType.INT64), in[1]))
                        .expects(in -> scattered(in[0], axis, index, in[1], false)).on(to, source),
                Case.op("Scatter.scatterAdd(Tensor, int, Tensor, Tensor)", setting,
                        in -> Scatter.scatterAdd(in[0], dim, index(index, size, DType.INT64), in[1]))
                        .expects(in -> scattered(in[0], axis, index, in[1], true)).on(to, source),
                Case.op("Scatter.scatter(Tensor, int, Tensor, double)", setting,
                        in -> Scatter.scatter(in[0], dim, index(index, size, DType.INT64), 0.5))
                        .expects(in -> scattered(in[0], axis, index, Array.generate(index, _ -> 0.5), false)).on(to));
    }

    private static Array scattered(Array x, int axis, int[] index, Array source, boolean add) {
        var values = x.values().clone();
        Array.generate(index, at -> {
            int size = x.dims().length == 0 ? 1 : x.dims()[axis];
            int[] to = x.dims().length == 0
                    ? at
                    : at.length == 0 ? dims(id(at, size)) : Array.with(at, axis, id(at, size));
            int place = 0;
            for (int d = 0; d < to.length; d++) {
                place = place * x.dims()[d] + to[d];
            }
            values[place] = source.at(at) + (add ? values[place] : 0);
            return 0;
        });
        return new Array(x.dims(), values);
    }

    @ParameterizedTest
    @EnumSource
    void everyType(DType dtype) {
        var x = Tensor.of(new double[]{0, 1, 1, 0, 1, 0}, 2, 3).to(dtype);
        for (var kind : new DType[]{DType.INT64, DType.INT32}) {
            var index = Tensor.of(new long[]{2, 1, 0, 0}, 2, 2).to(kind);
            Checks.values(x.gather(1, index), 1, 1, 0, 0);
            Checks.values(x.t().gather(0, index.t()), 1, 0, 1, 0);
            Checks.values(x.scatter(1, index, Tensor.of(new double[]{0, 0, 0, 1}, 2, 2).to(dtype)), 0, 0, 0, 1, 1, 0);
            Checks.values(x.scatter(1, index, 1), 0, 1, 1, 1, 1, 0);
            Checks.values(x.scatterAdd(1, index, Tensor.of(new double[]{0, 0, 0, 1}, 2, 2).to(dtype)), 0, 1, 1, 1, 1,
                    0);
            Checks.type(dtype, x.take(index));
        }
    }

    /** Cut into parts: every element once, sums in the same order for any number of threads. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void manyElements(int threads) {
        try (var _ = Threads.share(Math.min(threads, Threads.limit())); var _ = Scope.open()) {
            for (int[] dims : new int[][]{dims(100_003, 1), dims(301, 400), dims(3, 50_000), dims(50_000, 3)}) {
                var x = Tensor.randn(new Generator(3), Array.longs(dims));
                for (int axis = 0; axis < 2; axis++) {
                    int size = dims[axis];
                    var ids = Array.generate(dims, at -> id(at, size));
                    var index = ids.toTensor(DType.INT64);
                    int along = axis;
                    var plain = new Array(dims, x.toDoubleArray());
                    assertArrayEquals(
                            Array.generate(dims, at -> plain.at(Array.with(at, along, (int) ids.at(at)))).values(),
                            x.gather(axis, index).toDoubleArray());
                    var sums = new float[dims[0] * dims[1]];
                    Array.generate(dims, at -> {
                        int row = along == 0 ? (int) ids.at(at) : at[0];
                        int column = along == 1 ? (int) ids.at(at) : at[1];
                        return sums[row * dims[1] + column] += (float) plain.at(at);
                    });
                    assertArrayEquals(sums, Tensor.zeros(Array.longs(dims)).scatterAdd(axis, index, x).toFloatArray());
                }
            }
        }
    }

    @Test
    void whatDoesNotFit() {
        var x = Tensor.ones(2, 3);
        var ids = Tensor.of(new long[]{0, 2, 3}, 1, 3);
        message(IndexOutOfBoundsException.class, () -> x.gather(1, ids), "gather", "index 3", "position 2", "[1, 3]",
                "dimension 1", "[2, 3]", "0 to 2", "start at 1?");
        message(IndexOutOfBoundsException.class, () -> x.gather(1, ids.detach().clone().fill(-1)), "gather",
                "index -1");
        message(IndexOutOfBoundsException.class, () -> x.gather(2, ids), "gather", "dimension 2", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.gather(0, Tensor.of(new long[2])), "gather", "[2]", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.gather(0, Tensor.of(new long[4], 1, 4)), "gather", "[1, 4]",
                "dimension 1");
        message(IllegalArgumentException.class, () -> x.gather(0, x), "gather", "FLOAT32", "INT64");
        message(NullPointerException.class, () -> x.gather(0, null), "gather", "null");
        message(IndexOutOfBoundsException.class, () -> x.scatter(1, ids, 1), "scatter", "index 3");
        message(IndexOutOfBoundsException.class, () -> x.scatterAdd(1, ids, x), "scatterAdd", "index 3");
        Checks.values(x, 1, 1, 1, 1, 1, 1);
        message(IllegalArgumentException.class, () -> x.scatter(0, Tensor.of(new long[6], 2, 3), Tensor.ones(1, 3)),
                "scatter", "[2, 3]", "[1, 3]", "dimension 0");
        message(IllegalArgumentException.class, () -> x.scatter(0, ids, x.to(DType.FLOAT64)), "scatter", "FLOAT32",
                "FLOAT64");
        message(NullPointerException.class, () -> x.scatter(0, ids, null), "scatter", "source", "null");
        message(IndexOutOfBoundsException.class, () -> x.take(Tensor.of(new long[]{-7})), "take", "index -7",
                "-6 to 5");
        message(IndexOutOfBoundsException.class, () -> x.take(Tensor.of(new long[]{6})), "take", "index 6");
        message(IndexOutOfBoundsException.class, () -> Tensor.ones(0).take(Tensor.of(new long[]{0})), "take", "none");
        message(IndexOutOfBoundsException.class, () -> x.takeAlongDim(ids, 1), "takeAlongDim", "index 3", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.takeAlongDim(Tensor.of(new long[6], 3, 2), 1), "takeAlongDim",
                "broadcast");
    }

    /** What changes in place will use: any strides, nothing recorded. */
    @Test
    void writesIntoParts() {
        var x = Tensor.zeros(3, 4);
        var ids = Tensor.of(new long[]{2, 0, 2}).to(DType.INT32);
        Scatter.scatterInto(x.select(1, 1), 0, ids, Tensor.of(new float[]{1, 2, 3}));
        Scatter.scatterAddInto(x.t().select(0, 3), 0, ids, Tensor.of(new float[]{1, 2, 3}));
        Scatter.scatterInto(x.select(0, 1).select(0, 0), 0, Tensor.of(new long[]{0}), Tensor.of(new float[]{7}));
        Checks.values(x, 0, 2, 0, 2, 7, 0, 0, 0, 0, 3, 0, 4);
        message(IllegalArgumentException.class,
                () -> Scatter.scatterInto(Tensor.ones(1).expand(3), 0, ids, Tensor.ones(3)), "scatter", "expanded");
    }

    /** Indices that were changed since are noticed. */
    @Test
    void changedIndices() {
        var x = Tensor.ones(3).requiresGrad(true);
        var ids = Tensor.of(new long[]{0, 1});
        var y = x.gather(0, ids).sum();
        ids.fill(2);
        message(IllegalStateException.class, y::backward, "backward", "gather", "changed in place");
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
