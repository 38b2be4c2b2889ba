package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompareTest {
    private static final String ARGMAX = "Compare.argmax(Tensor, int)";
    private static final String EQ = "Compare.eq(Tensor, Tensor)";

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    @Covers(ARGMAX)
    void argmaxOfEachDimensionInEachArrangement(DType dtype) {
        for (int[] dims : new int[][]{{3, 5}, {1}, {17}, {2, 1, 3}, {2, 3, 4}, {2, 3, 2, 3}, {0, 3}}) {
            for (int axis = 0; axis < dims.length; axis++) {
                if (dims[axis] > 0) {
                    argmax(dims, axis, dtype);
                }
            }
        }
    }

    private static void argmax(int[] dims, int axis, DType dtype) {
        var random = new Random(11);
        var drawn = Array.generate(dims, _ -> random.nextInt(4)); // with ties
        for (var arrangement : Arrangement.values()) {
            var x = arrangement.settle(drawn);
            var expected = Array.generate(Array.remove(dims, axis), at -> {
                int best = 0;
                for (int i = 1; i < dims[axis]; i++) {
                    best = x.at(Array.insert(at, axis, i)) > x.at(Array.insert(at, axis, best)) ? i : best;
                }
                return best;
            });
            var view = arrangement.view(arrangement.leaf(x, dtype), dims);
            for (int dim : new int[]{axis, axis - dims.length}) {
                var actual = view.argmax(dim);
                Checks.type(DType.INT64, actual);
                assertArrayEquals(Array.longs(expected.dims()), actual.shape().toArray());
                assertArrayEquals(expected.values(), actual.toDoubleArray());
            }
        }
    }

    @Test
    @Covers(ARGMAX)
    void aNotNumberIsTheGreatest() {
        double nan = Double.NaN;
        Checks.values(Tensor.of(new double[]{1, nan, 3, nan}).argmax(0), 1);
        Checks.values(Tensor.of(new double[]{Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY}).argmax(0), 0);
    }

    @Test
    @Covers(ARGMAX)
    void argmaxRefusals() {
        message(IndexOutOfBoundsException.class, () -> Tensor.ones(2, 3).argmax(2), "argmax", "dimension 2", "[2, 3]");
        message(IllegalArgumentException.class, () -> Tensor.ones(2, 0).argmax(1), "argmax", "[2, 0]", "empty");
        message(IllegalArgumentException.class, () -> Tensor.of(new long[]{1}).argmax(0), "argmax", "INT64");
        message(NullPointerException.class, () -> Compare.argmax(null, 0), "argmax", "null");
        var closed = Checks.closed(2);
        message(IllegalStateException.class, () -> closed.argmax(0), "argmax", "closed");
    }

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
        assertFalse(x.argmax(0).requiresGrad());
        assertFalse(x.eq(x).requiresGrad());
    }

    private static void message(Class<? extends Exception> type, org.junit.jupiter.api.function.Executable call,
            String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
