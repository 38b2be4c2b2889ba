package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CountingTest {
    private static final String UNIQUE = "Counting.unique(Tensor)";
    private static final String BINCOUNT = "Counting.bincount(Tensor, Tensor, long)";
    private static final String HISTC = "Counting.histc(Tensor, int, double, double)";

    @ParameterizedTest
    @EnumSource
    @Covers(UNIQUE)
    void differentValuesInEveryType(DType dtype) {
        var x = Tensor.of(new double[]{1, 0, 1, 1, 0, 0}).to(dtype).view(2, 3);
        var unique = x.unique(true, true, true);
        Checks.type(dtype, unique.values());
        Checks.values(unique.values(), 0, 1);
        Checks.shape(unique.inverse(), 2, 3);
        Checks.values(unique.inverse(), 1, 0, 1, 1, 0, 0);
        Checks.values(unique.counts(), 3, 3);
        Checks.values(x.t().unique(), 0, 1);
        assertNull(x.unique(true, false, false).inverse());
        assertNull(x.unique(true, false, false).counts());
        Checks.shape(Tensor.full(dtype, 1, 0, 3).unique(), 0);
    }

    @Test
    void aStridedVectorHasItsOwnValues() {
        var x = Tensor.of(new float[]{1, 9, 3, 8, 1, 7, 2, 6}, 4, 2).select(1, 0);
        Checks.values(Counting.unique(x, true, true, true).values(), 1, 2, 3);
    }

    @Test
    @Covers(UNIQUE)
    void eachNotNumberIsDifferent() {
        var unique = Tensor.of(new double[]{Double.NaN, 2, -0.0, Double.NaN, 0.0}).unique(true, true, true);
        Checks.values(unique.values(), -0.0, 2, Double.NaN, Double.NaN);
        Checks.values(unique.counts(), 2, 1, 1, 1);
        Checks.values(unique.inverse(), 2, 1, 0, 3, 0);
        long large = 1L << 60;
        assertArrayEquals(new long[]{large, large + 1}, Tensor.of(new long[]{large + 1, large}).unique().toLongArray());
    }

    @Test
    @Covers({"Counting.bincount(Tensor)", BINCOUNT})
    void countsAndWeights() {
        var x = Tensor.of(new long[]{1, 3, 1, 0});
        Checks.values(x.bincount(), 1, 2, 0, 1);
        Checks.type(DType.INT64, x.bincount());
        Checks.values(x.to(DType.UINT8).bincount(null, 6), 1, 2, 0, 1, 0, 0);
        var weights = Tensor.of(new float[]{0.5f, 2, 0.25f, 1});
        Checks.values(x.bincount(weights, 0), 1, 0.75, 0, 2);
        Checks.type(DType.FLOAT32, x.bincount(weights, 0));
        Checks.type(DType.FLOAT64, x.bincount(x, 0));
        Checks.values(Tensor.of(new long[0]).bincount(null, 2), 0, 0);
    }

    @Test
    @Covers(BINCOUNT)
    void bincountRefusals() {
        var x = Tensor.of(new long[]{1, -3});
        message(IllegalArgumentException.class, x::bincount, "bincount", "-3", "[2]");
        message(IllegalArgumentException.class, () -> Tensor.ones(2).bincount(), "bincount", "FLOAT32");
        message(IllegalArgumentException.class, () -> x.view(1, 2).bincount(), "bincount", "[1, 2]");
        message(IllegalArgumentException.class, () -> x.bincount(Tensor.ones(3), 0), "bincount", "[2]", "[3]");
        message(IllegalArgumentException.class, () -> x.bincount(null, -1), "bincount", "-1");
        message(NullPointerException.class, () -> Counting.bincount(null), "bincount", "null");
    }

    @Test
    @Covers(HISTC)
    void histograms() {
        var x = Tensor.of(new float[]{1, 2, 1, 4, 5, Float.NaN, -1});
        Checks.values(x.histc(4, 0, 4), 0, 2, 1, 1);
        Checks.values(x.narrow(0, 0, 5).histc(2, 0, 0), 3, 2);
        Checks.values(Tensor.ones(3).histc(2, 0, 0), 0, 3);
        assertEquals(0, Tensor.ones(0).histc(3, 0, 0).sum().item());
        message(IllegalArgumentException.class, () -> x.histc(0, 0, 1), "histc", "0 bins");
        message(IllegalArgumentException.class, () -> x.histc(2, 3, 1), "histc", "3.0", "1.0");
        message(IllegalArgumentException.class, () -> x.to(DType.INT64).histc(2, 0, 1), "histc", "INT64");
    }

    private static void message(Class<? extends Exception> type, org.junit.jupiter.api.function.Executable call,
            String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
