package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IndexWritesTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(add(0, 2, 0, 2).on(dims(3, 5), dims(3, 5)).on(dims(4), dims(3)).on(dims(3, 0), dims(3, 0)),
                add(-1, 1, 1).on(dims(3, 5), dims(3, 2)).on(dims(2, 3, 4), dims(2, 3, 2)),
                add(1).on(dims(2, 3), dims(2, 0)),
                copy(0, 2, 0, 2).on(dims(3, 5), dims(3, 5)).on(dims(4), dims(3)),
                copy(1, 1, 3).on(dims(2, 4), dims(2, 2)),
                fill(0, 0, -1, 0).on(dims(3, 5)).on(dims(1)), fill(-1, 2).on(dims(2, 3)), fill(1).on(dims(2, 3)),
                Case.op("IndexWrites.indexFill(Tensor, int, Tensor, Tensor)",
                        in -> IndexWrites.indexFill(in[0], 0, Tensor.of(new long[]{0, -1, 0}), in[1]))
                        .expects(in -> written(in[0], 0, new int[]{0, in[0].dims()[0] - 1, 0}, 0,
                                (_, _) -> in[1].values()[0]))
                        .on(dims(3, 2), dims()).on(dims(4), dims()),
                put(false, 0, -1, 2, 0).on(dims(2, 3), dims(4)).on(dims(6), dims(2, 2)),
                put(true, 0, -1, 2, 0).on(dims(2, 3), dims(4)).on(dims(6), dims(2, 2)),
                put(true).on(dims(2), dims(0, 2)))
                .map(Case::anyType);
    }

    private interface Source {
        double at(int[] at, int position);
    }

    /** x with what goes to the indices of a dimension; what is there counts keep times. */
    private static Array written(Array x, int dim, int[] ids, double keep, Source source) {
        int axis = Math.floorMod(dim, x.dims().length);
        return Array.generate(x.dims(), at -> {
            double value = x.at(at);
            for (int i = 0; i < ids.length; i++) {
                if (ids[i] == at[axis]) {
                    value = keep * value + source.at(Array.with(at, axis, i), i);
                }
            }
            return value;
        });
    }

    private static int[] ints(long... ids) {
        return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
    }

    private static Case add(int dim, long... ids) {
        return Case.op("IndexWrites.indexAdd(Tensor, int, Tensor, Tensor, double)", dim + Arrays.toString(ids),
                in -> IndexWrites.indexAdd(in[0], dim, Tensor.of(ids, ids.length), in[1], ids.length == 3 ? 0.5 : 1))
                .expects(
                        in -> written(in[0], dim, ints(ids), 1, (at, _) -> in[1].at(at) * (ids.length == 3 ? 0.5 : 1)));
    }

    private static Case copy(int dim, long... ids) {
        return Case.op("IndexWrites.indexCopy(Tensor, int, Tensor, Tensor)", dim + Arrays.toString(ids),
                in -> IndexWrites.indexCopy(in[0], dim, Tensor.of(ids), in[1]))
                .expects(in -> written(in[0], dim, ints(ids), 0, (at, _) -> in[1].at(at)));
    }

    private static Case fill(int dim, long... ids) {
        return Case.op("IndexWrites.indexFill(Tensor, int, Tensor, double)", dim + Arrays.toString(ids),
                in -> IndexWrites.indexFill(in[0], dim, Tensor.of(ids, ids.length), 0.5)).expects(in -> {
                    int size = in[0].dims()[Math.floorMod(dim, in[0].dims().length)];
                    return written(in[0], dim, Arrays.stream(ints(ids)).map(i -> Math.floorMod(i, size)).toArray(), 0,
                            (_, _) -> 0.5);
                });
    }

    private static Case put(boolean accumulate, long... ids) {
        return Case.op("IndexWrites.put(Tensor, Tensor, Tensor, boolean)", accumulate + Arrays.toString(ids),
                in -> IndexWrites.put(in[0], Tensor.of(ids, ids.length), in[1], accumulate)).expects(in -> {
                    var flat = new Array(dims(in[0].values().length), in[0].values());
                    var to = Arrays.stream(ints(ids)).map(i -> Math.floorMod(i, flat.values().length)).toArray();
                    return new Array(in[0].dims(), written(flat, 0, to, accumulate ? 1 : 0,
                            (_, i) -> in[1].values()[i]).values());
                });
    }

    @Test
    @Covers("IndexWrites.oneHot(Tensor, long)")
    void oneHot() {
        var ids = Tensor.of(new long[]{0, 2, 1, 2}, 2, 2);
        Checks.values(ids.oneHot(-1), 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1);
        Checks.type(DType.INT64, ids.oneHot(3));
        Checks.shape(ids.t().oneHot(5), 2, 2, 5);
        Checks.values(Tensor.full(DType.INT32, 1).oneHot(2), 0, 1);
        Checks.shape(Tensor.of(new long[0], 0).oneHot(3), 0, 3);
        message(IllegalArgumentException.class, () -> Tensor.of(new long[0], 0).oneHot(-1), "oneHot", "-1", "[0]");
        message(IllegalArgumentException.class, () -> ids.oneHot(0), "oneHot", "0 classes");
        message(IndexOutOfBoundsException.class, () -> ids.oneHot(2), "oneHot", "index 2", "position 1");
        message(IndexOutOfBoundsException.class, () -> Tensor.of(new long[]{-1}).oneHot(2), "oneHot", "index -1");
        message(IndexOutOfBoundsException.class, () -> Tensor.of(new long[]{-1}).oneHot(-1), "oneHot", "index -1");
        message(IllegalArgumentException.class, () -> Tensor.ones(2).oneHot(2), "oneHot", "FLOAT32");
    }

    @ParameterizedTest
    @EnumSource
    void everyType(DType dtype) {
        var x = Tensor.of(new double[]{0, 1, 0, 0}, 2, 2).to(dtype);
        var ids = Tensor.of(new long[]{1}).to(DType.INT32);
        Checks.values(x.indexFill(0, ids, 1), 0, 1, 1, 1);
        Checks.values(x.indexCopy(1, ids, x.narrow(1, 0, 1)), 0, 0, 0, 0);
        Checks.values(x.indexAdd(0, ids, x.narrow(0, 0, 1)), 0, 1, 0, 1);
        Checks.values(x.put(Tensor.of(new long[]{-1}), Tensor.full(dtype, 1, 1), true), 0, 1, 0, 1);
    }

    @Test
    void whatDoesNotFit() {
        var x = Tensor.ones(2, 3);
        var ids = Tensor.of(new long[]{0, 2});
        message(IndexOutOfBoundsException.class, () -> x.indexAdd(0, ids, x), "indexAdd", "index 2", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.indexAdd(1, ids, x), "indexAdd", "[2, 3]", "[2, 2]");
        message(IllegalArgumentException.class, () -> x.indexCopy(0, ids, x.to(DType.FLOAT64)), "indexCopy", "FLOAT64");
        message(IllegalArgumentException.class, () -> x.indexCopy(0, ids.view(1, 2), x), "indexCopy", "1 are needed");
        message(IndexOutOfBoundsException.class, () -> x.indexCopy(2, ids, x), "indexCopy", "dimension 2");
        message(IndexOutOfBoundsException.class, () -> x.indexFill(0, ids, 1), "indexFill", "index 2", "-2 to 1");
        message(IllegalArgumentException.class, () -> x.indexFill(1, ids, Tensor.ones(1)), "indexFill", "[1]");
        message(IllegalArgumentException.class, () -> x.put(ids, Tensor.ones(3), false), "put", "[3]", "[2]");
        message(IndexOutOfBoundsException.class, () -> x.put(Tensor.of(new long[]{-7}), Tensor.ones(1), false), "put",
                "index -7");
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
