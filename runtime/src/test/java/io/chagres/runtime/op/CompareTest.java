package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompareTest {
    private static final String EQ = "Compare.eq(Tensor, Tensor)";

    @ParameterizedTest
    @EnumSource
    @Covers(EQ)
    void eqInEveryTypeAndArrangement(DType dtype) {
        for (var arrangement : Arrangement.values()) {
            int[] dims = {2, 3};
            var a = arrangement.settle(Array.generate(dims, at -> (at[0] + at[1]) % 2));
            var b = Array.generate(dims, at -> at[1] % 2);
            var equal = arrangement.view(arrangement.leaf(a, dtype), dims).eq(b.toTensor(dtype));
            Checks.type(DType.BOOL, equal);
            assertArrayEquals(Array.generate(dims, at -> a.at(at) == b.at(at) ? 1 : 0).values(),
                    equal.toDoubleArray());
        }
    }

    @Test
    @Covers(EQ)
    void eqOfNotNumbersZerosAndNeighbours() {
        double nan = Double.NaN;
        Checks.values(Tensor.of(new double[]{nan, 0.0, 1}).eq(Tensor.of(new double[]{nan, -0.0, Math.nextUp(1.0)})), 0,
                1, 0);
        long large = 1L << 60; // as doubles these would be equal
        Checks.values(Tensor.of(new long[]{large, large}).eq(Tensor.of(new long[]{large, large + 1})), 1, 0);
        Checks.shape(Tensor.ones(2, 0).eq(Tensor.ones(2, 0)), 2, 0);
    }

    @Test
    @Covers(EQ)
    void eqRefusals() {
        var x = Tensor.ones(2, 3);
        message(IllegalArgumentException.class, () -> x.eq(Tensor.ones(3, 2)), "eq", "[2, 3]", "[3, 2]");
        message(IllegalArgumentException.class, () -> x.eq(x.to(DType.FLOAT64)), "eq", "FLOAT32", "FLOAT64");
        message(NullPointerException.class, () -> x.eq(null), "eq", "null");
        message(NullPointerException.class, () -> Compare.eq(null, x), "eq", "null");
        var closed = Checks.closed(2, 3);
        message(IllegalStateException.class, () -> closed.eq(x), "eq", "closed");
    }

    @Test
    void comparisonsHaveNoGradients() {
        var x = Tensor.ones(2, 3).requiresGrad(true);
        assertFalse(x.eq(x).requiresGrad());
    }

    private static void message(Class<? extends Exception> type, org.junit.jupiter.api.function.Executable call,
            String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
