package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConvertTest extends OpTest {
    private static final String TO = "Convert.to(Tensor, DType)";
    private static final String COPY = "Convert.copy(Tensor, Tensor)";
    private static final String FILL = "Convert.fill(Tensor, double)";
    private static final String FILL_EACH = "Convert.fill(Tensor, LongToDoubleFunction)";

    @Override
    Stream<Case> cases() {
        return Stream.of(copying(Case.op("Convert.contiguous(Tensor)", in -> Convert.contiguous(in[0]))),
                copying(Case.op("Convert.clone(Tensor)", in -> Convert.clone(in[0]))));
    }

    private static Case copying(Case operation) {
        return operation.expects(in -> in[0]).anyType().on(dims(3, 5)).on(dims()).on(dims(1)).on(dims(2, 1, 3))
                .on(dims(0, 2));
    }

    /** Every pair of types, dense and strided, for numbers that all of them can hold. */
    @ParameterizedTest
    @EnumSource
    @Covers(TO)
    void smallNumbersSurviveEveryConversion(DType from) {
        int most = from == DType.BOOL ? 2 : 128;
        var numbers = Array.generate(dims(5, 7), at -> (31 * at[0] + 7 * at[1]) % most);
        for (var to : DType.values()) {
            var expected = to == DType.BOOL ? numbers.map(Math::signum) : numbers;
            for (var arrangement : Arrangement.values()) {
                var x = arrangement.view(arrangement.leaf(arrangement.settle(numbers), from), numbers.dims());
                var y = x.to(to);
                Checks.type(to, y);
                assertArrayEquals(arrangement.settle(expected).values(), y.toDoubleArray());
            }
        }
    }

    @Test
    @Covers(TO)
    void numbersThatDoNotFitAreRoundedCutOrWrapped() {
        var x = Tensor.of(new double[]{1.75, -1.75, 300, 1e-3, -0.0});
        Checks.values(x.to(DType.INT64), 1, -1, 300, 0, 0);
        Checks.values(x.to(DType.INT8), 1, -1, 300 - 256, 0, 0);
        Checks.values(x.to(DType.UINT8).narrow(0, 2, 3), 300 - 256, 0, 0);
        Checks.values(x.to(DType.BOOL), 1, 1, 1, 1, 0);
        Checks.values(x.to(DType.FLOAT32), 1.75, -1.75, 300, 1e-3f, -0.0);
        Checks.values(x.to(DType.FLOAT16), 1.75, -1.75, 300, Float.float16ToFloat(Float.floatToFloat16(1e-3f)), -0.0);
        Checks.values(Tensor.of(new long[]{Long.MAX_VALUE, Long.MIN_VALUE, (1L << 32) + 5}).to(DType.INT32), -1, 0, 5);
    }

    @Test
    @Covers(TO)
    void bfloat16RoundsToNearestEven() {
        float up = Float.intBitsToFloat(0x3F80_8001);
        float tieToEven = Float.intBitsToFloat(0x3F80_8000);
        float tieToOdd = Float.intBitsToFloat(0x3F81_8000);
        double nan = Double.NaN;
        double inf = Double.POSITIVE_INFINITY;
        var x = Tensor.of(new float[]{1, up, tieToEven, tieToOdd, (float) nan, (float) inf, Float.MAX_VALUE});
        Checks.values(x.to(DType.BFLOAT16), 1, 1.0078125, 1, 1.015625, nan, inf, inf);
        var payload = Tensor.of(new float[]{Float.intBitsToFloat(0x7F80_0001)});
        Checks.values(payload.to(DType.BFLOAT16), nan);
    }

    @Test
    @Covers(TO)
    void gradientsPassBetweenFloatingPointTypes() {
        var x = Tensor.of(new double[]{1, 2, 3}).requiresGrad(true);
        assertSame(x, x.to(DType.FLOAT64));
        x.to(DType.FLOAT32).mul(Tensor.of(new float[]{0.1f, 2, 3})).sum().backward();
        Checks.type(DType.FLOAT64, x.grad());
        Checks.values(x.grad(), 0.1f, 2, 3);
        assertFalse(x.to(DType.INT64).requiresGrad());
        x.zeroGrad();
        x.to(DType.BFLOAT16).to(DType.FLOAT64).sum().backward();
        Checks.values(x.grad(), 1, 1, 1);
    }

    @ParameterizedTest
    @EnumSource
    @Covers({COPY, FILL, FILL_EACH})
    void writingIntoPartsLeavesTheRest(DType dtype) {
        var whole = Tensor.full(dtype, 1, 3, 4);
        whole.t().narrow(0, 1, 2).fill(0);
        Checks.values(whole, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1);
        whole.select(1, 1).copyFrom(Tensor.of(new long[]{1, 0, 1}));
        Checks.values(whole, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1);
        Convert.fill(whole.t().narrow(0, 2, 2), i -> i % 2);
        Checks.values(whole, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1);
    }

    @ParameterizedTest
    @EnumSource
    @Covers({FILL, "Convert.fill(Tensor, long)"})
    void fillsManyElementsOfEveryType(DType dtype) {
        var x = Tensor.full(dtype, 0, 100_003);
        x.narrow(0, 1, 100_001).fill(dtype == DType.BOOL ? 1 : 77);
        double[] expected = new double[100_003];
        java.util.Arrays.fill(expected, 1, 100_002, dtype == DType.BOOL ? 1 : 77);
        assertArrayEquals(expected, x.toDoubleArray());
        var columns = Tensor.full(dtype, 0, 300, 300);
        columns.t().narrow(0, 3, 150).fill(1.0);
        assertEquals(300 * 150, java.util.Arrays.stream(columns.toDoubleArray()).sum());
        assertEquals(dtype == DType.INT64 ? Long.MAX_VALUE - 1 : 0,
                dtype == DType.INT64 ? x.fill(Long.MAX_VALUE - 1).toLongArray()[100_002] : 0);
    }

    @Test
    @Covers({COPY, FILL, FILL_EACH})
    void nothingCanBeWrittenToNothing() {
        assertEquals(0, Tensor.zeros(2, 0).fill(1).copyFrom(Tensor.ones(2, 0)).numel());
        assertEquals(0, Convert.fill(Tensor.zeros(0), _ -> {
            throw new AssertionError("asked for an element of nothing");
        }).numel());
    }

    @Test
    @Covers({COPY, FILL, FILL_EACH})
    void writesThatAreRefused() {
        var x = Tensor.ones(2, 3);
        message(IllegalArgumentException.class, () -> x.copyFrom(Tensor.ones(3, 2)), "copyFrom", "[2, 3]", "[3, 2]");
        message(NullPointerException.class, () -> x.copyFrom(null), "copyFrom", "null");
        message(NullPointerException.class, () -> Convert.copy(x, null), "copyFrom", "null");
        message(NullPointerException.class, () -> Convert.fill(null, 1), "fill", "null");
        var parameter = Tensor.ones(2, 3).requiresGrad(true);
        for (Executable write : new Executable[]{() -> parameter.fill(0), () -> parameter.copyFrom(x),
                () -> parameter.view(6).fill(0), () -> Convert.fill(parameter, _ -> 0)}) {
            var refused = assertThrows(IllegalStateException.class, write);
            assertEquals(true, refused.getMessage().contains("noGrad()"), refused.getMessage());
        }
        try (var _ = Autograd.noGrad()) {
            Checks.values(parameter.fill(2), 2, 2, 2, 2, 2, 2);
        }
        var repeated = Tensor.ones(2, 1).expand(2, 1L << 40);
        message(IllegalArgumentException.class, () -> repeated.fill(0), "fill", "[2, 1099511627776]", "expanded");
        message(IllegalArgumentException.class, () -> x.select(0, 0).expand(2, 3).copyFrom(x), "copyFrom", "expanded");
        var closed = Checks.closed(2, 3);
        message(IllegalStateException.class, () -> closed.fill(0), "fill", "closed");
        message(IllegalStateException.class, () -> closed.copyFrom(x), "copyFrom", "closed");
        message(IllegalStateException.class, () -> x.copyFrom(closed), "copyFrom", "closed");
        message(IllegalStateException.class, () -> closed.to(DType.INT64), "to", "closed");
    }

    @Test
    void elementsInAndOutOfJavaArrays() {
        var x = Tensor.of(new double[]{1.5, -2.5, 3}, 3, 1);
        assertArrayEquals(new float[]{1.5f, -2.5f, 3}, x.toFloatArray());
        assertArrayEquals(new long[]{1, -2, 3}, x.toLongArray());
        assertArrayEquals(new double[]{1.5, 1.5, -2.5, -2.5, 3, 3}, x.expand(3, 2).toDoubleArray());
        assertArrayEquals(new double[]{}, Tensor.zeros(0, 4).toDoubleArray());
        long large = Long.MAX_VALUE - 1;
        assertArrayEquals(new long[]{large}, Tensor.of(new long[]{large}).toLongArray());
        assertEquals(2.5, Tensor.full(DType.FLOAT64, 2.5, 1, 1, 1).item());
        message(IllegalArgumentException.class, x::item, "item", "[3, 1]", "3 elements");
        message(IllegalArgumentException.class, () -> Tensor.of(new float[5], 2, 3), "of", "5 values", "[2, 3]");
        var closed = Checks.closed(2);
        for (Executable read : new Executable[]{closed::toFloatArray, closed::toDoubleArray, closed::toLongArray,
                closed::segment, () -> Tensor.of(new float[1]).copyFrom(closed.narrow(0, 0, 1))}) {
            assertThrows(IllegalStateException.class, read);
        }
    }

    @Test
    @Covers({"JavaArrays.fromArray(float[], Shape)", "JavaArrays.fromArray(double[], Shape)",
            "JavaArrays.fromArray(long[], Shape)"})
    void arraysGiveTheTypeOfTheirElements() {
        Checks.values(JavaArrays.fromArray(new float[]{1, 2}, Shape.of(2, 1)), 1, 2);
        Checks.values(JavaArrays.fromArray(new double[]{0.1}, Shape.of()), 0.1);
        Checks.values(JavaArrays.fromArray(new long[]{7}, Shape.of(1)), 7);
        Checks.type(DType.FLOAT32, JavaArrays.fromArray(new float[1], Shape.of(1)));
        Checks.type(DType.FLOAT64, JavaArrays.fromArray(new double[1], Shape.of(1)));
        Checks.type(DType.INT64, JavaArrays.fromArray(new long[1], Shape.of(1)));
        message(IllegalArgumentException.class, () -> JavaArrays.fromArray(new float[3], Shape.of(2)), "of", "3 values",
                "[2]");
        message(IllegalArgumentException.class, () -> JavaArrays.fromArray(new double[1], Shape.of(2)), "of", "[2]");
        message(IllegalArgumentException.class, () -> JavaArrays.fromArray(new long[1], Shape.of(2)), "of", "[2]");
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
