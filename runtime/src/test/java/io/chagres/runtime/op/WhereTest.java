package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WhereTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(dims(3, 5), dims(5), dims(3, 1), dims(), dims(2, 3, 5)).flatMap(WhereTest::casesWithMask)
                .map(Case::anyType);
    }

    private static boolean isTrue(int[] at) {
        return (Arrays.stream(at).sum() + at.length) % 3 != 0;
    }

    private static Array masks(int... dims) {
        return Array.generate(dims, at -> isTrue(at) ? 1 : 0);
    }

    private static Tensor mask(int... dims) {
        return masks(dims).toTensor(DType.BOOL);
    }

    private static Stream<Case> casesWithMask(int[] mask) {
        var setting = "mask " + Arrays.toString(mask);
        return Stream.of(
                Case.op("Where.where(Tensor, Tensor, Tensor)", setting, in -> Where.where(mask(mask), in[0], in[1]))
                        .expects(in -> chosen(masks(mask), in[0], in[1])).on(dims(3, 5), dims(3, 5))
                        .on(dims(3, 1), dims(5)).on(dims(), dims(1, 5)).on(dims(5), dims()),
                Case.op("Where.where(Tensor, Tensor, double)", setting, in -> Where.where(mask(mask), in[0], 0.5))
                        .expects(in -> chosen(masks(mask), in[0], Array.scalar(0.5))).on(dims(3, 5)).on(dims(1)),
                Case.op("Where.where(Tensor, double, Tensor)", setting, in -> Where.where(mask(mask), 0.5, in[0]))
                        .expects(in -> chosen(masks(mask), Array.scalar(0.5), in[0])).on(dims(3, 5)).on(dims(1)),
                Case.op("Where.maskedFill(Tensor, Tensor, double)", setting,
                        in -> Where.maskedFill(in[0], mask(mask), 0.5))
                        .expects(in -> chosen(masks(mask), Array.scalar(0.5), in[0])).on(dims(3, 5)).on(dims(1, 1)),
                Case.op("Where.maskedFill(Tensor, Tensor, Tensor)", setting,
                        in -> Where.maskedFill(in[0], mask(mask), in[1]))
                        .expects(in -> chosen(masks(mask), in[1], in[0])).on(dims(3, 5), dims()).on(dims(5), dims()),
                Case.op("Where.maskedSelect(Tensor, Tensor)", setting, in -> Where.maskedSelect(in[0], mask(mask)))
                        .expects(in -> selected(in[0], masks(mask))).on(dims(3, 5)).on(dims(5)).on(dims()),
                Case.op("Where.maskedScatter(Tensor, Tensor, Tensor)", setting,
                        in -> Where.maskedScatter(in[0], mask(mask), in[1]))
                        .expects(in -> scattered(in[0], masks(mask), in[1])).on(dims(3, 5), dims(4, 9))
                        .on(dims(5), dims(30)));
    }

    private static int[] shape(Array... arrays) {
        var shape = Tensor.ones();
        for (var array : arrays) {
            shape = shape.add(Tensor.zeros(Array.longs(array.dims())));
        }
        return Arrays.stream(shape.shape().toArray()).mapToInt(Math::toIntExact).toArray();
    }

    private static Array chosen(Array mask, Array a, Array b) {
        return Array.generate(shape(mask, a, b), at -> mask.at(at) != 0 ? a.at(at) : b.at(at));
    }

    private static Array selected(Array x, Array mask) {
        var values = new double[200];
        int[] count = {0};
        Array.generate(shape(x, mask), at -> {
            if (mask.at(at) != 0) {
                values[count[0]++] = x.at(at);
            }
            return 0;
        });
        return new Array(dims(count[0]), Arrays.copyOf(values, count[0]));
    }

    private static Array scattered(Array x, Array mask, Array source) {
        int[] next = {0};
        return Array.generate(shape(x, mask), at -> mask.at(at) != 0 ? source.values()[next[0]++] : x.at(at));
    }

    @Test
    void masksOfNothing() {
        var x = Tensor.ones(2, 3);
        var none = Tensor.full(DType.BOOL, 0, 2, 3);
        Checks.values(x.maskedFill(none, 7), 1, 1, 1, 1, 1, 1);
        Checks.shape(x.maskedSelect(none), 0);
        Checks.shape(none.nonzero(), 0, 2);
        Checks.values(x.maskedScatter(none, Tensor.ones(0)), 1, 1, 1, 1, 1, 1);
        var empty = Tensor.ones(0, 3);
        Checks.shape(empty.maskedFill(Tensor.full(DType.BOOL, 1, 1, 3), 7), 0, 3);
        Checks.shape(empty.maskedSelect(Tensor.full(DType.BOOL, 1)), 0);
        Checks.shape(Tensor.where(Tensor.full(DType.BOOL, 1, 0, 3), x.narrow(0, 0, 1), 1), 0, 3);
        Checks.shape(empty.nonzero(), 0, 2);
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"Where.nonzero(Tensor)", "Where.argwhere(Tensor)"})
    void everyType(DType dtype) {
        var x = Tensor.of(new double[]{0, 1, 1, 0, 1, 0}, 2, 3).to(dtype);
        Checks.values(x.nonzero(), 0, 1, 0, 2, 1, 1);
        Checks.type(DType.INT64, x.nonzero());
        Checks.values(x.argwhere(), 0, 1, 0, 2, 1, 1);
        Checks.values(x.t().nonzero(), 1, 0, 1, 1, 2, 0);
        Checks.values(x.select(0, 0).expand(2, 3).nonzero(), 0, 1, 0, 2, 1, 1, 1, 2);
        var mask = x.to(DType.BOOL);
        Checks.values(x.maskedFill(mask, 0), 0, 0, 0, 0, 0, 0);
        Checks.values(Tensor.where(mask, x, x.maskedFill(mask.t().t(), 0)), 0, 1, 1, 0, 1, 0);
        Checks.values(x.maskedSelect(mask), 1, 1, 1);
        Checks.values(x.maskedScatter(mask, Tensor.of(new double[]{0, 1, 0, 1}).to(dtype)), 0, 0, 1, 0, 0, 0);
        Checks.type(dtype, x.maskedFill(mask, Tensor.full(DType.BOOL, 1)));
    }

    @Test
    void indicesOfTrueElements() {
        var found = Tensor.where(mask(2, 3));
        assertEquals(2, found.size());
        Checks.values(Tensor.stack(found, 1), Tensor.stack(1, found.get(0), found.get(1)).toDoubleArray());
        Checks.values(found.get(0), 0, 0, 1, 1);
        Checks.values(found.get(1), 0, 2, 1, 2);
        Checks.shape(Tensor.scalar(3).nonzero(), 1, 0);
        Checks.shape(Tensor.scalar(0).nonzero(), 0, 0);
        Checks.values(Tensor.of(new double[]{Double.NaN, -0.0, Double.MIN_VALUE}).nonzero(), 0, 2);
    }

    @Test
    @Covers({"Where.where(Tensor, Tensor, long)", "Where.where(Tensor, long, Tensor)",
            "Where.where(Tensor, long, long)",
            "Where.where(Tensor, double, double)"})
    void typesArePromoted() {
        var mask = mask(2);
        var ints = Tensor.of(new long[]{1, 2});
        Checks.type(DType.FLOAT32, Tensor.where(mask, ints, Tensor.ones(2)));
        Checks.type(DType.FLOAT64, Tensor.where(mask, ints, Tensor.full(DType.FLOAT64, 1)));
        Checks.type(DType.INT32, Tensor.where(mask, ints.to(DType.INT32), Tensor.full(DType.INT64, 1)));
        Checks.type(DType.FLOAT32, Tensor.where(mask, ints, 1.0));
        Checks.type(DType.INT64, Tensor.where(mask, ints, 1));
        Checks.type(DType.INT32, Tensor.where(mask, 1, ints.to(DType.INT32)));
        Checks.type(DType.INT64, mask.where(mask, 3));
        Checks.values(Tensor.where(mask, 3, 4), 3, 3);
        Checks.type(DType.INT64, Tensor.where(mask, 3, 4));
        Checks.type(DType.FLOAT32, Tensor.where(mask, 3, 0.5));
        assertEquals(Long.MAX_VALUE, Tensor.where(mask, Long.MAX_VALUE, ints).toLongArray()[1]);
        Checks.type(DType.FLOAT64, Tensor.where(mask, 1, Tensor.of(new double[2])));
        var a = Tensor.ones(2).requiresGrad(true);
        Tensor.where(mask, a, Tensor.of(new double[]{1, 1})).sum().backward();
        Checks.type(DType.FLOAT32, a.grad());
        Checks.values(a.grad(), 1, 1);
    }

    /** What is not chosen does not matter: no NaN comes from there. */
    @Test
    void gradientsOfWhatIsNotChosenAreZero() {
        var x = Tensor.of(new double[]{Double.NaN, 2, Double.POSITIVE_INFINITY}).requiresGrad(true);
        x.maskedFill(Tensor.of(new double[]{1, 0, 1}).to(DType.BOOL), 0).mul(x.detach()).sum().backward();
        Checks.values(x.grad(), 0, 2, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void manyElements(int threads) {
        try (var _ = Threads.share(Math.min(threads, Threads.limit())); var _ = Scope.open()) {
            var x = Tensor.randn(new Generator(5), 307, 331);
            var y = Tensor.randn(new Generator(6), 331, 307).t();
            var mask = Convert.fill(Tensor.empty(DType.BOOL, 307, 1), i -> i % 7 == 0 ? 1 : 0);
            places(x, y);
            double[] xs = x.toDoubleArray();
            double[] ys = y.toDoubleArray();
            var expected = new double[xs.length];
            Arrays.setAll(expected, i -> i / 331 % 7 == 0 ? xs[i] : ys[i]);
            assertArrayEquals(expected, Tensor.where(mask, x, y).toDoubleArray());
            assertEquals(44 * 331, x.maskedSelect(mask).numel());
            assertArrayEquals(expected, y.maskedScatter(mask, x.maskedSelect(mask)).toDoubleArray());
        }
    }

    private static void places(Tensor x, Tensor y) {
        var mixed = Convert.fill(Tensor.empty(DType.BOOL, 307, 331), i -> i % 3 == 1 || i % 11 == 0 ? 1 : 0);
        long[] expected = LongStream.range(0, 307 * 331).filter(i -> i % 3 == 1 || i % 11 == 0).toArray();
        assertArrayEquals(expected, Where.places("nonzero", mixed).toLongArray());
        assertArrayEquals(expected, Where.places("nonzero", mixed.to(DType.FLOAT64)).toLongArray());
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64, DType.INT16, DType.INT8}) {
            double[] xs = x.to(dtype).toDoubleArray();
            double[] ys = y.to(dtype).toDoubleArray();
            var chosen = new double[xs.length];
            Arrays.setAll(chosen, i -> i % 3 == 1 || i % 11 == 0 ? xs[i] : ys[i]);
            assertArrayEquals(chosen, Tensor.where(mixed, x.to(dtype), y.to(dtype)).toDoubleArray());
            assertArrayEquals(chosen,
                    Tensor.where(mixed.t(), x.to(dtype).t(), y.to(dtype).t()).t().toDoubleArray());
        }
    }

    @Test
    void whatDoesNotFit() {
        var x = Tensor.ones(2, 3);
        message(IllegalArgumentException.class, () -> Tensor.where(x, x, x), "where", "FLOAT32", "BOOL");
        message(IllegalArgumentException.class, () -> Tensor.where(mask(2), x, x), "where", "[2]", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.maskedFill(x, 1), "maskedFill", "BOOL", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.maskedFill(mask(3), Tensor.ones(1)), "maskedFill", "[1]");
        message(IllegalArgumentException.class, () -> Tensor.of(new long[3]).maskedFill(mask(3), 0.5), "maskedFill",
                "0.5", "INT64");
        message(IllegalArgumentException.class,
                () -> Tensor.of(new long[3]).maskedFill(mask(3), Double.NEGATIVE_INFINITY), "maskedFill", "-Infinity");
        message(IllegalArgumentException.class, () -> Tensor.of(new long[3]).maskedFill(mask(3), Tensor.scalar(1)),
                "maskedFill", "FLOAT32", "INT64");
        message(IllegalArgumentException.class, () -> x.maskedSelect(mask(2)), "maskedSelect", "[2]", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.maskedScatter(mask(2, 3), Tensor.ones(3)), "maskedScatter",
                "4 true", "[3]", "3");
        message(IllegalArgumentException.class, () -> x.maskedScatter(mask(2, 3), Tensor.of(new long[9])),
                "maskedScatter", "INT64");
        message(NullPointerException.class, () -> x.maskedFill(null, 1), "maskedFill", "mask", "null");
        message(NullPointerException.class, () -> Tensor.where(null), "where", "condition", "null");
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
