package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Index;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IndexingTest extends OpTest {
    private static final String INDEX = "Indexing.index(Tensor, Index[])";

    /** Which element of a [2, 3, 4] tensor a result's element is. */
    private record Setting(String name, Supplier<Index[]> indices, int[] dims, UnaryOperator<int[]> from) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final int[] IDS = {2, 0, 2};
    private static final int[] MORE = {1, 1, 0};

    private static Index ids(int... values) {
        return Index.of(Tensor.of(Arrays.stream(values).asLongStream().toArray()));
    }

    private static Setting setting(String name, Supplier<Index[]> indices, int[] dims, UnaryOperator<int[]> from) {
        return new Setting(name, indices, dims, from);
    }

    private static Index[] all(Index... indices) {
        return indices;
    }

    private static Stream<Setting> settings() {
        return Stream.of(setting("nothing", () -> all(), dims(2, 3, 4), at -> at),
                setting("1", () -> all(Index.at(1)), dims(3, 4), at -> dims(1, at[0], at[1])),
                setting(":, -1", () -> all(Index.all(), Index.at(-1)), dims(2, 4), at -> dims(at[0], 2, at[1])),
                setting("..., 1", () -> all(Index.ellipsis(), Index.at(1)), dims(2, 3), at -> dims(at[0], at[1], 1)),
                setting("0, ..., 1::2", () -> all(Index.at(0), Index.ellipsis(), Index.slice(1, Long.MAX_VALUE, 2)),
                        dims(3, 2), at -> dims(0, at[0], 1 + 2 * at[1])),
                setting("None, :, None, 1:3",
                        () -> all(Index.newAxis(), Index.all(), Index.newAxis(), Index.slice(1, 3)),
                        dims(1, 2, 1, 2, 4), at -> dims(at[1], 1 + at[3], at[4])),
                setting("ids in the middle", () -> all(Index.all(), ids(2, 0, -1)), dims(2, 3, 4),
                        at -> dims(at[0], IDS[at[1]], at[2])),
                setting("ids last", () -> all(Index.ellipsis(), ids(2, 0, 2)), dims(2, 3, 3),
                        at -> dims(at[0], at[1], IDS[at[2]])),
                setting("neighbours", () -> all(Index.all(), ids(2, 0, 2), ids(1, 1, 0)), dims(2, 3),
                        at -> dims(at[0], IDS[at[1]], MORE[at[1]])),
                setting("apart", () -> all(ids(1, 1, 0), Index.all(), ids(2, 0, 2)), dims(3, 3),
                        at -> dims(MORE[at[0]], at[1], IDS[at[0]])),
                setting("all", () -> all(ids(1, 1, 0), ids(2, 0, 2), ids(0, 0, 0)), dims(3),
                        at -> dims(MORE[at[0]], IDS[at[0]], 0)),
                setting("broadcast", () -> all(Index.of(Tensor.of(new long[]{1, 0}, 2, 1)), ids(2, 0, 2)),
                        dims(2, 3, 4), at -> dims(1 - at[0], IDS[at[1]], at[2])),
                setting("with a number", () -> all(ids(1, 1, 0), Index.at(1), ids(2, 0, 2)), dims(3),
                        at -> dims(MORE[at[0]], 1, IDS[at[0]])),
                setting("with a new axis between", () -> all(ids(1, 1, 0), Index.newAxis(), ids(2, 0, 2)),
                        dims(3, 1, 4), at -> dims(MORE[at[0]], IDS[at[0]], at[2])),
                setting("with a slice", () -> all(Index.slice(1, 2), ids(2, 0, 2), Index.slice(0, 4, 3)), dims(1, 3, 2),
                        at -> dims(1, IDS[at[1]], 3 * at[2])),
                setting("mask of all", () -> all(Index.mask(mask(2, 3, 4))), dims(12),
                        at -> dims(at[0] / 6, at[0] / 2 % 3, 2 * (at[0] % 2) + (at[0] / 6 + at[0] / 2 % 3) % 2)),
                setting("mask of two", () -> all(Index.mask(mask(2, 3))), dims(3, 4),
                        at -> dims(at[0] == 2 ? 1 : 0, new int[]{0, 2, 1}[at[0]], at[1])),
                setting("mask last, ids first", () -> all(ids(1, 0), Index.all(), Index.mask(mask(4))), dims(2, 3),
                        at -> dims(1 - at[0], at[1], 2 * at[0])),
                setting("mask of none", () -> all(Index.mask(Tensor.full(DType.BOOL, 0, 2))), dims(0, 3, 4), at -> at),
                setting("true", () -> all(Index.mask(Tensor.full(DType.BOOL, 1))), dims(1, 2, 3, 4),
                        at -> dims(at[1], at[2], at[3])));
    }

    /** True where the indices' sum is even. */
    private static Tensor mask(int... dims) {
        return Array.generate(dims, at -> 1 - Arrays.stream(at).sum() % 2).toTensor(DType.BOOL);
    }

    @Override
    Stream<Case> cases() {
        return settings().flatMap(s -> Stream.of(
                Case.op(INDEX, s.name, in -> Indexing.index(in[0], s.indices.get()))
                        .expects(in -> Array.generate(s.dims, at -> in[0].at(s.from.apply(at)))).on(dims(2, 3, 4)),
                put(s, false, s.dims), put(s, true, s.dims), put(s, true, dims()), put(s, false, dims(1))))
                .map(Case::anyType);
    }

    private static Case put(Setting s, boolean accumulate, int[] values) {
        return Case.op("Indexing.indexPut(Tensor, Index[], Tensor, boolean)",
                s.name + " " + accumulate + Arrays.toString(values),
                in -> Indexing.indexPut(in[0], s.indices.get(), in[1], accumulate)).expects(in -> {
                    var y = in[0].values().clone();
                    Array.generate(s.dims, at -> {
                        var to = s.from.apply(at);
                        int place = (to[0] * 3 + to[1]) * 4 + to[2];
                        y[place] = in[1].at(at) + (accumulate ? y[place] : 0);
                        return 0;
                    });
                    return new Array(in[0].dims(), y);
                }).on(dims(2, 3, 4), values);
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"Indexing.index(Tensor, Tensor[])", "Indexing.indexPut(Tensor, Tensor[], Tensor, boolean)"})
    void everyType(DType dtype) {
        var x = Tensor.of(new double[]{0, 1, 1, 0, 1, 0}, 2, 3).to(dtype);
        var ids = Tensor.of(new long[]{-1, 0}).to(DType.INT32);
        Checks.values(x.index(null, ids), 1, 0, 0, 0);
        Checks.values(x.index(ids, ids), 0, 0);
        Checks.values(x.index(x.to(DType.BOOL)), 1, 1, 1);
        Checks.values(x.indexPut(new Tensor[]{x.to(DType.BOOL)}, Tensor.full(dtype, 0), false), 0, 0, 0, 0, 0, 0);
        Checks.values(x.indexPut(new Tensor[]{ids, ids}, Tensor.full(dtype, 1), true), 1, 1, 1, 0, 1, 1);
    }

    @Test
    void viewsShareMemory() {
        var x = Tensor.zeros(2, 3, 4);
        x.index(Index.at(1), Index.ellipsis(), Index.slice(0, 4, 2)).fill(1);
        assertEquals(6, x.sum().item());
        assertSame(x.storage(), x.index(Index.newAxis(), Index.at(0)).storage());
        assertNotSame(x.storage(), x.index(ids(0, 1)).storage());
    }

    @Test
    void whatDoesNotFit() {
        var x = Tensor.ones(2, 3);
        message(IllegalArgumentException.class, () -> x.index(Index.at(0), Index.at(0), Index.at(0)), "index",
                "3 dimensions", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.index(Index.ellipsis(), Index.ellipsis()), "index",
                "2 ellipses");
        message(IndexOutOfBoundsException.class, () -> x.index(Index.all(), Index.at(3)), "index", "index 3",
                "dimension 1", "size 3");
        message(IndexOutOfBoundsException.class, () -> x.index(Index.all(), ids(0, 3)), "index", "index 3",
                "position 1", "dimension 1", "-3 to 2");
        message(IllegalArgumentException.class, () -> x.index(ids(0, 1), ids(0, 1, 2)), "index", "broadcast");
        message(IllegalArgumentException.class, () -> x.index(Index.mask(mask(3))), "index", "[3]", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.index(x), "index", "FLOAT32");
        message(IllegalArgumentException.class, () -> x.index(Index.slice(0, 1, -1)), "index", "step -1");
        message(NullPointerException.class, () -> x.index((Index) null), "index", "null");
        message(NullPointerException.class, () -> Index.of(null), "index", "null");
        message(IllegalArgumentException.class, () -> x.indexPut(all(ids(0)), Tensor.ones(2, 3), false), "indexPut",
                "[2, 3]", "[1, 3]");
        message(IllegalArgumentException.class, () -> x.indexPut(all(), Tensor.of(new long[1]), false), "indexPut",
                "INT64");
        message(IndexOutOfBoundsException.class, () -> x.indexPut(all(ids(2)), Tensor.ones(1), false), "indexPut",
                "index 2");
        Checks.values(x, 1, 1, 1, 1, 1, 1);
    }

    /** What changes in place will use: any strides, nothing recorded. */
    @Test
    void writesIntoParts() {
        var x = Tensor.zeros(2, 3);
        Indexing.indexPutInto("indexPut", x.t(), all(ids(2, 0), Index.at(1)), Tensor.of(new float[]{1, 2}), false);
        Indexing.indexPutInto("indexPut", x, all(Index.at(0)), Tensor.scalar(5), true);
        Indexing.indexPutInto("indexPut", x, all(ids(1, 1)), Tensor.scalar(1), true);
        Checks.values(x, 5, 5, 5, 4, 2, 3);
    }

    @Test
    void changedIndices() {
        var x = Tensor.ones(3).requiresGrad(true);
        var ids = Tensor.of(new long[]{0, 1});
        var y = x.index(ids).sum();
        ids.fill(2);
        message(IllegalStateException.class, y::backward, "backward", "index", "changed in place");
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
