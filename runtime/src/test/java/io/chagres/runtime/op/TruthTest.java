package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TruthTest {
    private static final int[][] SHAPES = {{3, 5}, {17}, {2, 1, 3}, {2, 3, 4}, {4, 0}, {70, 4}, {4, 70}};

    @ParameterizedTest
    @EnumSource
    @Covers({"Truth.any(Tensor)", "Truth.any(Tensor, int, boolean)", "Truth.any(Tensor, int[], boolean)",
            "Truth.all(Tensor)", "Truth.all(Tensor, int, boolean)", "Truth.all(Tensor, int[], boolean)",
            "Truth.countNonzero(Tensor)", "Truth.countNonzero(Tensor, int, boolean)",
            "Truth.countNonzero(Tensor, int[], boolean)"})
    void inEveryTypeOverAnyDimensions(DType dtype) {
        ToDoubleFunction<double[]> any = v -> Arrays.stream(v).anyMatch(e -> e != 0) ? 1 : 0;
        ToDoubleFunction<double[]> all = v -> Arrays.stream(v).allMatch(e -> e != 0) ? 1 : 0;
        ToDoubleFunction<double[]> count = v -> Arrays.stream(v).filter(e -> e != 0).count();
        for (int[] dims : SHAPES) {
            for (var arrangement : Arrangement.values()) {
                var x = arrangement.settle(Array.generate(dims,
                        at -> at[0] == 0 ? 0 : at[0] == 1 ? 1 : at[at.length - 1] % 2));
                var t = arrangement.view(arrangement.leaf(x, dtype), dims);
                check(x, any, DType.BOOL, t::any, t::any, t::any);
                check(x, all, DType.BOOL, t::all, t::all, t::all);
                check(x, count, DType.INT64, t::countNonzero, t::countNonzero, t::countNonzero);
            }
        }
    }

    private interface All {
        Tensor get();
    }

    private interface Along {
        Tensor of(int dim, boolean keepDim);
    }

    private interface Over {
        Tensor of(int[] dims, boolean keepDim);
    }

    private static void check(Array x, ToDoubleFunction<double[]> plain, DType type, All all, Along along, Over over) {
        same(Reductions.plain(x, new int[0], false, plain), type, all.get());
        for (int d = 0; d < x.dims().length; d++) {
            same(Reductions.plain(x, new int[]{d}, true, plain), type, along.of(d, true));
            same(Reductions.plain(x, new int[]{d}, false, plain), type, along.of(d - x.dims().length, false));
            if (d > 0) {
                same(Reductions.plain(x, new int[]{0, d}, false, plain), type, over.of(new int[]{d, 0}, false));
            }
        }
    }

    private static void same(Array expected, DType type, Tensor actual) {
        Checks.type(type, actual);
        Checks.shape(actual, Array.longs(expected.dims()));
        assertArrayEquals(expected.values(), actual.toDoubleArray());
        assertFalse(actual.requiresGrad());
    }

    @Test
    void aNotNumberIsOtherThanZero() {
        var x = Tensor.of(new double[]{Double.NaN, 0, -0.0});
        Checks.values(x.any(), 1);
        Checks.values(x.countNonzero(), 1);
        Checks.values(x.narrow(0, 0, 1).all(), 1);
        Checks.values(Tensor.of(new long[]{1L << 60, Long.MIN_VALUE}).all(), 1);
    }

    @Test
    void refusals() {
        var x = Tensor.ones(2, 3);
        Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> x.any(2, false)), "any", "dimension 2",
                "[2, 3]");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.all(new int[]{0, 0}, false)), "all",
                "twice");
        Checks.message(assertThrows(NullPointerException.class, () -> Truth.countNonzero(null)), "countNonzero",
                "null");
        var closed = Checks.closed(2);
        Checks.message(assertThrows(IllegalStateException.class, closed::any), "any", "closed");
    }
}
