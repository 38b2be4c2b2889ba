package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link Compare} and {@link Logic}. */
class CompareTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;

    private enum Relation {
        EQ(Tensor::eq, x -> x.eq(1.0), x -> x.eq(1), (a, b) -> a == b ? 1 : 0), NE(Tensor::ne, x -> x.ne(1.0),
                x -> x.ne(1),
                (a, b) -> a != b ? 1 : 0), LT(Tensor::lt, x -> x.lt(1.0), x -> x.lt(1), (a, b) -> a < b ? 1 : 0), LE(
                        Tensor::le, x -> x.le(1.0), x -> x.le(1), (a, b) -> a <= b ? 1 : 0), GT(Tensor::gt,
                                x -> x.gt(1.0), x -> x.gt(1), (a, b) -> a > b ? 1 : 0), GE(Tensor::ge, x -> x.ge(1.0),
                                        x -> x.ge(1), (a, b) -> a >= b ? 1 : 0), AND(Tensor::logicalAnd, null, null,
                                                (a, b) -> a != 0 && b != 0 ? 1 : 0), OR(Tensor::logicalOr, null, null,
                                                        (a, b) -> a != 0 || b != 0 ? 1 : 0), XOR(Tensor::logicalXor,
                                                                null, null, (a, b) -> (a != 0) != (b != 0) ? 1 : 0);

        private final BinaryOperator<Tensor> tensors;
        private final UnaryOperator<Tensor> one;
        private final UnaryOperator<Tensor> whole;
        private final DoubleBinaryOperator plain;

        Relation(BinaryOperator<Tensor> tensors, UnaryOperator<Tensor> one, UnaryOperator<Tensor> whole,
                DoubleBinaryOperator plain) {
            this.tensors = tensors;
            this.one = one;
            this.whole = whole;
            this.plain = plain;
        }
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"Compare.eq(Tensor, Tensor)", "Compare.ne(Tensor, Tensor)", "Compare.lt(Tensor, Tensor)",
            "Compare.le(Tensor, Tensor)", "Compare.gt(Tensor, Tensor)", "Compare.ge(Tensor, Tensor)",
            "Logic.logicalAnd(Tensor, Tensor)", "Logic.logicalOr(Tensor, Tensor)", "Logic.logicalXor(Tensor, Tensor)"})
    void everyTypeArrangementAndShape(Relation relation) {
        int[][][] shapes = {{{2, 3}, {2, 3}}, {{5, 67}, {67}}, {{5, 1}, {1, 130}}, {{}, {4}}, {{3}, {}}, {{0}, {1}},
                {{9, 33}, {9, 33}}, {{1000}, {1000}}, {{}, {}}};
        for (var dtype : DType.values()) {
            for (int[][] dims : shapes) {
                for (var arrangement : Arrangement.values()) {
                    var a = arrangement
                            .settle(Array.generate(dims[0], at -> sum(at) % 3 % (dtype == DType.BOOL ? 2 : 3)));
                    var b = Array.generate(dims[1], at -> sum(at) * 5 % 4 % (dtype == DType.BOOL ? 2 : 3));
                    var actual = relation.tensors.apply(arrangement.view(arrangement.leaf(a, dtype), dims[0]),
                            b.toTensor(dtype));
                    var expected = Functions.broadcast(relation.plain, a, b);
                    Checks.type(DType.BOOL, actual);
                    assertArrayEquals(Array.longs(expected.dims()), actual.shape().toArray());
                    assertArrayEquals(expected.values(), actual.toDoubleArray(), () -> dtype + " " + arrangement);
                }
            }
        }
    }

    private static int sum(int[] at) {
        int sum = 0;
        for (int i : at) {
            sum += i;
        }
        return sum;
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"Compare.eq(Tensor, double)", "Compare.ne(Tensor, double)", "Compare.lt(Tensor, double)",
            "Compare.le(Tensor, double)", "Compare.gt(Tensor, double)", "Compare.ge(Tensor, double)",
            "Compare.eq(Tensor, long)", "Compare.ne(Tensor, long)", "Compare.lt(Tensor, long)",
            "Compare.le(Tensor, long)", "Compare.gt(Tensor, long)", "Compare.ge(Tensor, long)"})
    void withNumbersAndWhatIsNoNumber(Relation relation) {
        double[] values = {NAN, INF, -INF, -0.0, 0, 1, Math.nextUp(1.0f)};
        var expected = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            expected[i] = relation.plain.applyAsDouble(values[i], 1);
        }
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.of(values).to(dtype);
            assertArrayEquals(expected, relation.tensors.apply(x, Tensor.ones()).toDoubleArray());
            if (relation.one != null) {
                assertArrayEquals(expected, relation.one.apply(x).toDoubleArray());
                assertArrayEquals(expected, relation.whole.apply(x).toDoubleArray());
                Checks.values(relation.whole.apply(Tensor.of(new long[]{0, 1, 2})), relation.plain.applyAsDouble(0, 1),
                        relation.plain.applyAsDouble(1, 1), relation.plain.applyAsDouble(2, 1));
            }
            // all pairs, in rows long enough for kernels
            int n = values.length;
            var rows = Tensor.of(values).to(dtype).unsqueeze(1).expand(n, 16 * n).contiguous();
            var columns = Tensor.of(values).to(dtype).unsqueeze(1).expand(n, 16).reshape(16 * n);
            double[] all = relation.tensors.apply(rows, columns).toDoubleArray();
            for (int i = 0; i < all.length; i++) {
                assertEquals(relation.plain.applyAsDouble(values[i / (16 * n)], values[i % (16 * n) / 16]), all[i]);
            }
        }
        long large = 1L << 60; // as doubles these would be equal
        Checks.values(relation.tensors.apply(Tensor.of(new long[]{large}), Tensor.of(new long[]{large + 1})),
                relation.plain.applyAsDouble(1, 2));
        Checks.values(relation.tensors.apply(Tensor.of(new long[]{1, 2}), Tensor.of(new double[]{1.5, 1.5})),
                relation.plain.applyAsDouble(1, 1.5), relation.plain.applyAsDouble(2, 1.5));
    }

    @Test
    @Covers({"Compare.isclose(Tensor, Tensor)", "Compare.isclose(Tensor, Tensor, double, double, boolean)"})
    void nearlyEqual() {
        var a = Tensor.of(new double[]{1, 1, NAN, INF, INF, 0});
        var b = Tensor.of(new double[]{1 + 1e-6, 1 + 1e-4, NAN, INF, -INF, 1e-9});
        Checks.values(a.isclose(b), 1, 0, 0, 1, 0, 1);
        Checks.values(a.isclose(b, 1e-3, 0, true), 1, 1, 1, 1, 0, 0);
        assertFalse(a.allclose(b));
        assertTrue(a.narrow(0, 0, 1).allclose(b.narrow(0, 0, 1)));
        assertTrue(a.narrow(0, 0, 3).allclose(b.narrow(0, 0, 3), 1e-3, 0, true));
        Checks.values(Tensor.of(new long[]{10, 11}).isclose(Tensor.of(new long[]{11, 11}), 0, 0.5, false), 0, 1);
        message(IllegalArgumentException.class, () -> a.isclose(b, -1, 0, false), "isclose", "-1.0");
        assertTrue(Tensor.ones(2, 3).equal(Tensor.ones(2, 3)));
        assertFalse(Tensor.ones(2, 3).equal(Tensor.ones(3)));
        assertFalse(a.equal(a));
        assertTrue(Tensor.ones(0).equal(Tensor.ones(0)));
    }

    @Test
    @Covers({"Logic.bitwiseAnd(Tensor, Tensor)", "Logic.bitwiseOr(Tensor, Tensor)", "Logic.bitwiseXor(Tensor, Tensor)",
            "Logic.bitwiseNot(Tensor)", "Logic.bitwiseLeftShift(Tensor, Tensor)",
            "Logic.bitwiseRightShift(Tensor, Tensor)", "Logic.logicalNot(Tensor)"})
    void bits() {
        for (var dtype : new DType[]{DType.INT64, DType.INT32, DType.INT16, DType.INT8}) {
            var a = Tensor.of(new long[]{12, -1, 7}).to(dtype);
            var b = Tensor.of(new long[]{10, 2, 3}).to(dtype);
            Checks.type(dtype, a.bitwiseAnd(b));
            Checks.values(a.bitwiseAnd(b), 8, 2, 3);
            Checks.values(a.bitwiseOr(b), 14, -1, 7);
            Checks.values(a.bitwiseXor(b), 6, -3, 4);
            Checks.values(a.bitwiseNot(), -13, 0, -8);
            var shift = Tensor.of(new long[]{1, 2, 3}).to(dtype);
            Checks.values(a.bitwiseLeftShift(shift), 24, -4, 56);
            Checks.values(a.bitwiseRightShift(shift), 6, -1, 0);
        }
        Checks.values(Tensor.of(new long[]{5, -5}).bitwiseLeftShift(Tensor.of(new long[]{64, 64})), 0, 0);
        Checks.values(Tensor.of(new long[]{5, -5}).bitwiseRightShift(Tensor.of(new long[]{64, 64})), 0, -1);
        Checks.values(Tensor.of(new long[]{1, 255}).to(DType.UINT8).bitwiseNot(), 254, 0);
        var truth = Tensor.of(new long[]{1, 0}).to(DType.BOOL);
        Checks.type(DType.BOOL, truth.bitwiseNot());
        Checks.values(truth.bitwiseNot(), 0, 1);
        Checks.values(truth.bitwiseXor(truth), 0, 0);
        Checks.values(Tensor.of(new double[]{0, NAN, -2}).logicalNot(), 1, 0, 0);
        Checks.values(truth.logicalNot(), 0, 1);
        message(IllegalArgumentException.class, () -> Tensor.ones(2).bitwiseAnd(truth), "bitwiseAnd", "FLOAT32", "[2]");
        message(IllegalArgumentException.class, () -> Tensor.ones(2).bitwiseNot(), "bitwiseNot", "FLOAT32");
        message(IllegalArgumentException.class, () -> truth.bitwiseLeftShift(truth), "bitwiseLeftShift", "BOOL");
        message(IllegalArgumentException.class, () -> truth.bitwiseRightShift(Tensor.ones(2)), "bitwiseRightShift",
                "FLOAT32");
    }

    @Test
    @Covers({"Logic.isnan(Tensor)", "Logic.isinf(Tensor)", "Logic.isfinite(Tensor)", "Logic.isposinf(Tensor)",
            "Logic.isneginf(Tensor)", "Logic.signbit(Tensor)"})
    void kindsOfNumbers() {
        for (var dtype : new DType[]{DType.FLOAT64, DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16}) {
            var x = Tensor.of(new double[]{NAN, INF, -INF, -0.0, 3}).to(dtype);
            Checks.type(DType.BOOL, x.isnan());
            Checks.values(x.isnan(), 1, 0, 0, 0, 0);
            Checks.values(x.isinf(), 0, 1, 1, 0, 0);
            Checks.values(x.isfinite(), 0, 0, 0, 1, 1);
            Checks.values(x.isposinf(), 0, 1, 0, 0, 0);
            Checks.values(x.isneginf(), 0, 0, 1, 0, 0);
            Checks.values(x.narrow(0, 1, 4).signbit(), 0, 1, 1, 0);
        }
        var whole = Tensor.of(new long[]{-1, 2});
        Checks.values(whole.isnan(), 0, 0);
        Checks.values(whole.isfinite(), 1, 1);
        Checks.values(whole.signbit(), 1, 0);
    }

    @Test
    void refusals() {
        var x = Tensor.ones(2, 3);
        var closed = Checks.closed(2, 3);
        for (var relation : Relation.values()) {
            var name = assertThrows(NullPointerException.class, () -> relation.tensors.apply(x, null)).getMessage()
                    .split(":")[0];
            message(IllegalArgumentException.class, () -> relation.tensors.apply(x, Tensor.ones(3, 2)), name, "[2, 3]",
                    "[3, 2]");
            message(IllegalStateException.class, () -> relation.tensors.apply(closed, x), name, "closed");
            message(IllegalStateException.class, () -> relation.tensors.apply(x, closed), name, "closed");
        }
        message(NullPointerException.class, () -> Compare.eq(null, x), "eq", "null");
        message(NullPointerException.class, () -> Compare.eq(null, 1), "eq", "null");
        message(NullPointerException.class, () -> Logic.isnan(null), "isnan", "null");
        message(NullPointerException.class, () -> Compare.equal(x, null), "equal", "null");
    }

    @Test
    void comparisonsHaveNoGradients() {
        var x = Tensor.ones(2, 3).requiresGrad(true);
        assertFalse(x.argmax(0).requiresGrad());
        for (var result : Stream.of(x.eq(x), x.lt(1), x.isnan(), x.logicalNot(), x.isclose(x)).toList()) {
            assertFalse(result.requiresGrad());
        }
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
