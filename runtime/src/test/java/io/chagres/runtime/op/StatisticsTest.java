package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** {@link Statistics}, {@link Searching}, {@link Quantiles}, {@link Distances}, modes and different slices. */
class StatisticsTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;

    private static Tensor random(long... dims) {
        return Tensor.randn(DType.FLOAT64, new Generator(dims.length + 5 + 7 * dims[0]), dims).requiresGrad(true);
    }

    private static void near(Tensor actual, double... expected) {
        assertArrayEquals(expected, actual.toDoubleArray(), 1e-6);
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }

    @Test
    @Covers({"Statistics.cov(Tensor, int)", "Statistics.corrcoef(Tensor)"})
    void covariances() {
        var x = Tensor.of(new double[]{0, 1, 2, 2, 1, 0}, 2, 3);
        near(x.cov(), 1, -1, -1, 1);
        near(x.corrcoef(), 1, -1, -1, 1);
        near(x.cov(0), 2.0 / 3, -2.0 / 3, -2.0 / 3, 2.0 / 3);
        Checks.shape(x.select(0, 0).cov());
        near(x.select(0, 0).cov(), 1);
        near(x.select(0, 0).corrcoef(), 1);
        near(x.to(DType.INT64).cov(), 1, -1, -1, 1);
        near(Tensor.ones(DType.FLOAT64, 1).cov(), NAN);
        GradCheck.checkSecond(in -> in[0].cov(), random(3, 5));
        GradCheck.check(in -> in[0].corrcoef().select(0, 0).narrow(0, 1, 2), random(3, 5));
        message(IllegalArgumentException.class, () -> Tensor.ones(1, 2, 3).cov(), "cov", "[1, 2, 3]");
    }

    @Test
    @Covers({"Statistics.diff(Tensor, int, int)", "Statistics.diff(Tensor, int, int, Tensor, Tensor)"})
    void differences() {
        var x = Tensor.of(new double[]{1, 3, 2, 7, 7, 9}, 2, 3);
        Checks.values(x.diff(), 2, -1, 0, 2);
        Checks.values(x.diff(1, 0), 6, 4, 7);
        Checks.values(x.diff(2, -1), -3, 2);
        Checks.shape(x.diff(4, 1), 2, 0);
        Checks.values(x.diff(0, 1), 1, 3, 2, 7, 7, 9);
        Checks.values(Tensor.of(new boolean[]{true, false, false}).diff(), 1, 0);
        Checks.values(Statistics.diff(x, 1, 0, Tensor.zeros(1, 3).to(DType.FLOAT64), null), 1, 3, 2, 6, 4, 7);
        Checks.values(Statistics.diff(x.select(0, 0), 1, 0, null, Tensor.of(new double[]{5, 5})), 2, -1, 3, 0);
        GradCheck.checkSecond(in -> in[0].diff(2, 0).square(), random(4, 2));
        message(IllegalArgumentException.class, () -> x.diff(-1, 0), "diff", "-1");
        message(IndexOutOfBoundsException.class, () -> x.diff(1, 2), "diff", "2");
    }

    @Test
    @Covers({"Statistics.trapezoid(Tensor, double, int)", "Statistics.trapezoid(Tensor, Tensor, int)",
            "Statistics.cumulativeTrapezoid(Tensor, double, int)",
            "Statistics.cumulativeTrapezoid(Tensor, Tensor, int)"})
    void areas() {
        var y = Tensor.of(new double[]{1, 5, 10});
        var x = Tensor.of(new double[]{1, 3, 6});
        Checks.values(y.trapezoid(0), 10.5);
        Checks.values(Statistics.trapezoid(y, 2, 0), 21);
        Checks.values(y.trapezoid(x, 0), 28.5);
        var rows = Tensor.of(new double[]{0, 1, 2, 3, 4, 5, 6, 7, 8}, 3, 3);
        Checks.values(rows.trapezoid(0), 6, 8, 10);
        Checks.values(rows.trapezoid(1), 2, 8, 14);
        Checks.values(rows.trapezoid(x, 0), 16.5, 21.5, 26.5);
        Checks.values(rows.trapezoid(rows, -1), 2, 8, 14);
        Checks.values(Statistics.cumulativeTrapezoid(y, 1, 0), 3, 10.5);
        Checks.values(Statistics.cumulativeTrapezoid(y, x, 0), 6, 28.5);
        Checks.values(Tensor.ones(DType.FLOAT64, 1).trapezoid(0), 0);
        GradCheck.checkSecond(in -> in[0].trapezoid(in[1], 1), random(2, 4), random(2, 4));
        message(IllegalArgumentException.class, () -> rows.trapezoid(Tensor.ones(DType.FLOAT64, 2), 0), "trapezoid",
                "[2]", "[3, 3]");
    }

    @Test
    @Covers({"Searching.searchsorted(Tensor, Tensor, boolean)", "Searching.bucketize(Tensor, Tensor, boolean)"})
    void placesInWhatIsSorted() {
        var sorted = Tensor.of(new double[]{1, 3, 5, 7, 9, 2, 4, 6, 8, 10}, 2, 5);
        var values = Tensor.of(new double[]{3, 6, 9, 3, 6, 9}, 2, 3);
        Checks.values(sorted.searchsorted(values, false), 1, 3, 4, 1, 2, 4);
        Checks.values(sorted.searchsorted(values, true), 2, 3, 5, 1, 3, 4);
        Checks.values(sorted.select(0, 0).searchsorted(values, false), 1, 3, 4, 1, 3, 4);
        Checks.values(values.bucketize(sorted.select(0, 0), true), 2, 3, 5, 2, 3, 5);
        Checks.values(Tensor.of(new double[]{NAN, -INF, INF}).bucketize(sorted.select(0, 0), false), 5, 0, 5);
        Checks.values(Tensor.scalar(4).to(DType.FLOAT64).bucketize(sorted.select(0, 0), false), 2);
        Checks.values(Tensor.of(new long[]{Long.MAX_VALUE - 1}).bucketize(
                Tensor.of(new long[]{0, Long.MAX_VALUE - 2, Long.MAX_VALUE}), false), 2);
        Checks.type(DType.INT64, sorted.searchsorted(values, false));
        Checks.values(Tensor.ones(0).searchsorted(Tensor.ones(2), true), 0, 0);
        message(IllegalArgumentException.class, () -> sorted.searchsorted(Tensor.ones(DType.FLOAT64, 3, 3), false),
                "searchsorted", "[3, 3]", "[2, 5]");
        message(IllegalArgumentException.class, () -> sorted.searchsorted(Tensor.ones(2, 3), false), "searchsorted",
                "FLOAT32");
        message(IllegalArgumentException.class, () -> values.bucketize(sorted, false), "bucketize", "[2, 5]");
    }

    @Test
    @Covers({"Quantiles.quantile(Tensor, Tensor, int, boolean)", "Quantiles.nanquantile(Tensor, double)",
            "Quantiles.nanquantile(Tensor, double, int, boolean)",
            "Quantiles.nanquantile(Tensor, Tensor, int, boolean)"})
    void quantiles() {
        var x = Tensor.of(new double[]{1, 2, NAN, NAN, 4, 3, 0, NAN, NAN}, 3, 3);
        near(x.nanquantile(0.5), 2);
        near(x.nanquantile(0.5, 1, false), 1.5, 3.5, 0);
        near(x.nanquantile(0.25, 0, true), 0.25, 2.5, 3);
        Checks.shape(x.nanquantile(0.25, 0, true), 1, 3);
        var q = Tensor.of(new double[]{0, 0.5, 1});
        near(x.nanquantile(q, 1, false), 1, 3, 0, 1.5, 3.5, 0, 2, 4, 0);
        near(x.quantile(q, 1, false), NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN);
        var y = Tensor.of(new double[]{3, 1, 2, 8, 5, 6}, 2, 3);
        near(y.quantile(q, 0, false), 3, 1, 2, 5.5, 3, 4, 8, 5, 6);
        Checks.shape(y.quantile(q, 1, true), 3, 2, 1);
        Checks.shape(y.quantile(q.select(0, 1), 1, false), 2);
        near(Tensor.of(new double[]{NAN, NAN}).nanquantile(0.3), NAN);
        near(Tensor.of(new double[]{INF, 1, INF}).nanquantile(0.5), INF);
        GradCheck.check(in -> in[0].nanquantile(q.mul(0.7), 1, false), random(3, 5));
        message(IllegalArgumentException.class, () -> x.nanquantile(2), "nanquantile", "2.0");
        message(IllegalArgumentException.class, () -> y.quantile(q.view(1, 3), 1, false), "quantile", "[1, 3]");
        message(IllegalArgumentException.class, () -> Tensor.ones(2, 0).nanquantile(0.5, 1, false), "nanquantile",
                "empty");
    }

    @Test
    void modes() {
        var x = Tensor.of(new long[]{6, 5, 1, 0, 2, 5, 2, 9}, 2, 4);
        Checks.values(x.mode(1, false).values(), 0, 2);
        Checks.values(x.mode(1, false).indices(), 3, 2);
        Checks.values(x.mode(0, true).values(), 2, 5, 1, 0);
        Checks.values(x.mode(0, true).indices(), 1, 1, 0, 0);
        var y = Tensor.of(new double[]{2, 7, 7, 2, 7}).requiresGrad(true);
        var mode = y.mode(0, false);
        Checks.values(mode.values(), 7);
        Checks.values(mode.indices(), 4);
        mode.values().backward();
        Checks.values(y.grad(), 0, 0, 0, 0, 1);
        message(IllegalArgumentException.class, () -> Tensor.ones(2, 0).mode(1, false), "mode", "empty");
    }

    @Test
    void differentSlices() {
        var x = Tensor.of(new long[]{3, 1, 2, 0, 3, 1, 2, 1, 2, 0}, 5, 2);
        var found = x.unique(0, true, true);
        Checks.values(found.values(), 2, 0, 2, 1, 3, 1);
        Checks.values(found.inverse(), 2, 0, 2, 1, 0);
        Checks.values(found.counts(), 2, 1, 2);
        var columns = x.t().unique(-1, false, false);
        Checks.values(columns.values(), 2, 2, 3, 0, 1, 1);
        assertNull(columns.inverse());
        Checks.values(Tensor.of(new double[]{NAN, 0.0, -0.0, NAN}).unique(0, false, true).counts(), 2, 1, 1);
        Checks.shape(Tensor.ones(0, 3).unique(0, true, true).values(), 0, 3);
        message(IndexOutOfBoundsException.class, () -> x.unique(2, false, false), "unique", "2");
    }

    @Test
    @Covers({"Distances.cdist(Tensor, Tensor)", "Distances.cdist(Tensor, Tensor, double)"})
    void distances() {
        var a = Tensor.of(new double[]{0, 0, 3, 4, 1, 1}, 3, 2);
        var b = Tensor.of(new double[]{3, 4, 0, 1}, 2, 2);
        near(a.cdist(b), 5, 1, 0, Math.sqrt(18), Math.sqrt(13), 1);
        near(a.cdist(b, 1), 7, 1, 0, 6, 5, 1);
        near(a.cdist(b, INF), 4, 1, 0, 3, 3, 1);
        near(a.cdist(b, 0), 2, 1, 0, 2, 2, 1);
        near(a.cdist(b, 3), Math.cbrt(91), 1, 0, Math.cbrt(54), Math.cbrt(35), 1);
        Checks.shape(random(4, 1, 2, 3).cdist(random(5, 6, 3)), 4, 5, 2, 6);
        Checks.shape(random(0, 3).cdist(random(2, 3)), 0, 2);
        near(Tensor.ones(DType.FLOAT64, 1, 0).cdist(Tensor.ones(DType.FLOAT64, 2, 0)), 0, 0);
        near(Tensor.ones(DType.FLOAT64, 1, 0).cdist(Tensor.ones(DType.FLOAT64, 2, 0), 1), 0, 0);
        for (double p : new double[]{2, 1.5, 3}) {
            GradCheck.checkSecond(in -> in[0].cdist(in[1], p), random(4, 3), random(2, 3));
            GradCheck.check(in -> in[0].cdist(in[1], p), random(2, 1, 2, 3), random(2, 2, 3));
        }
        GradCheck.check(in -> in[0].cdist(in[1], 1), random(4, 3), random(2, 3));
        GradCheck.check(in -> in[0].cdist(in[1], INF), random(4, 3), random(2, 3));
        var leaf = Tensor.ones(DType.FLOAT64, 2, 3).requiresGrad(true);
        leaf.cdist(leaf).sum().backward();
        Checks.values(leaf.grad(), 0, 0, 0, 0, 0, 0);
        message(IllegalArgumentException.class, () -> a.cdist(random(2, 3)), "cdist", "[3, 2]", "[2, 3]");
        message(IllegalArgumentException.class, () -> a.cdist(b, -1), "cdist", "-1");
    }

    @Test
    void distancesOfManyRowsWhateverTheNumberOfThreads() {
        var a = Tensor.randn(new Generator(1), 2, 130, 37);
        var b = Tensor.randn(new Generator(2), 2, 70, 37);
        var expected = a.unsqueeze(2).sub(b.unsqueeze(1)).square().sum(-1, false).sqrt().toFloatArray();
        for (int threads = 1; threads <= Math.min(2, Threads.limit()); threads++) {
            try (var _ = Threads.share(threads)) {
                assertArrayEquals(expected, a.cdist(b).toFloatArray(), 1e-5f);
            }
        }
    }
}
