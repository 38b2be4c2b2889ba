package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SvdTest {
    @ParameterizedTest
    @CsvSource({"3, 3", "5, 3", "3, 5", "1, 1", "1, 4", "4, 1", "0, 3", "3, 0", "0, 0", "70, 40", "40, 70", "300, 260"})
    @Covers("Svd.svdvals(Tensor)")
    void itMultipliesBack(int m, int n) {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.randn(dtype, new Generator(m + n), 2, n, m).transpose(-1, -2);
            for (var a : new Tensor[]{x, x.contiguous(), x.select(0, 1), x.narrow(0, 0, 0)}) {
                check(a, Svd.svd(a, false));
                var full = Svd.svd(a, true);
                int k = Math.min(m, n);
                check(a, new Svd.Result(full.u().narrow(-1, 0, k), full.s(), full.vh().narrow(-2, 0, k)));
                orthogonal(full.u());
                orthogonal(full.vh());
                assertArrayEquals(full.s().toDoubleArray(), Svd.svdvals(a).toDoubleArray(), bound(a));
            }
        }
    }

    private static double bound(Tensor a) {
        return (a.dtype() == DType.FLOAT32 ? 4e-6 : 1e-14) * (a.size(-2) + a.size(-1) + 1);
    }

    private static void orthogonal(Tensor x) {
        var product = x.transpose(-1, -2).matmul(x);
        assertArrayEquals(
                Tensor.eye(x.dtype(), x.size(-1), x.size(-1)).expand(product.shape().toArray()).toDoubleArray(),
                product.toDoubleArray(), bound(x));
    }

    private static void check(Tensor a, Svd.Result result) {
        assertArrayEquals(a.toDoubleArray(),
                result.u().mul(result.s().unsqueeze(-2)).matmul(result.vh()).toDoubleArray(), bound(a));
        orthogonal(result.u());
        orthogonal(result.vh().transpose(-1, -2));
    }

    @ParameterizedTest
    @CsvSource({"3, 3", "4, 2", "2, 4", "1, 1"})
    void gradients(int m, int n) {
        var a = Tensor.randn(DType.FLOAT64, new Generator(m * n), 2, m, n).requiresGrad(true);
        GradCheck.check(in -> Svd.svdvals(in[0]), a);
        GradCheck.check(in -> Svd.svd(in[0], false).s(), a);
        // what does not depend on signs
        GradCheck.check(in -> {
            var result = Svd.svd(in[0], false);
            return result.u().mul(result.s().exp().unsqueeze(-2)).matmul(result.vh());
        }, a);
        GradCheck.checkSecond(in -> Svd.svdvals(in[0]), a);
    }

    @ParameterizedTest
    @CsvSource({"3, 3", "4, 2", "2, 4", "1, 1", "0, 2", "2, 0"})
    @Covers({"Svd.pinv(Tensor)", "Svd.pinv(Tensor, double)"})
    void pseudoinverses(int m, int n) {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var a = Tensor.randn(dtype, new Generator(m + 7 * n), 2, m, n);
            var p = Svd.pinv(a);
            Checks.shape(p, 2, n, m);
            assertArrayEquals(a.toDoubleArray(), a.matmul(p).matmul(a).toDoubleArray(), 20 * bound(a));
            assertArrayEquals(p.toDoubleArray(), p.matmul(a).matmul(p).toDoubleArray(), 100 * bound(a));
        }
        var x = Tensor.randn(DType.FLOAT64, new Generator(m + 7 * n), 2, m, n).requiresGrad(true);
        GradCheck.check(in -> Svd.pinv(in[0]), x);
        GradCheck.checkSecond(in -> Svd.pinv(in[0]), x);
    }

    @Test
    @Covers({"Svd.matrixRank(Tensor)", "Svd.matrixRank(Tensor, double)"})
    void ranks() {
        var a = Tensor.of(new double[]{1, 2, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0}, 3, 2, 2);
        Checks.values(Svd.matrixRank(a), 1, 2, 0);
        Checks.type(DType.INT64, Svd.matrixRank(a));
        Checks.values(Svd.matrixRank(Tensor.of(new double[]{1, 0, 0, 0.1}, 2, 2), 0.5), 1);
        Checks.values(Svd.matrixRank(Tensor.ones(2, 0, 3)), 0, 0);
        Checks.values(Svd.pinv(Tensor.of(new double[]{2, 0, 0, 0}, 2, 2)).abs(), 0.5, 0, 0, 0);
        assertEquals(0.5, Svd.pinv(Tensor.of(new double[]{2, 0, 0, 0.1}, 2, 2), 0.5).sum().item(), 1e-15);
    }

    @Test
    void whatIsWrongIsNamed() {
        var bad = Tensor.of(new double[]{1, 0, 0, 1, 1, Double.NaN, 2, 4}, 2, 2, 2);
        Checks.message(assertThrows(ArithmeticException.class, () -> Svd.svd(bad, false)), "svd",
                "matrix 1 of [2, 2, 2]", "NaN");
        Checks.message(assertThrows(ArithmeticException.class, () -> Svd.svdvals(bad)), "svdvals", "NaN");
        Checks.message(assertThrows(ArithmeticException.class, () -> Svd.pinv(bad)), "pinv", "NaN");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Svd.svd(Tensor.ones(3), true)), "svd", "[3]");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Svd.matrixRank(Tensor.ones(3))), "matrixRank",
                "[3]");
        var x = Tensor.ones(3, 2).requiresGrad(true);
        var s = Svd.svd(x, true).s().sum();
        Checks.named(assertThrows(UnsupportedOperationException.class, s::backward), "svd has no gradient");
    }
}
